import type { Clock, Timer } from '../../../lib/clock.ts';

/** RFC 3261 table 4. T4 is the longest a message stays in the network. */
export interface TimerValues {
  readonly t1Ms: number;
  readonly t2Ms: number;
  readonly t4Ms: number;
  /** Timer C: the longest wait for a final response after a provisional one (section 16.6). */
  readonly ringingMsMax: number;
}

export const defaultTimers: TimerValues = {
  t1Ms: 500,
  t2Ms: 4_000,
  t4Ms: 5_000,
  ringingMsMax: 600_000,
};

export type TimerName = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

/** The running timers of one transaction, by the letters of the RFC. */
export class TimerSet {
  readonly #clock: Clock;
  readonly #running = new Map<TimerName, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(name: TimerName, delayMs: number, fire: () => void): void {
    this.stop(name);
    const timer = this.#clock.after(delayMs, () => {
      this.#running.delete(name);
      fire();
    });
    this.#running.set(name, timer);
  }

  stop(name: TimerName): void {
    this.#running.get(name)?.cancel();
    this.#running.delete(name);
  }

  stopAll(): void {
    for (const timer of this.#running.values()) timer.cancel();
    this.#running.clear();
  }
}
