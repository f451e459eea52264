import type { Worker } from 'node:worker_threads';
import type { Clock } from './clock.ts';
import { startWorker } from './worker.ts';

/** What a thread is asked. */
export interface ThreadQuestion<Task> {
  readonly id: number;
  readonly task: Task;
}

export type ThreadReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };

export interface AskedThreadOptions {
  /** The module that answers {@link ThreadQuestion}s, each with one {@link ThreadReply}. */
  readonly url: URL;
  readonly config: unknown;
  readonly clock: Clock;
  /** Questions that wait for an answer; more are refused. */
  readonly waitingMax: number;
  /** For the errors: `The journal is being closed.` */
  readonly closedText: string;
  readonly lateText: string;
  /** Other messages of the thread. */
  onMessage?(message: unknown): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that answers questions. One that ends is started again by the next question. */
export class AskedThread<Task> {
  readonly #options: AskedThreadOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: AskedThreadOptions) {
    this.#options = options;
    this.#worker = this.#start();
  }

  /** Rejects when there are too many questions, when the answer takes too long, and with the thread's own error. */
  async ask(task: Task, answerMsMax: number): Promise<unknown> {
    const { waitingMax, closedText, clock } = this.#options;
    if (this.#closed) throw new Error(closedText);
    if (this.#waiting.size >= waitingMax) throw new Error('Too many questions at once.');
    this.#worker ??= this.#start();
    const id = ++this.#lastId;
    const question: ThreadQuestion<Task> = { id, task };
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const limit = clock.after(answerMsMax, () => this.#giveUp(id));
    this.#worker.postMessage(question);
    try {
      return await answer;
    } finally {
      limit.cancel();
      this.#waiting.delete(id);
    }
  }

  /** What is being worked on is given up. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = startWorker(this.#options.url, this.#options.config);
    worker.on('message', (reply: ThreadReply) => this.#answered(reply));
    worker.on('error', (error) => this.#gone(worker, error));
    worker.on('exit', () => this.#gone(worker, new Error('The thread ended.')));
    worker.unref();
    return worker;
  }

  #answered(reply: ThreadReply): void {
    if (typeof reply.id !== 'number') return this.#options.onMessage?.(reply);
    const waiting = this.#waiting.get(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(new Error(reply.error));
  }

  /** A thread that does not answer is ended; the next question starts another. */
  #giveUp(id: number): void {
    this.#waiting.get(id)?.reject(new Error(this.#options.lateText));
    void this.#worker?.terminate();
  }

  #gone(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}
