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
  /** It was that late already, in a process before this one. Returns how far that is ahead of the machine's clock. */
  goOnFrom(at: EpochMs): number;
}

/** setTimeout's own limit: a longer delay would fire at once. */
const TIMEOUT_MS_MAX = 2_147_483_647;

/** How fast a steady clock goes while it is ahead of the one on the wall. */
const AHEAD_PACE = 0.9;

/** By less, machines that are told the time by others correct themselves all the time. */
const SET_MS_MIN = 1_000;

/**
 * The machine's clock, but never back. Where that is set back (by hand, by NTP, with a host that was moved) this one goes
 * on from where it was, a little slower, until the two agree: what falls due meanwhile comes, and nothing comes twice.
 * Where it is set forward, this one follows at once. Either is told.
 */
export class SteadyClock implements Clock {
  readonly #wall: () => EpochMs;
  readonly #elapsed: () => number;
  #now: number;
  #askedAt: number;
  #isAhead = false;
  #onSet: (byMs: number) => void = () => undefined;

  /** `elapsed`: milliseconds since any moment, by a clock that nobody can set. */
  constructor(wall = () => Date.now(), elapsed = () => performance.now()) {
    this.#wall = wall;
    this.#elapsed = elapsed;
    this.#now = wall();
    this.#askedAt = elapsed();
  }

  now(): EpochMs {
    const askedAt = this.#elapsed();
    const passed = askedAt - this.#askedAt;
    const wall = this.#wall();
    this.#notice(wall - this.#now - passed);
    this.#now = Math.max(wall, this.#now + passed * AHEAD_PACE);
    this.#askedAt = askedAt;
    return Math.floor(this.#now);
  }

  /** Is told by how much the machine's clock was set, once each time: less than nothing is back. One listener. */
  onSet(listener: (byMs: number) => void): void {
    this.#onSet = listener;
  }

  /** `byMs`: how far the wall is from where it should be by now. While we are ahead of it, that is known. */
  #notice(byMs: number): void {
    const wasAhead = this.#isAhead;
    this.#isAhead = byMs < -SET_MS_MIN;
    if (byMs > SET_MS_MIN || (this.#isAhead && !wasAhead)) this.#onSet(Math.round(byMs));
  }

  after(delayMs: number, fire: () => void): Timer {
    const handle = setTimeout(fire, Math.min(Math.max(0, delayMs), TIMEOUT_MS_MAX));
    return { cancel: () => clearTimeout(handle) };
  }

  goOnFrom(at: EpochMs): number {
    this.#now = Math.max(this.now(), at);
    return this.now() - this.#wall();
  }
}

/** Of this thread. */
export const systemClock = new SteadyClock();

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

  goOnFrom(at: EpochMs): number {
    const aheadMs = Math.max(0, at - this.#now);
    this.#now += aheadMs;
    return aheadMs;
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
