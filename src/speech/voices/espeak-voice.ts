import type { Clock, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { Trouble } from '../../lib/trouble.ts';
import type { Language } from '../../model/contact.ts';
import { samplesOf } from '../audio/pcm.ts';
import { Asked, type Job } from './asked.ts';
import { ESPEAK_NAMES } from './espeak-names.ts';
import { EspeakProcess } from './espeak-process.ts';
import type { SpeakAnswer, SpeakRequest } from './espeak-protocol.ts';
import { PROMPT_RATE, type Sentence, type Voice, VoiceAway } from './voice.ts';

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
  readonly #trouble: Trouble;
  readonly #startProgram: StartProgram;
  readonly #asked: Asked;
  #program: Program | undefined;
  #current: Job | undefined;
  /** How often the current one was begun. */
  #tries = 0;
  #timer: Timer | undefined;
  #closed = false;

  constructor(clock: Clock, log: Logger, startProgram: StartProgram = startEspeak) {
    this.#clock = clock;
    this.#asked = new Asked(clock);
    this.#trouble = new Trouble({
      clock,
      begins: (why) => log.warn({ why }, 'The voice program is gone'),
      over: () => log.info({}, 'The voice program works again'),
    });
    this.#startProgram = startProgram;
  }

  fingerprint(language: Language): string {
    const [name, wordsPerMinute] = [ESPEAK_NAMES[language], WORDS_PER_MINUTE[language]];
    return `${VERSION}/${name}/${wordsPerMinute}/${PROMPT_RATE}`;
  }

  speak(sentence: Sentence, urgent: boolean): Promise<Int16Array> {
    if (this.#closed) return Promise.reject(new Error('The voice is closed'));
    const said = this.#asked.add(sentence, urgent);
    this.#next();
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
    if (this.#closed) return;
    this.#closed = true;
    this.#trouble.close();
    this.#dismiss();
    this.#current?.reject(new Error('The voice is closed'));
    this.#current = undefined;
    this.#asked.rejectAll(new Error('The voice is closed'));
  }

  #next(): void {
    if (this.#current || this.#closed) return;
    this.#timer?.cancel();
    this.#current = this.#asked.next();
    this.#tries = 0;
    if (this.#current) this.#work(this.#current);
    else this.#timer = this.#clock.after(IDLE_MS, () => this.#dismiss());
  }

  #work(job: Job): void {
    const { text, language, ending } = job.sentence;
    this.#tries += 1;
    this.#program ??= this.#start();
    this.#timer = this.#clock.after(SENTENCE_MS_MAX, () =>
      this.#died('It took too long.', VoiceAway),
    );
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
    this.#trouble.worked();
    if ('error' in answer) job.reject(new Error(answer.error));
    else job.resolve(samplesOf(sound));
    this.#next();
  }

  #died(why: string, Fault: new (why: string) => Error = Error): void {
    this.#trouble.failed(why);
    this.#dismiss();
    const job = this.#current;
    if (job && this.#tries < TRIES_MAX) return this.#work(job);
    this.#current = undefined;
    job?.reject(new Fault(`The voice could not say it. ${why}`));
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
