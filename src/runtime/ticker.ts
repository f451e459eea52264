import type { Clock, EpochMs, Timer } from '../lib/clock.ts';

/** One timer for all deadlines: set for the earliest, and set again whenever that may have changed. */
export class Ticker {
  readonly #clock: Clock;
  readonly #tick: () => void;
  #dueAt: EpochMs | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock, tick: () => void) {
    this.#clock = clock;
    this.#tick = tick;
  }

  /** `dueAt`: when something falls due next; undefined: nothing will. */
  aim(dueAt: EpochMs | undefined): void {
    if (dueAt === this.#dueAt) return;
    this.#timer?.cancel();
    this.#dueAt = dueAt;
    if (dueAt === undefined) return;
    this.#timer = this.#clock.after(dueAt - this.#clock.now(), () => {
      this.#dueAt = undefined;
      this.#tick();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
