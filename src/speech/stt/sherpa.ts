import { basename } from 'node:path';
import { ChildPart } from '../../lib/child-part.ts';
import type { Logger } from '../../lib/log.ts';
import { besides } from '../../lib/thread-part.ts';
import { samplesOf } from '../audio/pcm.ts';
import {
  type SpeechEngine,
  type Stream,
  StreamEnd,
  type StreamEvents,
  type StreamRequest,
} from './engine.ts';
import { findSherpaModel } from './sherpa-model.ts';
import type { SherpaNews, SherpaOrder, SherpaProgramData } from './sherpa-protocol.ts';

export interface SherpaOptions {
  /** Holds a streaming model. */
  readonly folder: string;
  /** Processors that one utterance may use. */
  readonly threads: number;
  readonly log: Logger;
}

/**
 * sherpa-onnx, started by the house: nothing else has to be run. In a process of its own, which it ends at a model that
 * it cannot read. One that dies is not started again by itself: the breaker's trial does that.
 */
export class SherpaEngine implements SpeechEngine {
  readonly name: string;
  readonly #data: SherpaProgramData;
  readonly #log: Logger;
  readonly #streams = new Map<number, StreamEnd>();
  #program: ChildPart<SherpaOrder, SherpaNews> | undefined;
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

  private constructor(model: string, data: SherpaProgramData, log: Logger) {
    this.name = `sherpa ${model}`;
    this.#data = data;
    this.#log = log;
  }

  open({ sampleRate }: StreamRequest, events: StreamEvents): Stream {
    const id = ++this.#lastId;
    const end = new StreamEnd(events);
    this.#streams.set(id, end);
    // A program that has died is missed by the first who needs it; what is sent to the new one waits for its model.
    if (!this.#program) this.#start().catch((error: unknown) => this.#failed(id, String(error)));
    this.#order({ kind: 'open', id, sampleRate });
    return {
      push: (samples) => {
        if (end.over) return;
        this.#order({ kind: 'audio', id, samples: samplesOf(samples) });
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

  close(): Promise<void> {
    this.#program?.kill();
    this.#program = undefined;
    return Promise.resolve();
  }

  #order(order: SherpaOrder): void {
    this.#program?.send(order);
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const died = (why: string): void => {
        reject(new Error(`RECOGNISERS: ${this.name}: ${why}`));
        this.#died(program, why);
      };
      const program = new ChildPart<SherpaOrder, SherpaNews>(
        besides('sherpa-program', import.meta.url),
        this.#data,
        {
          news: (news) => {
            if (news.kind === 'ready') return resolve();
            if (news.kind !== 'unfit') return this.#heard(news);
            program.kill();
            died(news.reason);
          },
          died,
        },
      );
      this.#program = program;
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

  #died(program: ChildPart<SherpaOrder, SherpaNews>, why: string): void {
    if (this.#program !== program) return;
    this.#program = undefined;
    this.#log.error({ recogniser: this.name, why }, 'A recogniser of the house has died');
    for (const id of [...this.#streams.keys()]) this.#failed(id, why);
  }

  #failed(id: number, why: string): void {
    const end = this.#streams.get(id);
    this.#streams.delete(id);
    end?.failed(why);
  }
}
