import { defaultLimits, type SipLimits } from './limits.ts';

export type Frame =
  | { readonly kind: 'message'; readonly data: Buffer }
  /** A keep-alive (RFC 5626 section 3.5.1): a double CRLF that wants a single one back. */
  | { readonly kind: 'ping' }
  /** The stream cannot be followed any more: the connection must be closed. */
  | { readonly kind: 'broken'; readonly reason: string };

/**
 * Cuts a byte stream into messages by Content-Length (RFC 3261 section 18.3). What comes in is kept
 * in pieces until a head is complete, so that a slow sender costs no quadratic copying beyond the
 * limit of one message.
 */
export class StreamFramer {
  readonly #limits: SipLimits;
  #buffer: Buffer = Buffer.alloc(0);
  #broken = false;

  constructor(limits: SipLimits = defaultLimits) {
    this.#limits = limits;
  }

  push(chunk: Buffer): Frame[] {
    if (this.#broken) return [];
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const frame = this.#next();
      if (!frame) return frames;
      frames.push(frame);
      if (frame.kind === 'broken') return frames;
    }
  }

  #next(): Frame | undefined {
    if (this.#takeLineEnds()) return { kind: 'ping' };
    const end = this.#buffer.indexOf('\r\n\r\n');
    if (end === -1) {
      const tooLong = this.#buffer.length > this.#limits.messageBytesMax;
      return tooLong ? this.#break('head too long') : undefined;
    }
    const length = contentLength(this.#buffer.toString('latin1', 0, end));
    if (length === undefined) return this.#break('no usable Content-Length');
    const total = end + 4 + length;
    if (total > this.#limits.messageBytesMax) return this.#break('message too long');
    if (this.#buffer.length < total) return undefined;
    return { kind: 'message', data: this.#take(total) };
  }

  /** Drops line ends before a message and tells whether they were a whole ping. */
  #takeLineEnds(): boolean {
    let end = 0;
    while (this.#buffer[end] === 0x0d || this.#buffer[end] === 0x0a) end++;
    if (end >= 4) {
      this.#take(end);
      return true;
    }
    // One CRLF may be the first half of a ping, or a pong: it is dropped once a message follows.
    if (end > 0 && end < this.#buffer.length) this.#take(end);
    return false;
  }

  #take(bytes: number): Buffer {
    const taken = this.#buffer.subarray(0, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    return taken;
  }

  #break(reason: string): Frame {
    this.#broken = true;
    this.#buffer = Buffer.alloc(0);
    return { kind: 'broken', reason };
  }
}

/** A stream without Content-Length cannot be cut: a missing one counts as 0, as most stacks do. */
function contentLength(head: string): number | undefined {
  // Its value may stand on the next line (RFC 3261 section 7.3.1).
  const match = /^(?:content-length|l)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)(?:\r\n|$)/im.exec(head);
  if (!match) return 0;
  const value = (match[1] ?? '').trim();
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
