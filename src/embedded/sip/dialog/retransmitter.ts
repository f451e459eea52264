import type { Clock, Timer } from '../../../lib/clock.ts';
import type { TimerValues } from '../transaction/timers.ts';

/**
 * Sends something again until it is stopped: a 2xx until its ACK (RFC 3261 section 13.3.1.4: T1, doubled
 * up to T2) or a reliable provisional response until its PRACK (RFC 3262 section 3: T1, doubled). Gives
 * up after 64*T1.
 */
export class Retransmitter {
  readonly #clock: Clock;
  readonly #send: () => void;
  readonly #delayMsMax: number;
  #again: Timer | undefined;
  #end: Timer | undefined;

  constructor(
    clock: Clock,
    timers: TimerValues,
    kind: '2xx' | '1xx',
    send: () => void,
    onGivenUp: () => void,
  ) {
    this.#clock = clock;
    this.#send = send;
    this.#delayMsMax = kind === '2xx' ? timers.t2Ms : Number.POSITIVE_INFINITY;
    this.#schedule(timers.t1Ms);
    this.#end = clock.after(64 * timers.t1Ms, () => {
      this.stop();
      onGivenUp();
    });
  }

  get running(): boolean {
    return this.#end !== undefined;
  }

  stop(): void {
    this.#again?.cancel();
    this.#end?.cancel();
    this.#again = undefined;
    this.#end = undefined;
  }

  #schedule(delayMs: number): void {
    this.#again = this.#clock.after(delayMs, () => {
      this.#send();
      this.#schedule(Math.min(delayMs * 2, this.#delayMsMax));
    });
  }
}
