import { basename } from 'node:path';
import { ChildPart } from '../../lib/child-part.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
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
import { findSherpaModel, type SherpaModel } from './sherpa-model.ts';
import type { SherpaNews, SherpaOrder, SherpaProgramData } from './sherpa-protocol.ts';

export interface SherpaOptions {
  /** Holds a streaming model. */
  readonly folder: string;
  /** Processors that one utterance may use. */
  readonly threads: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Loading a model takes seconds, and slow machines take their time. */
const START_MS_MAX = 60_000;
/** Whoever is opened is told so after what was sent before is understood: a program that takes longer hangs. */
const OPEN_MS_MAX = 10_000;

/**
 * sherpa-onnx, started by the house: nothing else has to be run. In a process of its own, which it ends at a model that
 * it cannot read. One that has died is not started again by itself: whoever is listened to next, or the breaker's
 * trial, does that.
 *
 *   absent ──open──▶ loading ──ready──▶ listening      died, silent for too long ──▶ absent      any ──close──▶ absent
 */
export class SherpaEngine implements SpeechEngine {
  readonly name: string;
  readonly #data: SherpaProgramData;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #streams = new Map<number, StreamEnd>();
  #program: ChildPart<SherpaOrder, SherpaNews> | undefined;
  /** Has the one who waits for the start know that it has failed. */
  #onEnd: (why: string) => void = () => {};
  /** Runs while the program owes a sign of life. */
  #signDue: Timer | undefined;
  #lastId = 0;

  /** Rejects when the folder holds no model, or sherpa-onnx-node is not installed. */
  static async open(options: SherpaOptions): Promise<SherpaEngine> {
    const engine = new SherpaEngine(await findSherpaModel(options.folder), options);
    await engine.#start();
    return engine;
  }

  private constructor(model: SherpaModel, { folder, threads, clock, log }: SherpaOptions) {
    this.name = `sherpa ${basename(folder)}`;
    this.#data = { model, threads };
    this.#clock = clock;
    this.#log = log;
  }

  open({ sampleRate }: StreamRequest, events: StreamEvents): Stream {
    const id = ++this.#lastId;
    const end = new StreamEnd(events);
    this.#streams.set(id, end);
    // A program that has died is missed by the first who needs it; what is sent to the new one waits for its model.
    if (!this.#program) this.#start().catch(() => {});
    this.#order({ kind: 'open', id, sampleRate });
    this.#expectSign(OPEN_MS_MAX);
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
    this.#signOfLife();
    this.#program?.kill();
    this.#program = undefined;
    return Promise.resolve();
  }

  #order(order: SherpaOrder): void {
    this.#program?.send(order);
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const program = new ChildPart<SherpaOrder, SherpaNews>(
        besides('sherpa-program', import.meta.url),
        this.#data,
        {
          news: (news) => {
            this.#signOfLife();
            if (news.kind === 'ready') resolve();
            else if (news.kind === 'unfit') this.#end(news.reason);
            else if (news.kind !== 'opened') this.#heard(news);
          },
          died: (why) => this.#end(why),
        },
      );
      this.#program = program;
      this.#onEnd = (why) => reject(new Error(`RECOGNISERS: ${this.name}: ${why}`));
      this.#expectSign(START_MS_MAX);
    });
  }

  #expectSign(withinMs: number): void {
    this.#signDue ??= this.#clock.after(withinMs, () => this.#end('it does not answer'));
  }

  #signOfLife(): void {
    this.#signDue?.cancel();
    this.#signDue = undefined;
  }

  #heard(news: Extract<SherpaNews, { kind: 'partial' | 'result' | 'failed' }>): void {
    const end = this.#streams.get(news.id);
    if (news.kind === 'partial') {
      end?.partial(news.text);
      return;
    }
    this.#streams.delete(news.id);
    if (news.kind === 'result') end?.result(news.alternatives);
    else end?.failed(news.reason);
  }

  #end(why: string): void {
    this.#signOfLife();
    this.#program?.kill();
    this.#program = undefined;
    this.#onEnd(why);
    this.#log.error({ recogniser: this.name, why }, 'A recogniser of the house has died');
    for (const id of [...this.#streams.keys()]) this.#failed(id, why);
  }

  #failed(id: number, why: string): void {
    const end = this.#streams.get(id);
    this.#streams.delete(id);
    end?.failed(why);
  }
}
