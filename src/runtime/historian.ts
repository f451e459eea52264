import type { Worker } from 'node:worker_threads';
import type { Clock } from '../lib/clock.ts';
import { startWorker } from '../lib/worker.ts';
import type { CompactionJob } from './journal-compaction.ts';
import type { WhyAnswer, WhyRequest } from './why.ts';

/** What the thread is asked; it does one thing after the other. */
export type HistorianTask =
  | { readonly type: 'compact'; readonly job: CompactionJob }
  | { readonly type: 'explain'; readonly request: WhyRequest };

export interface HistorianQuestion {
  readonly id: number;
  readonly task: HistorianTask;
}

export type HistorianReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };

export interface HistorianOptions {
  /** The journal's. */
  readonly folder: string;
  readonly clock: Clock;
}

/** Questions that wait for an answer; more are refused. */
const WAITING_MAX = 16;
/** Snapshots of a hundred thousand callers and the longest replay take a few seconds. */
const ANSWER_MS_MAX = 60_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Reads the journal in a thread of its own: snapshots are made and decisions explained without stopping the
 * engine that serves callers. The thread starts with the process, so that both are of the same program even
 * when another version is installed meanwhile.
 */
export class Historian {
  readonly #options: HistorianOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: HistorianOptions) {
    this.#options = options;
    this.#worker = this.#start();
  }

  async compact(job: CompactionJob): Promise<void> {
    await this.#ask({ type: 'compact', job });
  }

  async explain(request: WhyRequest): Promise<WhyAnswer> {
    return (await this.#ask({ type: 'explain', request })) as WhyAnswer;
  }

  /** What is being worked on is given up: a snapshot is made again by the next process. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const url = new URL(`./historian-thread.${extension}`, import.meta.url);
    const worker = startWorker(url, { folder: this.#options.folder });
    worker.on('message', (reply: HistorianReply) => this.#answered(reply));
    worker.on('error', (error) => this.#gone(worker, error));
    worker.on('exit', () => this.#gone(worker, new Error('The thread ended.')));
    worker.unref();
    return worker;
  }

  async #ask(task: HistorianTask): Promise<unknown> {
    if (this.#closed) throw new Error('The journal is being closed.');
    if (this.#waiting.size >= WAITING_MAX) throw new Error('Too many questions at once.');
    this.#worker ??= this.#start();
    const id = ++this.#lastId;
    const question: HistorianQuestion = { id, task };
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const limit = this.#options.clock.after(ANSWER_MS_MAX, () => this.#giveUp(id));
    this.#worker.postMessage(question);
    try {
      return await answer;
    } finally {
      limit.cancel();
      this.#waiting.delete(id);
    }
  }

  #answered(reply: HistorianReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(new Error(reply.error));
  }

  /** A thread that does not answer is ended; the next question starts another. */
  #giveUp(id: number): void {
    this.#waiting.get(id)?.reject(new Error('The journal could not be read in time.'));
    void this.#worker?.terminate();
  }

  #gone(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
