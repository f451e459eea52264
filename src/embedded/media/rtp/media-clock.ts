import { FRAME_MS } from '../audio/codec.ts';

/** More ticks behind than this (the machine slept) are forgotten instead of made up for. */
const CATCH_UP_MAX = 10;

export interface TimeSource {
  /** Milliseconds that never go back, with fractions. */
  now(): number;
  after(delayMs: number, fire: () => void): { cancel(): void };
  /** When what waits in the sockets has been read. */
  afterReading(fire: () => void): { cancel(): void };
}

export const monotonicTime: TimeSource = {
  now: () => performance.now(),
  after(delayMs, fire) {
    const handle = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
  // libuv's order: timers, sockets, immediates.
  afterReading(fire) {
    const handle = setImmediate(fire);
    return { cancel: () => clearImmediate(handle) };
  },
};

/**
 * The one clock of all media: it ticks every 20 ms of an absolute schedule, so that lateness of one tick
 * never moves the next. Ticks that a busy thread missed are made up for, because a listener's jitter
 * buffer wants the packets late rather than never; what came in meanwhile is read before that.
 */
export class MediaClock {
  /** Ticks since the start. */
  ticks = 0;
  /** Ticks that were forgotten, for the figures. */
  skipped = 0;
  readonly #time: TimeSource;
  readonly #tick: () => void;
  #startedAt = 0;
  #timer: { cancel(): void } | undefined;

  constructor(tick: () => void, time: TimeSource = monotonicTime) {
    this.#tick = tick;
    this.#time = time;
  }

  start(): void {
    this.#startedAt = this.#time.now();
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** setTimeout counts whole milliseconds, so the wait is cut short and the rest waited for anew. */
  #schedule(): void {
    const due = this.#startedAt + (this.ticks + 1) * FRAME_MS;
    const wait = due - this.#time.now();
    this.#timer = this.#time.after(Math.max(0, Math.floor(wait)), () => this.#wake(due));
  }

  #wake(due: number): void {
    if (this.#time.now() < due + FRAME_MS) this.#run();
    else this.#timer = this.#time.afterReading(() => this.#run());
  }

  #run(): void {
    const elapsed = Math.floor((this.#time.now() - this.#startedAt + 0.5) / FRAME_MS);
    const behind = elapsed - this.ticks - CATCH_UP_MAX;
    if (behind > 0) {
      this.skipped += behind;
      this.ticks += behind;
    }
    while (this.ticks < elapsed) {
      this.ticks++;
      this.#tick();
    }
    this.#schedule();
  }
}
