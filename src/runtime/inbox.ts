/** More than this many inputs waiting means that something feeds itself. */
const WAITING_MAX = 100_000;

/**
 * One input at a time. What happens while an input is worked on (an agent's phone that refuses at once, say)
 * waits until that one is finished, so no rule ever sees a half-changed world.
 */
export class Inbox {
  #waiting: { readonly input: () => void; readonly came: number }[] = [];
  #afterwards: (() => void)[] = [];
  #working = false;
  #began: number | undefined;
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  post(input: () => void): void {
    if (this.#waiting.length >= WAITING_MAX) throw new Error('The inbox is full');
    this.#waiting.push({ input, came: performance.now() });
    if (!this.#working) this.#work();
  }

  /** As an input of its own, whose outcome is known at once: not from within another. */
  ask<T>(question: () => T): T {
    let answer: { readonly value: T } | undefined;
    this.post(() => {
      answer = { value: question() };
    });
    if (answer) return answer.value;
    throw new Error('Asked from within an input, or it broke');
  }

  /** When the input that is being worked on came, in the time of `performance.now()`; for measures only. */
  get began(): number | undefined {
    return this.#began;
  }

  /**
   * Does in order, at the end of this turn, what only remembers: no phone waits for the books. Outside of an
   * input, as soon as whoever is at work now has finished.
   */
  afterwards(work: () => void): void {
    this.#afterwards.push(work);
    if (!this.#working && this.#afterwards.length === 1) queueMicrotask(() => this.#finishTurn());
  }

  #work(): void {
    this.#working = true;
    for (let next = 0; next < this.#waiting.length; next++) {
      const waiting = this.#waiting[next];
      this.#began = waiting?.came;
      this.#one(waiting?.input);
    }
    this.#began = undefined;
    this.#waiting = [];
    this.#working = false;
    this.#finishTurn();
  }

  #finishTurn(): void {
    const works = this.#afterwards;
    this.#afterwards = [];
    for (const work of works) this.#one(work);
  }

  #one(input: (() => void) | undefined): void {
    try {
      input?.();
    } catch (error) {
      this.#onError(error);
    }
  }
}
