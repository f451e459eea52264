import type { Worker } from 'node:worker_threads';
import { CodedError, refusal } from './errors.ts';
import { startWorker } from './worker.ts';

/** At once, whatever is read or written: the memory of each is limited, and so is that of all. */
const THREADS_MAX = 4;
const ANSWER_MS_MAX = 90_000;
const MEGABYTES_MAX = 1_024;

/** One of few. Whatever ends it, whoever waits for it is told. */
export class DocumentThread {
  static #count = 0;
  readonly #worker: Worker;
  #isOver = false;

  constructor(program: URL, data: unknown) {
    if (DocumentThread.#count >= THREADS_MAX)
      throw new CodedError(refusal('OVERLOADED', 'Other documents are being read and written.'));
    this.#worker = startWorker(program, data, [], { maxOldGenerationSizeMb: MEGABYTES_MAX });
    DocumentThread.#count += 1;
    this.#worker.once('exit', () => this.#over());
    this.#worker.on('error', () => undefined);
  }

  ask(question: unknown): void {
    this.#worker.postMessage(question);
  }

  /** What it says next; undefined: it is over, takes too long, or more memory than it may have. */
  answer<Answer>(): Promise<Answer | undefined> {
    if (this.#isOver) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const limit = setTimeout(() => this.end(), ANSWER_MS_MAX);
      const give = (answer: Answer | undefined): void => {
        clearTimeout(limit);
        this.#worker.off('message', give);
        this.#worker.off('exit', over);
        resolve(answer);
      };
      const over = (): void => give(undefined);
      this.#worker.once('message', give);
      this.#worker.once('exit', over);
    });
  }

  end(): void {
    this.#over();
    void this.#worker.terminate();
  }

  #over(): void {
    if (!this.#isOver) DocumentThread.#count -= 1;
    this.#isOver = true;
  }
}

/** Has a thread of its own write what its module says. OVERLOADED as above. */
export async function writeAside(program: URL, data: unknown): Promise<string> {
  const thread = new DocumentThread(program, data);
  const text = await thread.answer<string>();
  thread.end();
  if (text === undefined)
    throw new CodedError(refusal('OVERLOADED', 'It takes too long to be written.'));
  return text;
}
