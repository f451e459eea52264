import { encodeWav } from '../audio/wav.ts';
import { type Stream, type StreamEnd, StreamEngine, type StreamRequest } from './engine.ts';
import { readTranscription } from './openai-answer.ts';

export interface OpenAiOptions {
  /** Up to the version: `http://127.0.0.1:8000/v1`. */
  readonly url: string;
  readonly model: string;
  /** A bearer token. */
  readonly key?: string;
}

/** Half a minute at 16 kHz: more than any answer that is waited for. */
const AUDIO_BYTES_MAX = 1_000_000;
const ANSWER_BYTES_MAX = 65_536;
/** Whisper reads no more than 224 tokens of a prompt. */
const PROMPT_CHARACTERS_MAX = 600;

/**
 * A server with OpenAI's transcription endpoint (`POST /v1/audio/transcriptions`): the utterance is sent when it is
 * over, as a WAV file.
 */
export class OpenAiEngine extends StreamEngine {
  readonly name: string;
  readonly #options: OpenAiOptions;

  constructor(options: OpenAiOptions) {
    super();
    this.#options = options;
    this.name = `openai ${new URL(options.url).host}`;
  }

  protected begin(request: StreamRequest, end: StreamEnd, over: () => void): Stream {
    return new OpenAiStream(this.#options, request, end, over);
  }
}

class OpenAiStream implements Stream {
  readonly #options: OpenAiOptions;
  readonly #request: StreamRequest;
  readonly #end: StreamEnd;
  readonly #over: () => void;
  readonly #abort = new AbortController();
  #audio: Buffer[] = [];
  #bytes = 0;
  #asked = false;

  constructor(options: OpenAiOptions, request: StreamRequest, end: StreamEnd, over: () => void) {
    this.#options = options;
    this.#request = request;
    this.#end = end;
    this.#over = over;
  }

  push(samples: Buffer): void {
    if (this.#end.over || this.#asked || this.#bytes > AUDIO_BYTES_MAX) return;
    this.#audio.push(Buffer.from(samples));
    this.#bytes += samples.length;
  }

  end(): void {
    if (this.#end.over || this.#asked) return;
    this.#asked = true;
    void this.#ask();
  }

  cancel(): void {
    if (this.#end.cancel()) this.#leave();
  }

  async #ask(): Promise<void> {
    try {
      const read = readTranscription(await this.#post());
      if (read.ok) this.#end.result(read.value);
      else this.#end.failed(read.error);
    } catch (error) {
      this.#end.failed(whyOf(error));
    }
    this.#leave();
  }

  async #post(): Promise<string> {
    const { url, key } = this.#options;
    const response = await fetch(`${url}/audio/transcriptions`, {
      method: 'POST',
      body: this.#form(),
      redirect: 'error',
      signal: this.#abort.signal,
      ...(key ? { headers: { authorization: `Bearer ${key}` } } : {}),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`it answered ${response.status}`);
    }
    return limitedText(response);
  }

  #form(): FormData {
    const { language, hints, sampleRate } = this.#request;
    const audio = Buffer.concat(this.#audio);
    const samples = new Int16Array(audio.buffer, audio.byteOffset, audio.length >> 1);
    const form = new FormData();
    form.set('file', new Blob([encodeWav(samples, sampleRate)], { type: 'audio/wav' }), 'said.wav');
    form.set('model', this.#options.model);
    form.set('language', language.split('-')[0] ?? language);
    form.set('response_format', 'verbose_json');
    form.set('temperature', '0');
    if (hints.length > 0) form.set('prompt', hints.join(', ').slice(0, PROMPT_CHARACTERS_MAX));
    return form;
  }

  #leave(): void {
    this.#audio = [];
    this.#abort.abort();
    this.#over();
  }
}

/** The body, of a limited length whatever its header says. */
async function limitedText(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`its answer is longer than ${ANSWER_BYTES_MAX}`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** fetch says why it failed in the cause of its error. */
function whyOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  return cause?.message ?? message ?? String(error);
}
