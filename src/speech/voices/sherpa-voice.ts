import { ChildPart } from '../../lib/child-part.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import { besides } from '../../lib/thread-part.ts';
import type { Language } from '../../model/contact.ts';
import { Asked, type Job } from './asked.ts';
import type { SherpaAnswer, SherpaModel, SherpaRequest } from './sherpa-program.ts';
import { PROMPT_RATE, type Sentence, type Voice, VoiceAway } from './voice.ts';

const VERSION = 'sherpa-1';
/** Loading a voice takes seconds, and slow machines take their time. */
const START_MS_MAX = 60_000;
const SENTENCE_MS_MAX = 30_000;

/**
 * Piper's and Kokoro's voices by sherpa-onnx, in a process of their own: a sentence takes a core for a while, and a
 * model that cannot be read ends its process; calls must notice neither. One that dies or hangs rejects what it was
 * saying; the next sentence starts another.
 *
 *   absent ──job──▶ saying ──answer──▶ idle ──job──▶ saying      died, too slow ──▶ absent      any ──close──▶ closed
 */
export class SherpaVoice implements Voice {
  readonly #models: readonly SherpaModel[];
  readonly #clock: Clock;
  readonly #asked: Asked;
  #program: ChildPart<SherpaRequest, SherpaAnswer> | undefined;
  #current: Job | undefined;
  #timer: Timer | undefined;
  #closed = false;

  private constructor(models: readonly SherpaModel[], clock: Clock) {
    this.#models = models;
    this.#clock = clock;
    this.#asked = new Asked(clock);
  }

  /** Rejects when the library or a model is missing, with what is missing. */
  static async open(models: readonly SherpaModel[], clock: Clock): Promise<SherpaVoice> {
    const voice = new SherpaVoice(models, clock);
    await voice.#start();
    return voice;
  }

  fingerprint(language: Language): string {
    const model = this.#models.find((candidate) => candidate.language === language);
    return `${VERSION}/${model?.name}/${model?.speaker}/${PROMPT_RATE}`;
  }

  speak(sentence: Sentence, urgent: boolean): Promise<Int16Array> {
    if (this.#closed) return Promise.reject(new Error('The voice is closed'));
    const said = this.#asked.add(sentence, urgent);
    void this.#next();
    return said;
  }

  hurry(sentence: Sentence): void {
    this.#asked.hurry(sentence);
  }

  isBusy(): boolean {
    return this.#current !== undefined;
  }

  drop(why: Error): void {
    this.#asked.rejectAll(why);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#program?.kill();
    this.#gone('The voice is closed');
    this.#asked.rejectAll(new Error('The voice is closed'));
  }

  async #next(): Promise<void> {
    if (this.#current || this.#closed) return;
    const job = this.#asked.next();
    if (!job) return;
    this.#current = job;
    try {
      if (!this.#program) await this.#start();
    } catch (error) {
      this.#gone(String(error), VoiceAway);
      return;
    }
    this.#timer = this.#clock.after(SENTENCE_MS_MAX, () => {
      this.#program?.kill();
      this.#gone('It took too long', VoiceAway);
    });
    const { text, language, ending } = job.sentence;
    const request: SherpaRequest = {
      id: job.id,
      language,
      text: ending === 'joined' ? `${text},` : text,
      rate: PROMPT_RATE,
      ...(ending ? { ending } : {}),
    };
    this.#program?.send(request);
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      let starting = true;
      const program = new ChildPart<SherpaRequest, SherpaAnswer>(
        besides('sherpa-program', import.meta.url),
        this.#models,
        {
          news: (answer) => {
            if (!starting) return this.#answered(answer);
            if (answer.kind === 'failed') return failed(answer.why);
            starting = false;
            late.cancel();
            this.#program = program;
            resolve();
          },
          died: (why) => (starting ? failed(why) : this.#gone(why)),
        },
      );
      const failed = (why: string): void => {
        late.cancel();
        program.kill();
        reject(new Error(why));
      };
      const late = this.#clock.after(START_MS_MAX, () => failed('It takes too long to start'));
    });
  }

  #answered(answer: SherpaAnswer): void {
    const job = this.#current;
    if (answer.kind === 'ready' || !job || answer.id !== job.id) return;
    this.#timer?.cancel();
    this.#current = undefined;
    if (answer.kind === 'said') job.resolve(answer.samples);
    else job.reject(new Error(answer.why));
    void this.#next();
  }

  #gone(why: string, Fault: new (why: string) => Error = Error): void {
    this.#timer?.cancel();
    this.#program = undefined;
    const job = this.#current;
    this.#current = undefined;
    job?.reject(new Fault(`The voice could not say it. ${why}`));
    void this.#next();
  }
}
