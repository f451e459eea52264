import type { Clock } from '../../lib/clock.ts';
import { pause } from '../../lib/wait.ts';
import type { Language } from '../../model/contact.ts';
import { decodeWav } from '../audio/decode-wav.ts';
import { finished } from '../audio/finish.ts';
import { Asked } from './asked.ts';
import { PROMPT_RATE, type Sentence, type Voice, VoiceAway } from './voice.ts';

// OpenAI's "Create speech": POST {base}/audio/speech. Self-hosted servers (Kokoro-FastAPI, openedai-speech, LocalAI,
// Speaches) speak it as well.

const VERSION = 'openai-1';
/** One answer; a sentence that takes longer is said by the voice of the house. */
const ANSWER_MS_MAX = 15_000;
/** A minute of 48 kHz stereo: what is larger is no sentence. */
const ANSWER_BYTES_MAX = 12_000_000;
const SECONDS_MAX = 120;
const TRIES_MAX = 2;
const PAUSE_MS = 300;
/** Answers that are waited for at a time, urgent ones first: such servers have one card for everybody. */
const AT_ONCE_MAX = 2;

export interface OpenAiOptions {
  /** `https://tts.example.com/v1`, without a slash at the end. */
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly model: string;
  /** Which voice speaks each language. */
  readonly voices: Readonly<Partial<Record<Language, string>>>;
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
}

/** A better voice behind an HTTP endpoint. What it answers is checked before anybody hears it. */
export class OpenAiVoice implements Voice {
  readonly #options: OpenAiOptions;
  readonly #asked: Asked;
  readonly #closing = new AbortController();
  #asking = 0;

  constructor(options: OpenAiOptions) {
    this.#options = options;
    this.#asked = new Asked(options.clock);
  }

  fingerprint(language: Language): string {
    const { baseUrl, model, voices } = this.#options;
    return `${VERSION}/${baseUrl}/${model}/${voices[language]}/${PROMPT_RATE}`;
  }

  speak(sentence: Sentence, urgent: boolean): Promise<Int16Array> {
    if (this.#closing.signal.aborted) return Promise.reject(new Error('The voice is closed'));
    const said = this.#asked.add(sentence, urgent);
    this.#next();
    return said;
  }

  hurry(sentence: Sentence): void {
    this.#asked.hurry(sentence);
  }

  isBusy(): boolean {
    return this.#asking >= AT_ONCE_MAX;
  }

  drop(why: Error): void {
    this.#asked.rejectAll(why);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#asked.rejectAll(new Error('The voice is closed'));
  }

  #next(): void {
    if (this.#asking >= AT_ONCE_MAX) return;
    const job = this.#asked.next();
    if (!job) return;
    this.#asking += 1;
    void this.#ask(job.sentence)
      .then(job.resolve, job.reject)
      .finally(() => {
        this.#asking -= 1;
        this.#next();
      });
  }

  async #ask(sentence: Sentence): Promise<Int16Array> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#tryOnce(sentence);
      } catch (error) {
        const isOver = error instanceof Refused || error instanceof VoiceAway;
        const worthwhile = !isOver && !this.#closing.signal.aborted;
        if (!worthwhile || tries >= TRIES_MAX) throw error;
        await pause(this.#options.clock, PAUSE_MS);
      }
    }
  }

  async #tryOnce(sentence: Sentence): Promise<Int16Array> {
    const limit = new AbortController();
    const late = this.#options.clock.after(ANSWER_MS_MAX, () =>
      limit.abort(new VoiceAway('The voice does not answer')),
    );
    try {
      return await this.#request(sentence, AbortSignal.any([this.#closing.signal, limit.signal]));
    } finally {
      late.cancel();
    }
  }

  async #request(sentence: Sentence, signal: AbortSignal): Promise<Int16Array> {
    const { baseUrl, apiKey, model, voices } = this.#options;
    const response = await (this.#options.fetch ?? fetch)(`${baseUrl}/audio/speech`, {
      method: 'POST',
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        accept: 'audio/wav',
        ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
      },
      body: JSON.stringify({
        model,
        voice: voices[sentence.language],
        input: sentence.ending === 'joined' ? `${sentence.text},` : sentence.text,
        response_format: 'wav',
      }),
      signal,
    });
    const answer = await bodyOf(response);
    if (!response.ok) throw failure(response.status);
    const sound = decodeWav(withLengths(answer));
    if (!sound.ok)
      throw new Refused(`The voice answered something that cannot be heard: ${sound.error}`);
    const { samples, rate } = sound.value;
    if (samples.length > SECONDS_MAX * rate) throw new Refused('The voice answered far too much');
    if (!samples.some((x) => Math.abs(x) > 0.003)) throw new Refused('The voice answered silence');
    return finished(samples, rate, PROMPT_RATE, sentence.ending);
  }
}

/** A second try would end the same way. */
class Refused extends Error {}

/** RFC 9110 section 15: another try may help after 408, 429 and 5xx. The body stays unread by people: it is not ours. */
function failure(status: number): Error {
  const words = `The voice answered with status ${status}`;
  return status >= 500 || status === 408 || status === 429 ? new Error(words) : new Refused(words);
}

/** Reads no more than a sentence may have. */
async function bodyOf(response: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES_MAX) {
      await response.body?.cancel().catch(() => {});
      throw new Refused('The voice answered far too much');
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Servers that stream write lengths of 0 or of 2 GB into the header: then the sound goes on until the end. */
function withLengths(wav: Buffer): Buffer {
  const at = wav.indexOf('data', 12, 'latin1');
  if (at < 0 || at + 8 > wav.length) return wav;
  const claimed = wav.readUInt32LE(at + 4);
  if (claimed !== 0 && claimed < 0x7fff_f000) return wav;
  const copy = Buffer.from(wav);
  copy.writeUInt32LE(0xffff_ffff, at + 4);
  return copy;
}
