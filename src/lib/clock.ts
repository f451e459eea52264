/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** The last time that a date can have (ECMA-262 section 21.4.1.1). */
export const EPOCH_MS_MAX: EpochMs = 8.64e15;

/** As RFC 3339 has it, in UTC: how moments leave the house. */
export const iso = (at: EpochMs): string => new Date(at).toISOString();

/** A day of 24 hours: those on which the clocks change have one more or less. */
export const DAY_MS = 86_400_000;

/** A timer that was set and may still be cancelled. */
export interface Timer {
  cancel(): void;
}

/** The only source of time. Tests inject a {@link ManualClock}; the pure rooms get `now` as an argument. */
export interface Clock {
  now(): EpochMs;
  /** Calls `fire` once, `delayMs` from now (0 or less: as soon as possible). */
  after(delayMs: number, fire: () => void): Timer;
}

/** setTimeout's own limit: a longer delay would fire at once. */
const TIMEOUT_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, fire) {
    const handle = setTimeout(fire, Math.min(Math.max(0, delayMs), TIMEOUT_MS_MAX));
    return { cancel: () => clearTimeout(handle) };
  },
};

/** A clock that stands still until a test moves it. Timers fire in the order of their due times. */
export class ManualClock implements Clock {
  #now: EpochMs;
  #timers: { dueAt: EpochMs; fire: () => void }[] = [];

  constructor(now: EpochMs = 0) {
    this.#now = now;
  }

  now(): EpochMs {
    return this.#now;
  }

  after(delayMs: number, fire: () => void): Timer {
    const timer = { dueAt: this.#now + Math.max(0, delayMs), fire };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** Moves time forward and fires what falls due on the way, each at its own time. */
  advance(byMs: number): void {
    const end = this.#now + byMs;
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.dueAt <= end)
        .sort((a, b) => a.dueAt - b.dueAt)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = next.dueAt;
      next.fire();
    }
    this.#now = end;
  }
}
