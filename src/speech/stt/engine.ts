import type { Language } from '../../model/contact.ts';
import type { HeardText } from '../../runtime/ports/hearing.ts';

/** What one stream is about. */
export interface StreamRequest {
  readonly language: Language;
  readonly hints: readonly string[];
  /** Hertz, 16 bit mono. */
  readonly sampleRate: number;
}

/** What a stream tells; exactly one of `result` and `failed` ends it, never during `open` itself. */
export interface StreamEvents {
  /** What it believes so far. */
  partial(text: string): void;
  /** An empty list: no words in it. */
  result(alternatives: readonly HeardText[]): void;
  failed(why: string): void;
}

/** One utterance on its way to an engine. Methods never throw. */
export interface Stream {
  push(samples: Buffer): void;
  /** The utterance is over: an answer is due. */
  end(): void;
  /** No event after this. Idempotent. */
  cancel(): void;
}

/** One way to have speech recognised. */
export interface SpeechEngine {
  /** For logs and metrics; holds no secret. */
  readonly name: string;
  open(request: StreamRequest, events: StreamEvents): Stream;
  /** Idempotent. */
  close(): Promise<void>;
}

/** A stream's events, of which only the first end counts, and none after `cancel`. */
export class StreamEnd {
  readonly #events: StreamEvents;
  #over = false;

  constructor(events: StreamEvents) {
    this.#events = events;
  }

  get over(): boolean {
    return this.#over;
  }

  partial(text: string): void {
    if (!this.#over) this.#events.partial(text);
  }

  result(alternatives: readonly HeardText[]): void {
    if (this.cancel()) this.#events.result(alternatives);
  }

  failed(why: string): void {
    if (this.cancel()) this.#events.failed(why);
  }

  /** True: it was not over before. */
  cancel(): boolean {
    const first = !this.#over;
    this.#over = true;
    return first;
  }
}

/** An engine whose streams have nothing in common but their end: closing it cancels those that are open. */
export abstract class StreamEngine implements SpeechEngine {
  abstract readonly name: string;
  readonly #streams = new Set<Stream>();

  /** `over` is told when nothing is left of the stream, and never during the call itself. */
  protected abstract begin(request: StreamRequest, end: StreamEnd, over: () => void): Stream;

  open(request: StreamRequest, events: StreamEvents): Stream {
    const stream = this.begin(request, new StreamEnd(events), () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }

  async close(): Promise<void> {
    for (const stream of this.#streams) stream.cancel();
  }
}
