import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { Clock, Timer } from '../lib/clock.ts';

/** So many failures in a row, and nobody is sent there any more. */
const FAILURES_MAX = 3;
/** How long it is left alone before it is tried again. */
const REST_MS = 10_000;

export interface CircuitOptions {
  readonly clock: Clock;
  /** Rejects as long as it does not work. Nobody waits for it. */
  trial(): Promise<unknown>;
  /** It is not used any more. */
  onOpen(error: unknown): void;
  /** It is used again. */
  onClose(): void;
}

/**
 * Whether an engine of speech is used: one that has failed so often in a row is left alone until it has passed a trial
 * of our own.
 *
 *   closed ──failures──▶ open ──rest──▶ trial ──works──▶ closed
 *                         ▲────────fails──┘
 */
export class Circuit {
  readonly #options: CircuitOptions;
  readonly #breaker = circuitBreaker(handleAll, {
    halfOpenAfter: 0,
    breaker: new ConsecutiveBreaker(FAILURES_MAX),
  });
  #why: unknown;
  #trial: Timer | undefined;
  #over = false;

  constructor(options: CircuitOptions) {
    this.#options = options;
    this.#breaker.onBreak((reason) => {
      if (this.#over) return;
      this.#why = 'error' in reason ? reason.error : undefined;
      if (!this.#trial) options.onOpen(this.#why);
      this.#tryLater();
    });
    this.#breaker.onReset(() => {
      this.#trial = undefined;
      if (!this.#over) options.onClose();
    });
  }

  /** It is used. */
  get isClosed(): boolean {
    return !this.#over && this.#breaker.state === CircuitState.Closed;
  }

  /** Why it is not used. */
  get why(): string | undefined {
    return this.isClosed ? undefined : String(this.#why);
  }

  worked(): void {
    this.#judge(() => Promise.resolve());
  }

  failed(error: unknown): void {
    this.#judge(() => Promise.reject(error));
  }

  /** It would only fail again: that is as much as several failures. */
  isAway(error: unknown): void {
    for (let failures = 0; failures < FAILURES_MAX; failures++) this.failed(error);
  }

  /** It is neither used nor tried any more. */
  close(): void {
    this.#over = true;
    this.#trial?.cancel();
  }

  #judge(outcome: () => Promise<void>): void {
    if (this.isClosed) this.#breaker.execute(outcome).catch(() => {});
  }

  #tryLater(): void {
    const { clock, trial } = this.#options;
    this.#trial = clock.after(REST_MS, () => {
      this.#breaker.execute(trial).catch(() => {});
    });
  }
}
