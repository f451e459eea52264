import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Language } from '../../model/contact.ts';
import { Circuit } from '../circuit.ts';
import type { SpeechEngine, Stream, StreamEvents, StreamRequest } from './engine.ts';

export interface GuardOptions {
  readonly engine: SpeechEngine;
  readonly clock: Clock;
  readonly log: Logger;
  /** Utterances at once; further callers are not listened to. */
  readonly streamsMax: number;
  /** How long a trial may take. */
  readonly answerMsMax: number;
  /** What a trial asks for. */
  readonly sampleRate: number;
  readonly language: Language;
}

/** A trial is so much silence. */
const TRIAL_MS = 200;

/**
 * An engine with a limit of streams and a circuit breaker: one that has failed three times in a row gets no caller
 * until it has understood a trial of our own.
 */
export class GuardedEngine {
  readonly #options: GuardOptions;
  readonly #circuit: Circuit;
  #streams = 0;

  constructor(options: GuardOptions) {
    this.#options = options;
    const { engine, clock, log } = options;
    const recogniser = engine.name;
    this.#circuit = new Circuit({
      clock,
      trial: () => this.#try(),
      onOpen: () => log.error({ recogniser }, 'A recogniser is not used any more'),
      onClose: () => log.info({ recogniser }, 'A recogniser is used again'),
    });
  }

  get name(): string {
    return this.#options.engine.name;
  }

  get streams(): number {
    return this.#streams;
  }

  get usable(): boolean {
    return this.#circuit.isClosed;
  }

  /** Somebody can be listened to now. */
  get hasRoom(): boolean {
    return this.usable && this.#streams < this.#options.streamsMax;
  }

  /** To be asked for only while there is room. */
  open(request: StreamRequest, events: StreamEvents): GuardedStream {
    this.#streams += 1;
    return new GuardedStream(this.#options.engine, request, events, (failed) => {
      this.#streams -= 1;
      if (failed !== undefined) this.#judge(failed);
    });
  }

  async close(): Promise<void> {
    this.#circuit.close();
    await this.#options.engine.close();
  }

  /** What the breaker hears of: answers and failures, but nothing of those that were called off. */
  #judge(failed: boolean): void {
    if (failed) this.#circuit.failed(new Error('failed'));
    else this.#circuit.worked();
  }

  #try(): Promise<void> {
    const { engine, clock, answerMsMax, sampleRate, language } = this.#options;
    return new Promise((resolve, reject) => {
      const late = clock.after(answerMsMax, () => done(() => reject(new Error('slow'))));
      const done = (settle: () => void): void => {
        late.cancel();
        stream.cancel();
        settle();
      };
      const stream = engine.open(
        { language, hints: [], sampleRate },
        {
          partial: () => {},
          result: () => done(resolve),
          failed: (why) => done(() => reject(new Error(why))),
        },
      );
      stream.push(Buffer.alloc((TRIAL_MS * sampleRate * 2) / 1_000));
      stream.end();
    });
  }
}

/** A stream whose end is told once. */
export class GuardedStream implements Stream {
  readonly #stream: Stream;
  readonly #over: (failed: boolean | undefined) => void;
  #done = false;

  constructor(
    engine: SpeechEngine,
    request: StreamRequest,
    events: StreamEvents,
    over: (failed: boolean | undefined) => void,
  ) {
    this.#over = over;
    this.#stream = engine.open(request, {
      partial: (text) => events.partial(text),
      result: (alternatives) => {
        this.#end(false);
        events.result(alternatives);
      },
      failed: (why) => {
        this.#end(true);
        events.failed(why);
      },
    });
  }

  push(samples: Buffer): void {
    this.#stream.push(samples);
  }

  end(): void {
    this.#stream.end();
  }

  cancel(): void {
    this.#stream.cancel();
    this.#end(undefined);
  }

  /** It was waited for too long. */
  tooSlow(): void {
    this.#stream.cancel();
    this.#end(true);
  }

  #end(failed: boolean | undefined): void {
    if (this.#done) return;
    this.#done = true;
    this.#over(failed);
  }
}
