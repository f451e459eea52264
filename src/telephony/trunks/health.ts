import type { Clock, EpochMs } from '../../lib/clock.ts';
import type { TrunkHealth } from '../../model/trunk.ts';

/** So many failures in a row make a trunk down, and so many successes up again: one lost datagram does neither. */
const FAILURES_TO_DOWN = 3;
const SUCCESSES_TO_UP = 2;

/**
 * Whether somebody is there, with hysteresis.
 *
 *   unknown ──good──▶ up ──3 × bad──▶ down ──2 × good──▶ up
 *      └──────────3 × bad────────────▶ down
 */
export class Health {
  readonly #clock: Clock;
  readonly #changed: (health: TrunkHealth, before: TrunkHealth) => void;
  #state: TrunkHealth = 'unknown';
  #since: EpochMs | undefined;
  #problem: string | undefined;
  #failures = 0;
  #successes = 0;

  constructor(clock: Clock, changed: (health: TrunkHealth, before: TrunkHealth) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get state(): TrunkHealth {
    return this.#state;
  }

  get since(): EpochMs | undefined {
    return this.#since;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  good(): void {
    this.#failures = 0;
    this.#successes += 1;
    const enough = this.#state === 'unknown' || this.#successes >= SUCCESSES_TO_UP;
    if (enough && this.#state !== 'up') this.#become('up');
    if (this.#state === 'up') this.#problem = undefined;
  }

  bad(problem: string): void {
    this.#successes = 0;
    this.#failures += 1;
    this.#problem = problem;
    if (this.#failures >= FAILURES_TO_DOWN && this.#state !== 'down') this.#become('down');
  }

  /** It is another one now. */
  forget(): void {
    this.#state = 'unknown';
    this.#since = undefined;
    this.#problem = undefined;
    this.#failures = 0;
    this.#successes = 0;
  }

  #become(state: TrunkHealth): void {
    const before = this.#state;
    this.#state = state;
    this.#since = this.#clock.now();
    this.#changed(state, before);
  }
}
