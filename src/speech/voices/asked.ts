import type { Clock } from '../../lib/clock.ts';
import { isSame, type Sentence } from './voice.ts';

/** Whoever waits for a voice does so for hardly longer (`late.ts`): what has not been begun by then is not begun any more. */
const WANTED_MS_MAX = 2_000;
/** Of each kind. More than that no voice says in the time. */
const WAITING_MAX = 200;

/** The voice was not asked. */
export class NotBegun extends Error {}

/** Somebody waited for the sentence, and does no more. */
export class TooLate extends NotBegun {}

/** A sentence that a voice is to say. */
export interface Job {
  readonly id: number;
  readonly sentence: Sentence;
  /** It is to be made in any case, however long that takes. */
  readonly patient: boolean;
  /** Since when somebody waits for it. */
  wantedAt: number;
  resolve(samples: Int16Array): void;
  reject(error: unknown): void;
}

/**
 * What a voice has been asked for and has not begun: first what somebody waits for. A crowd that asks for more than the
 * voice can say gets as much as it can, in time, and the rest is let go: nothing is made that nobody waits for any more.
 */
export class Asked {
  readonly #clock: Clock;
  readonly #urgent: Job[] = [];
  readonly #patient: Job[] = [];
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the job does. */
  add(sentence: Sentence, urgent: boolean): Promise<Int16Array> {
    const line = urgent ? this.#urgent : this.#patient;
    if (line.length >= WAITING_MAX)
      return Promise.reject(new NotBegun('Too many sentences are waiting for the voice'));
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const wantedAt = this.#clock.now();
      line.push({ id: this.#lastId, sentence, patient: !urgent, wantedAt, resolve, reject });
    });
  }

  /** Somebody waits now for what nobody waited for. */
  hurry(sentence: Sentence): void {
    const at = this.#patient.findIndex((job) => isSame(job.sentence, sentence));
    const job = at < 0 ? undefined : this.#patient.splice(at, 1)[0];
    if (!job) return;
    job.wantedAt = this.#clock.now();
    this.#urgent.push(job);
  }

  /** To be begun now. */
  next(): Job | undefined {
    const oldest = this.#clock.now() - WANTED_MS_MAX;
    for (let job = this.#urgent.shift(); job; job = this.#urgent.shift()) {
      if (job.wantedAt >= oldest) return job;
      if (job.patient) this.#patient.unshift(job);
      else job.reject(new TooLate('The voice did not come to it in time'));
    }
    return this.#patient.shift();
  }

  rejectAll(why: Error): void {
    for (const job of [...this.#urgent.splice(0), ...this.#patient.splice(0)]) job.reject(why);
  }
}
