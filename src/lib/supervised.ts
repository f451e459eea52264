import type { Clock, Timer } from './clock.ts';
import type { Logger } from './log.ts';

/** A part that can be ended. `close` is idempotent. */
export interface Closable {
  close(): Promise<void>;
}

export interface SupervisedOptions<Part extends Closable> {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Starts the part; `last` is the one that died, in whose place (its ports, say) the new one has to stand. */
  start(onDeath: (error: Error) => void, last?: Part): Promise<Part>;
}

const WAIT_MS_MIN = 200;
const WAIT_MS_MAX = 10_000;
/** A part that lived so long did not die of what killed the one before. */
const HEALTHY_MS = 60_000;

/**
 * Keeps a part alive: one that dies is started again, after a wait that doubles while it keeps dying. Only the
 * first start may fail; there is no last attempt.
 *
 *   running ──death──▶ waiting ──start──▶ running      any ──close──▶ closed
 *                         ▲───failed──┘
 */
export class Supervised<Part extends Closable> {
  readonly first: Part;
  readonly #options: SupervisedOptions<Part>;
  #part: Part;
  #aliveSince: number;
  #waitMs = WAIT_MS_MIN;
  #timer: Timer | undefined;
  #starting: Promise<void> = Promise.resolve();
  #closed = false;

  /** Rejects when the first start fails. */
  static async start<Part extends Closable>(
    options: SupervisedOptions<Part>,
  ): Promise<Supervised<Part>> {
    let died: (error: Error) => void = () => {};
    const part = await options.start((error) => died(error));
    const supervised = new Supervised(options, part);
    died = (error) => supervised.#died(part, error);
    return supervised;
  }

  private constructor(options: SupervisedOptions<Part>, part: Part) {
    this.#options = options;
    this.first = part;
    this.#part = part;
    this.#aliveSince = options.clock.now();
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#starting;
    await this.#part.close();
  }

  #died(part: Part, error: Error): void {
    if (this.#closed || part !== this.#part || this.#timer) return;
    const { name, clock, log } = this.#options;
    if (clock.now() - this.#aliveSince >= HEALTHY_MS) this.#waitMs = WAIT_MS_MIN;
    log.error({ part: name, error: String(error), againInMs: this.#waitMs }, 'A part has died');
    this.#startLater();
  }

  #startLater(): void {
    this.#timer = this.#options.clock.after(this.#waitMs, () => {
      this.#starting = this.#startAgain();
    });
    this.#waitMs = Math.min(2 * this.#waitMs, WAIT_MS_MAX);
  }

  async #startAgain(): Promise<void> {
    const { name, clock, log, start } = this.#options;
    try {
      const part: Part = await start((error) => this.#died(part, error), this.#part);
      this.#timer = undefined;
      this.#part = part;
      this.#aliveSince = clock.now();
      log.info({ part: name }, 'The part lives again');
    } catch (error) {
      log.error({ part: name, error: String(error) }, 'The part could not be started again');
      if (!this.#closed) this.#startLater();
    }
  }
}
