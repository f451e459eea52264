import {
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  retry,
} from 'cockatiel';
import type { Clock } from '../lib/clock.ts';
import { Failure } from './failure.ts';

/** After so many failures in a row nobody asks any more, for as long. */
const FAILURES_MAX = 5;
const REST_MS = 10_000;
/** Questions at once, and as many again that wait for their turn: a slow system must not hold everybody. */
const AT_ONCE_MAX = 100;
const PAUSE_MS = { initialDelay: 50, maxDelay: 1_000 };

export interface Attempts {
  /** For all attempts and the pauses between them. */
  readonly limitMs: number;
  readonly retries: number;
}

/**
 * How one system of the company's is asked: attempts with pauses that grow and are never the same twice, all within
 * one limit; a breaker that stops asking a system that only fails; and no more questions at once than it can bear.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #breaker = circuitBreaker(
    handleWhen((error) => error instanceof Failure && error.isTheirs),
    { breaker: new ConsecutiveBreaker(FAILURES_MAX), halfOpenAfter: REST_MS },
  );
  readonly #room = bulkhead(AT_ONCE_MAX, AT_ONCE_MAX);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nobody asks it at the moment. */
  get isOpen(): boolean {
    return this.#breaker.state === CircuitState.Open;
  }

  /** Rejects with a {@link Failure}. After `signal` no further attempt is made. */
  async ask<T>(
    { limitMs, retries }: Attempts,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const limit = new AbortController();
    const timer = this.#clock.after(limitMs, () => limit.abort());
    const whole = AbortSignal.any([signal, limit.signal]);
    const again = retry(
      handleWhen((error) => error instanceof Failure && error.passes && !whole.aborted),
      { maxAttempts: retries, backoff: new ExponentialBackoff(PAUSE_MS) },
    );
    const attempt = () =>
      this.#room.execute(() =>
        this.#breaker.execute(() => this.#attempt(shareOf(limitMs, retries), whole, signal, work)),
      );
    try {
      return await this.#race(again.execute(attempt, whole), whole);
    } catch (error) {
      throw failureOf(error);
    } finally {
      timer.cancel();
    }
  }

  /** One attempt may take more than its share, but not what would leave nothing for the next. */
  async #attempt<T>(
    limitMs: number,
    whole: AbortSignal,
    asker: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const limit = new AbortController();
    const timer = this.#clock.after(limitMs, () => limit.abort());
    try {
      return await work(AbortSignal.any([whole, limit.signal]));
    } catch (error) {
      // The other side is not to blame for a caller who hangs up.
      throw asker.aborted ? new Error('Nobody waits any more', { cause: error }) : error;
    } finally {
      timer.cancel();
    }
  }

  /** A pause between attempts, or work that does not look at its signal, does not outlast the limit. */
  async #race<T>(work: Promise<T>, whole: AbortSignal): Promise<T> {
    if (whole.aborted) throw new Failure('timeout');
    let stop = (): void => {};
    const late = new Promise<never>((_resolve, reject) => {
      stop = () => reject(new Failure('timeout'));
      whole.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      whole.removeEventListener('abort', stop);
    }
  }
}

const shareOf = (limitMs: number, retries: number): number =>
  retries === 0 ? limitMs : Math.ceil((limitMs * 1.25) / (retries + 1));

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isBrokenCircuitError(error)) return new Failure('circuitOpen', undefined, error);
  if (isBulkheadRejectedError(error)) return new Failure('busy', undefined, error);
  return new Failure('timeout', undefined, error);
}
