/** FreeSWITCH's own, when a time limit is set and no threshold: a mean of absolute samples, about -42 dBFS. */
const THRESHOLD = 200;
const TICK_MS = 20;

/** Ends a recording after silence, as switch_ivr_async.c does: before the first word, and after any. */
export class SilenceWatch {
  readonly #threshold: number;
  readonly #initialMs: number;
  readonly #finalMs: number;
  readonly #scale: number;
  #silentMs = 0;
  #spoken = false;

  constructor(variable: (name: string) => string | undefined, sampleRate: number) {
    this.#initialMs = Number(variable('RECORD_INITIAL_TIMEOUT_MS')) || 0;
    this.#finalMs = Number(variable('RECORD_FINAL_TIMEOUT_MS')) || 0;
    const wanted = this.#initialMs + this.#finalMs > 0 ? THRESHOLD : 0;
    this.#threshold = Number(variable('RECORD_SILENCE_THRESHOLD') ?? wanted) || 0;
    this.#scale = sampleRate / 8_000;
  }

  /** How a recording ends now, in FreeSWITCH's words: after silence, or with the channel. */
  get cause(): 'success-silence' | 'no-input-timeout' {
    return this.#spoken || this.#threshold === 0 ? 'success-silence' : 'no-input-timeout';
  }

  /** Takes 20 ms. */
  tooLong(frame: Int16Array, samples: number): boolean {
    if (this.#threshold === 0) return false;
    if (meanLevel(frame, samples) * this.#scale >= this.#threshold) {
      this.#spoken = true;
      this.#silentMs = 0;
      return false;
    }
    this.#silentMs += TICK_MS;
    const limitMs = this.#spoken ? this.#finalMs : this.#initialMs;
    return limitMs > 0 && this.#silentMs >= limitMs;
  }
}

function meanLevel(frame: Int16Array, samples: number): number {
  let sum = 0;
  for (let at = 0; at < samples; at++) sum += Math.abs(frame[at] as number);
  return sum / samples;
}
