import type { Clock, Timer } from '../lib/clock.ts';
import type { Channel } from './channel.ts';

export interface SpareChannelsOptions {
  /** How many are kept ready at least; 0: none ever. */
  readonly count: number;
  readonly clock: Clock;
  make(): Promise<Channel>;
  release(channel: Channel): void;
}

/** Somebody for whom there was no spare. */
interface Taker {
  resolve(channel: Channel): void;
  reject(error: unknown): void;
}

/** The phone that the spare was taken for is rung first: the next spare can wait. */
const REFILL_MS = 30;
/** Where many agents become free at once, so many times as many are kept. */
const TIMES_MAX = 4;
/** Spares that nobody has needed for so long are let go. */
const PERIOD_MS = 60_000;

/**
 * Channels for agents' legs, made before they are needed: a media server takes 5 ms to make one when it is idle
 * and ten times that when two hundred callers wait, and an agent who is free should not be waiting for it. A spare
 * has made its offer and hears nobody; it costs the media server about 3 ms of processor a second.
 *
 * There are as many as are needed at once: whoever finds none, waits for one that is being made, and is why one more is
 * kept from then on. They wait in line, so that nobody who came later has a channel, and a phone that rings, before.
 */
export class SpareChannels {
  readonly #options: SpareChannelsOptions;
  #ready: Channel[] = [];
  #waiting: Taker[] = [];
  #making = 0;
  #wanted: number;
  /** The fewest that were ready in this period: so many were kept for nobody. */
  #fewest = 0;
  #closed = false;
  #refill: Timer | undefined;
  #period: Timer | undefined;

  constructor(options: SpareChannelsOptions) {
    this.#options = options;
    this.#wanted = options.count;
  }

  get count(): number {
    return this.#ready.length;
  }

  /** The oldest spare, at once; or the next that is made and nobody has waited longer for. Rejects as `make` does. */
  take(): Channel | Promise<Channel> {
    this.#refill ??= this.#options.clock.after(REFILL_MS, () => {
      this.#refill = undefined;
      this.fill();
    });
    const channel = this.#ready.shift();
    this.#fewest = Math.min(this.#fewest, this.#ready.length);
    if (!channel) return this.#waitInLine();
    channel.onGone = () => {};
    return channel;
  }

  /** Makes what is missing, in the background. One that fails is tried again when the next spare is taken. */
  fill(): void {
    const missing = (): number =>
      this.#wanted + this.#waiting.length - this.#ready.length - this.#making;
    while (!this.#closed && missing() > 0) void this.#make();
  }

  /** Lets all go. Idempotent. Whoever waits has the channel that is being made for them. */
  close(): void {
    this.#closed = true;
    this.#refill?.cancel();
    this.#period?.cancel();
    this.forget();
  }

  /** The media server is gone, or we leave it: what was ready is so no longer. */
  forget(): void {
    this.#letGo(this.#ready.length);
  }

  #waitInLine(): Promise<Channel> {
    this.#wanted = Math.min(this.#wanted + 1, TIMES_MAX * this.#options.count);
    this.#period ??= this.#options.clock.after(PERIOD_MS, () => this.#periodOver());
    const channel = new Promise<Channel>((resolve, reject) =>
      this.#waiting.push({ resolve, reject }),
    );
    if (this.#making < this.#waiting.length) void this.#make();
    return channel;
  }

  #periodOver(): void {
    const { count, clock } = this.#options;
    this.#wanted = Math.max(count, this.#wanted - this.#fewest);
    this.#letGo(this.#ready.length - this.#wanted);
    this.#fewest = this.#ready.length;
    this.#period =
      this.#wanted > count ? clock.after(PERIOD_MS, () => this.#periodOver()) : undefined;
  }

  async #make(): Promise<void> {
    this.#making += 1;
    try {
      this.#made(await this.#options.make());
    } catch (error) {
      // No more can wait than are being made: the last in line has none.
      if (this.#waiting.length >= this.#making) this.#waiting.pop()?.reject(error);
    } finally {
      this.#making -= 1;
    }
  }

  #made(channel: Channel): void {
    const first = this.#waiting.shift();
    if (first) return first.resolve(channel);
    if (this.#closed) return this.#options.release(channel);
    this.#ready.push(channel);
    channel.onGone = () => {
      this.#ready = this.#ready.filter((other) => other !== channel);
    };
  }

  /** The newest of them. */
  #letGo(count: number): void {
    const unwanted = count > 0 ? this.#ready.splice(-count) : [];
    for (const channel of unwanted) this.#options.release(channel);
  }
}
