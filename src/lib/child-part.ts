import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAST_WORDS_MAX = 500;

export interface ChildPartEvents<News> {
  news(news: News): void;
  /** Once, unless it was killed by us. With what it wrote to its standard error last. */
  died(why: string): void;
}

/**
 * A module of ours in a process of its own, for libraries that end the process which they are in (a native one does
 * that at a file it cannot read). It sees nothing of our environment, and ends when we do.
 *
 * `Orders` go to it and `News` come back by structured clone. The module calls {@link childData} and {@link tellParent}.
 */
export class ChildPart<Orders, News> {
  readonly #child: ChildProcess;
  #dead = false;
  #lastWords = '';

  /** `data` is handed over as JSON. */
  constructor(url: URL, data: unknown, { news, died }: ChildPartEvents<News>) {
    this.#child = fork(fileURLToPath(url), [JSON.stringify(data)], {
      execArgv: url.pathname.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [],
      env: {},
      // In its own process group: Ctrl-C is for us.
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const die = (why: string): void => {
      if (this.#dead) return;
      this.kill();
      died(`${why} ${this.#lastWords}`.trim());
    };
    this.#child.stderr?.on('data', (piece: Buffer) => {
      this.#lastWords = `${this.#lastWords}${piece}`.slice(-LAST_WORDS_MAX);
    });
    this.#child.on('message', (message) => {
      if (!this.#dead) news(message as News);
    });
    this.#child.on('error', (error) => die(String(error)));
    // Not at `exit`: its last words are still on their way then.
    this.#child.on('close', (code, signal) => die(`Its process ended (${code ?? signal}).`));
  }

  /** An order to one that is dead is forgotten: its death is told. */
  send(order: Orders): void {
    if (this.#child.connected) this.#child.send(order as object, () => {});
  }

  /** Idempotent. Nothing is told of it any more. */
  kill(): void {
    this.#dead = true;
    this.#child.kill('SIGKILL');
  }
}

/** The child's side: what it was started with. */
export const childData = <Data>(): Data => JSON.parse(process.argv[2] ?? 'null') as Data;

/** The child's side. */
export const tellParent = (news: object): void => void process.send?.(news);
