// What house and program say to each other over the program's standard input and output: a request is a line of
// JSON; an answer is a line of JSON, followed by as many bytes of 16 bit little-endian samples as it says.

import type { Ending } from '../../model/utterance.ts';

export interface SpeakRequest {
  readonly id: number;
  readonly text: string;
  /** eSpeak's name of the voice: `es-419`. */
  readonly voice: string;
  readonly wordsPerMinute: number;
  readonly rate: number;
  /** Absent: a whole sentence. */
  readonly ending?: Ending;
}

export type SpeakAnswer =
  | { readonly id: number; readonly bytes: number }
  | { readonly id: number; readonly error: string };

/** Takes answers out of a stream that comes in pieces of any size. */
export class AnswerReader {
  readonly #onAnswer: (answer: SpeakAnswer, sound: Buffer) => void;
  #pieces: Buffer = Buffer.alloc(0);
  #head: SpeakAnswer | undefined;

  constructor(onAnswer: (answer: SpeakAnswer, sound: Buffer) => void) {
    this.#onAnswer = onAnswer;
  }

  /** Throws when the other side does not keep to the protocol. */
  push(piece: Buffer): void {
    this.#pieces = Buffer.concat([this.#pieces, piece]);
    while (this.#readHead() && this.#readBody());
  }

  #readHead(): boolean {
    if (this.#head) return true;
    const end = this.#pieces.indexOf('\n');
    if (end < 0) return false;
    this.#head = JSON.parse(this.#pieces.toString('utf8', 0, end)) as SpeakAnswer;
    this.#pieces = this.#pieces.subarray(end + 1);
    return true;
  }

  #readBody(): boolean {
    const head = this.#head;
    const bytes = head && 'bytes' in head ? head.bytes : 0;
    if (!head || this.#pieces.length < bytes) return false;
    const sound = this.#pieces.subarray(0, bytes);
    this.#pieces = this.#pieces.subarray(bytes);
    this.#head = undefined;
    this.#onAnswer(head, sound);
    return true;
  }
}
