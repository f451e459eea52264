import { basename } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Logger } from '../../lib/log.ts';
import { besides } from '../../lib/thread-part.ts';
import { startWorker } from '../../lib/worker.ts';
import {
  type SpeechEngine,
  type Stream,
  StreamEnd,
  type StreamEvents,
  type StreamRequest,
} from './engine.ts';
import { findSherpaModel } from './sherpa-model.ts';
import type { SherpaNews, SherpaOrder, SherpaThreadData } from './sherpa-protocol.ts';

export interface SherpaOptions {
  /** Holds a streaming model. */
  readonly folder: string;
  /** Processors that one utterance may use. */
  readonly threads: number;
  readonly log: Logger;
}

/**
 * sherpa-onnx within the house, in a thread of its own: nothing else has to be run. A thread that dies is not started
 * again by itself: the breaker's trial does that.
 */
export class SherpaEngine implements SpeechEngine {
  readonly name: string;
  readonly #data: SherpaThreadData;
  readonly #log: Logger;
  readonly #streams = new Map<number, StreamEnd>();
  #worker: Worker | undefined;
  #lastId = 0;

  /** Rejects when the folder holds no model, or sherpa-onnx-node is not installed. */
  static async open(options: SherpaOptions): Promise<SherpaEngine> {
    const { folder, threads, log } = options;
    const engine = new SherpaEngine(
      basename(folder),
      { model: await findSherpaModel(folder), threads },
      log,
    );
    await engine.#start();
    return engine;
  }

  private constructor(model: string, data: SherpaThreadData, log: Logger) {
    this.name = `sherpa ${model}`;
    this.#data = data;
    this.#log = log;
  }

  open({ sampleRate }: StreamRequest, events: StreamEvents): Stream {
    const id = ++this.#lastId;
    const end = new StreamEnd(events);
    this.#streams.set(id, end);
    // A thread that has died is missed by the first who needs it; what is sent to the new one waits for its model.
    if (!this.#worker) this.#start().catch((error: unknown) => this.#failed(id, String(error)));
    this.#order({ kind: 'open', id, sampleRate });
    return {
      push: (samples) => {
        if (end.over) return;
        const copy = new Int16Array(samples.length >> 1);
        for (let at = 0; at < copy.length; at++) copy[at] = samples.readInt16LE(2 * at);
        this.#order({ kind: 'audio', id, samples: copy });
      },
      end: () => {
        if (!end.over) this.#order({ kind: 'end', id });
      },
      cancel: () => {
        if (end.cancel()) this.#order({ kind: 'cancel', id });
        this.#streams.delete(id);
      },
    };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #order(order: SherpaOrder): void {
    this.#worker?.postMessage(order);
  }

  #start(): Promise<void> {
    const worker = startWorker(besides('sherpa-worker', import.meta.url), this.#data);
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.on('message', (news: SherpaNews) => {
        if (news.kind === 'ready') resolve();
        else if (news.kind === 'unfit')
          reject(new Error(`RECOGNISERS: ${this.name}: ${news.reason}`));
        else this.#heard(news);
      });
      const died = (why: string): void => {
        reject(new Error(`RECOGNISERS: ${this.name}: ${why}`));
        this.#died(worker, why);
      };
      worker.on('error', (error) => died(String(error)));
      worker.on('exit', (code) => died(`its thread ended with code ${code}`));
    });
  }

  #heard(news: Exclude<SherpaNews, { kind: 'ready' | 'unfit' }>): void {
    const end = this.#streams.get(news.id);
    if (news.kind === 'partial') {
      end?.partial(news.text);
      return;
    }
    this.#streams.delete(news.id);
    if (news.kind === 'result') end?.result(news.alternatives);
    else end?.failed(news.reason);
  }

  #died(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#log.error({ recogniser: this.name, why }, 'A recogniser within the house has died');
    for (const id of [...this.#streams.keys()]) this.#failed(id, why);
  }

  #failed(id: number, why: string): void {
    const end = this.#streams.get(id);
    this.#streams.delete(id);
    end?.failed(why);
  }
}
