import type { Clock, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { Language } from '../../model/contact.ts';
import { samplesOf } from '../audio/pcm.ts';
import { ESPEAK_NAMES } from './espeak-names.ts';
import { EspeakProcess } from './espeak-process.ts';
import type { SpeakAnswer, SpeakRequest } from './espeak-protocol.ts';
import { isSame, PROMPT_RATE, type Sentence, type Voice } from './voice.ts';

/** Part of every fingerprint: raised when the way from text to sound changes. */
const VERSION = 'espeak-2';
const WORDS_PER_MINUTE: Readonly<Record<Language, number>> = {
  'es-ES': 150,
  'es-MX': 150,
  en: 155,
};
/** On a busy machine the program itself takes seconds to start; a caller waits for less (`renderer.ts`). */
const SENTENCE_MS_MAX = 30_000;
const IDLE_MS = 60_000;
const WAITING_MAX = 2_000;
/** A sentence that has cost the program its life twice is the sentence's fault. */
const TRIES_MAX = 2;

/** The program as the voice sees it. */
export interface Program {
  send(request: SpeakRequest): void;
  kill(): void;
}

export type StartProgram = (
  onAnswer: (answer: SpeakAnswer, sound: Buffer) => void,
  onDeath: (why: string) => void,
) => Program;

interface Job {
  readonly id: number;
  readonly sentence: Sentence;
  tries: number;
  readonly resolve: (samples: Int16Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The voice that comes with the house. One sentence at a time, by a program that is started when there is
 * something to say:
 *
 *   absent ──job──▶ working ──last job done──▶ idle ──a minute──▶ absent
 *      ▲               │ died, too slow          └──job──▶ working
 *      └───────────────┘ (the job is tried once more)           any ──close──▶ closed
 */
export class EspeakVoice implements Voice {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #startProgram: StartProgram;
  readonly #urgent: Job[] = [];
  readonly #patient: Job[] = [];
  #program: Program | undefined;
  #current: Job | undefined;
  #timer: Timer | undefined;
  #lastId = 0;
  #closed = false;

  constructor(clock: Clock, log: Logger, startProgram: StartProgram = startEspeak) {
    this.#clock = clock;
    this.#log = log;
    this.#startProgram = startProgram;
  }

  fingerprint(language: Language): string {
    const [name, wordsPerMinute] = [ESPEAK_NAMES[language], WORDS_PER_MINUTE[language]];
    return `${VERSION}/${name}/${wordsPerMinute}/${PROMPT_RATE}`;
  }

  speak(sentence: Sentence, urgent: boolean): Promise<Int16Array> {
    if (this.#closed) return Promise.reject(new Error('The voice is closed'));
    if (this.#urgent.length + this.#patient.length >= WAITING_MAX) {
      return Promise.reject(new Error('Too many sentences are waiting for the voice'));
    }
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const job = { id: this.#lastId, sentence, tries: 0, resolve, reject };
      (urgent ? this.#urgent : this.#patient).push(job);
      this.#next();
    });
  }

  hurry(sentence: Sentence): void {
    const at = this.#patient.findIndex((job) => isSame(job.sentence, sentence));
    this.#urgent.push(...(at < 0 ? [] : this.#patient.splice(at, 1)));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#dismiss();
    const left = [this.#current, ...this.#urgent.splice(0), ...this.#patient.splice(0)];
    this.#current = undefined;
    for (const job of left) job?.reject(new Error('The voice is closed'));
  }

  #next(): void {
    if (this.#current || this.#closed) return;
    this.#timer?.cancel();
    this.#current = this.#urgent.shift() ?? this.#patient.shift();
    if (this.#current) this.#work(this.#current);
    else this.#timer = this.#clock.after(IDLE_MS, () => this.#dismiss());
  }

  #work(job: Job): void {
    const { text, language, ending } = job.sentence;
    job.tries += 1;
    this.#program ??= this.#start();
    this.#timer = this.#clock.after(SENTENCE_MS_MAX, () => this.#died('It took too long.'));
    this.#program.send({
      id: job.id,
      // After a comma the voice stays up: something follows.
      text: ending === 'joined' ? `${plain(text)},` : plain(text),
      voice: ESPEAK_NAMES[language],
      wordsPerMinute: WORDS_PER_MINUTE[language],
      rate: PROMPT_RATE,
      ...(ending ? { ending } : {}),
    });
  }

  #start(): Program {
    return this.#startProgram(
      (answer, sound) => this.#answered(answer, sound),
      (why) => this.#died(why),
    );
  }

  #answered(answer: SpeakAnswer, sound: Buffer): void {
    const job = this.#current;
    if (job?.id !== answer.id) return;
    this.#current = undefined;
    if ('error' in answer) job.reject(new Error(answer.error));
    else job.resolve(samplesOf(sound));
    this.#next();
  }

  #died(why: string): void {
    this.#log.warn({ why }, 'The voice program is gone');
    this.#dismiss();
    const job = this.#current;
    this.#current = undefined;
    if (job && job.tries < TRIES_MAX) this.#urgent.unshift(job);
    else job?.reject(new Error(`The voice could not say it. ${why}`));
    this.#next();
  }

  #dismiss(): void {
    this.#timer?.cancel();
    this.#program?.kill();
    this.#program = undefined;
  }
}

const startEspeak: StartProgram = (onAnswer, onDeath) => new EspeakProcess(onAnswer, onDeath);

/** eSpeak takes angle brackets for SSML and double square ones for phonemes; a prompt's author meant neither. */
function plain(text: string): string {
  return text.replace(/[<>[\]\p{Cc}]/gu, ' ');
}
