import type { Logger } from './log.ts';

interface Closer {
  readonly name: string;
  close(): Promise<void> | void;
}

const CLOSE_MS_MAX = 10_000;

/** What was opened, closed in the opposite order, each within its own limit. Idempotent. */
export class ClosingTree {
  readonly #log: Logger;
  #closers: Closer[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<void> | void): void {
    this.#closers.push({ name, close });
  }

  async close(): Promise<void> {
    for (let last = this.#closers.pop(); last; last = this.#closers.pop()) await this.#one(last);
  }

  async #one({ name, close }: Closer): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('it took too long')), CLOSE_MS_MAX);
    });
    try {
      await Promise.race([Promise.resolve(close()), late]);
    } catch (error) {
      this.#log.error({ part: name, error: String(error) }, 'A part did not close well');
    } finally {
      clearTimeout(timer);
    }
  }
}
