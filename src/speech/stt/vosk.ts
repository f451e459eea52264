import { WebSocket } from 'ws';
import type { HeardText } from '../../runtime/ports/hearing.ts';
import { type Stream, type StreamEnd, StreamEngine, type StreamRequest } from './engine.ts';
import { joined, readVoskMessage } from './vosk-messages.ts';

export interface VoskOptions {
  /** `ws://host:port`. */
  readonly url: string;
  /** N-best of how many; 0: one answer, with Vosk's own confidence in each word. */
  readonly alternatives: number;
}

const CONNECT_MS_MAX = 2_000;
/** The longest message of a recogniser that keeps to an utterance. */
const MESSAGE_BYTES_MAX = 65_536;
/** Partial results come ten times a second, for half a minute at most; more is a recogniser gone mad. */
const MESSAGES_MAX = 2_000;
/** Audio that the network does not take away: twenty seconds at 16 kHz. */
const BUFFERED_BYTES_MAX = 640_000;
/** A server that does not close by itself has said its last word when it was silent for so long. */
const LAST_WORD_MS = 500;
/** What Vosk's grammar calls whatever is none of its words. */
const UNKNOWN_WORD = '[unk]';

/** A Vosk server: one websocket an utterance (alphacep/vosk-server, websocket/asr_server.py). */
export class VoskEngine extends StreamEngine {
  readonly name: string;
  readonly #options: VoskOptions;

  constructor(options: VoskOptions) {
    super();
    this.#options = options;
    this.name = `vosk ${new URL(options.url).host}`;
  }

  protected begin(request: StreamRequest, end: StreamEnd, over: () => void): Stream {
    return new VoskStream(this.#options, request, end, over);
  }
}

class VoskStream implements Stream {
  readonly #socket: WebSocket;
  readonly #end: StreamEnd;
  readonly #over: () => void;
  readonly #results: (readonly HeardText[])[] = [];
  /** What came before the connection was there. */
  #waiting: (Buffer | string)[] = [];
  #waitingBytes = 0;
  #messages = 0;
  #ending = false;
  #silence: NodeJS.Timeout | undefined;

  constructor(options: VoskOptions, request: StreamRequest, end: StreamEnd, over: () => void) {
    this.#end = end;
    this.#over = over;
    this.#socket = new WebSocket(options.url, {
      handshakeTimeout: CONNECT_MS_MAX,
      maxPayload: MESSAGE_BYTES_MAX,
      perMessageDeflate: false,
    });
    this.#waiting.push(configurationOf(options, request));
    this.#socket.on('open', () => this.#opened());
    this.#socket.on('message', (data, isBinary) => this.#message(String(data), isBinary));
    this.#socket.on('error', (error) => this.#failed(String(error)));
    this.#socket.on('close', (code) => this.#closed(code));
  }

  push(samples: Buffer): void {
    if (this.#end.over || this.#ending) return;
    this.#send(Buffer.from(samples));
  }

  end(): void {
    if (this.#end.over || this.#ending) return;
    this.#ending = true;
    this.#send('{"eof" : 1}');
  }

  cancel(): void {
    if (this.#end.cancel()) this.#leave();
  }

  #send(data: Buffer | string): void {
    const waits = this.#socket.readyState === WebSocket.CONNECTING;
    if (waits) {
      this.#waiting.push(data);
      this.#waitingBytes += data.length;
    } else {
      this.#socket.send(data, () => {});
    }
    const buffered = waits ? this.#waitingBytes : this.#socket.bufferedAmount;
    if (buffered > BUFFERED_BYTES_MAX) this.#failed('it takes no audio');
  }

  #opened(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const data of waiting) this.#socket.send(data, () => {});
  }

  #message(text: string, isBinary: boolean): void {
    if (this.#end.over) return;
    this.#messages += 1;
    if (isBinary || this.#messages > MESSAGES_MAX) {
      this.#failed('it talks nonsense');
      return;
    }
    const read = readVoskMessage(text);
    if (!read.ok) this.#failed(read.error);
    else if (read.value.kind === 'partial') this.#end.partial(read.value.text);
    else this.#results.push(read.value.alternatives);
    this.#waitForMore();
  }

  /** asr_server.py closes after its last word. One that does not has said it when it is silent for a while. */
  #waitForMore(): void {
    clearTimeout(this.#silence);
    if (this.#ending && this.#results.length > 0) {
      this.#silence = setTimeout(() => this.#finished(), LAST_WORD_MS);
    }
  }

  #closed(code: number): void {
    if (this.#ending && this.#results.length > 0) this.#finished();
    else this.#failed(`it closed the connection (${code})`);
  }

  #finished(): void {
    if (this.#end.over) return;
    this.#end.result(joined(this.#results));
    this.#leave();
  }

  #failed(why: string): void {
    if (this.#end.over) return;
    this.#end.failed(why);
    this.#leave();
  }

  #leave(): void {
    this.#waiting = [];
    clearTimeout(this.#silence);
    this.#socket.terminate();
    this.#over();
  }
}

function configurationOf({ alternatives }: VoskOptions, request: StreamRequest): string {
  const { sampleRate, hints } = request;
  return JSON.stringify({
    config: {
      sample_rate: sampleRate,
      words: true,
      max_alternatives: alternatives,
      ...(hints.length > 0 ? { phrase_list: [...hints, UNKNOWN_WORD] } : {}),
    },
  });
}
