import type { Worker } from 'node:worker_threads';
import { CodedError, refusal } from './errors.ts';
import { err, ok, type Result } from './result.ts';
import { besides } from './thread-part.ts';
import { startWorker } from './worker.ts';

/** A document that a thread of its own has read, and keeps until it is let go. */
export interface ReadAside {
  readonly value: unknown;
  /** Line and column of each place, `12:7`; of one that is not there, of the nearest that is. */
  positionsOf(places: readonly string[]): Promise<readonly string[]>;
  letGo(): void;
}

export interface YamlToRead {
  readonly written: Uint8Array;
  readonly charactersMax: number | undefined;
}

export type YamlRead =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly problems: readonly string[] };

/** At once, whatever is read or written: the memory of each is limited, and so is that of all. */
const THREADS_MAX = 4;
const ANSWER_MS_MAX = 90_000;
const MEGABYTES_MAX = 1_024;

/**
 * Reads a document beside the calls: to parse a company of a thousand agents takes a second, one of ten megabytes half a
 * minute. What is wrong with it begins with line and column. OVERLOADED when too many are being read.
 */
export async function readYamlAside(
  written: Uint8Array,
  charactersMax?: number,
): Promise<Result<ReadAside, readonly string[]>> {
  const reader = besides('yaml-reader', import.meta.url);
  const thread = new Thread(reader, { written, charactersMax } satisfies YamlToRead);
  const answer = await thread.answer<YamlRead>();
  if (answer?.ok !== true) {
    thread.end();
    return err(answer?.problems ?? ['1:1: takes more time or memory to read than anything may']);
  }
  return ok({
    value: JSON.parse(answer.json),
    async positionsOf(places) {
      if (places.length === 0) return [];
      thread.ask(places);
      return (await thread.answer<readonly string[]>()) ?? places.map(() => '1:1');
    },
    letGo: () => thread.end(),
  });
}

/** Has a thread of its own write what its module says. OVERLOADED as above. */
export async function writeAside(program: URL, data: unknown): Promise<string> {
  const thread = new Thread(program, data);
  const text = await thread.answer<string>();
  thread.end();
  if (text === undefined)
    throw new CodedError(refusal('OVERLOADED', 'It takes too long to be written.'));
  return text;
}

/** One of few. Whatever ends it, whoever waits for it is told. */
class Thread {
  static #count = 0;
  readonly #worker: Worker;
  #isOver = false;

  constructor(program: URL, data: unknown) {
    if (Thread.#count >= THREADS_MAX)
      throw new CodedError(refusal('OVERLOADED', 'Other documents are being read and written.'));
    this.#worker = startWorker(program, data, [], { maxOldGenerationSizeMb: MEGABYTES_MAX });
    Thread.#count += 1;
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
    if (!this.#isOver) Thread.#count -= 1;
    this.#isOver = true;
  }
}
