import type { Clock, Timer } from '../lib/clock.ts';
import type { Inbox } from './inbox.ts';
import type { CallerLeg } from './ports/index.ts';

interface AskingWorld {
  readonly clock: Clock;
  readonly inbox: Inbox;
}

/** What came of the question. */
export type Answer = 'accepted' | 'rejected' | 'noAnswer';

export interface Question {
  readonly leg: Pick<CallerLeg, 'play' | 'stopPlaying'>;
  /** From the moment the phone was picked up. */
  readonly limitMs: number;
  /** What is said, as files: never rejects. */
  voice(): Promise<readonly string[]>;
  /** Once, as an input; not after `stop`. */
  answered(answer: Answer): void;
}

const ACCEPT_KEY = '1';
const REJECT_KEY = '2';
/** After what is said, before it is said once more: who has not understood it twice will not the third time. */
const AGAIN_MS = 3_000;

/**
 * Somebody, or a machine, has picked up: whether they take the call is theirs to say by a key, because a mobile's
 * voicemail picks up as well (P3).
 *
 *   asked ──1──▶ accepted      asked ──2──▶ rejected      asked ──nothing in time──▶ noAnswer
 */
export class Asking {
  readonly #world: AskingWorld;
  readonly #question: Question;
  readonly #limit: Timer;
  #again: Timer | undefined;
  #over = false;

  constructor(world: AskingWorld, question: Question) {
    this.#world = world;
    this.#question = question;
    this.#limit = world.clock.after(question.limitMs, () =>
      world.inbox.post(() => this.#end('noAnswer')),
    );
    void this.#say().then(() => this.#sayAgain());
  }

  /** Any other key is no answer. */
  keyed(key: string): void {
    if (key === ACCEPT_KEY) this.#end('accepted');
    if (key === REJECT_KEY) this.#end('rejected');
  }

  /** Nobody waits for the answer any more. */
  stop(): void {
    this.#over = true;
    this.#limit.cancel();
    this.#again?.cancel();
  }

  #end(answer: Answer): void {
    if (this.#over) return;
    this.stop();
    if (answer === 'accepted') this.#question.leg.stopPlaying();
    this.#question.answered(answer);
  }

  #sayAgain(): void {
    if (!this.#over) this.#again = this.#world.clock.after(AGAIN_MS, () => void this.#say());
  }

  async #say(): Promise<void> {
    const { leg, voice } = this.#question;
    const files = await voice();
    if (files.length > 0 && !this.#over) await leg.play(files);
  }
}
