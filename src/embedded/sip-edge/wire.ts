import type { Clock, EpochMs } from '../../lib/clock.ts';
import { newUuid } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Protocol } from '../sip/index.ts';

/** The version that we behave like; drachtio-srf reads it to see what it may ask for. */
export const DRACHTIO_VERSION = 'v0.9.10';

/** Larger than any SIP message that we take, with room for the meta line. */
const FRAME_BYTES_MAX = 99_999;

export function frame(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text)}#${text}`);
}

/** Cuts the stream of a client into messages: `<length in bytes>#<message>`, over and over. */
export class FrameReader {
  #buffer: Buffer = Buffer.alloc(0);

  /** The complete messages so far, or what is wrong: then the client is to be let go. */
  push(chunk: Buffer): Result<string[], string> {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const messages: string[] = [];
    for (;;) {
      const hash = this.#buffer.subarray(0, 6).indexOf('#');
      if (hash === -1) {
        return this.#buffer.length >= 6 ? err('no length specifier') : ok(messages);
      }
      const digits = this.#buffer.toString('latin1', 0, hash);
      const length = Number(digits);
      if (!/^\d+$/.test(digits) || length > FRAME_BYTES_MAX) return err('bad length specifier');
      const end = hash + 1 + length;
      if (this.#buffer.length < end) return ok(messages);
      messages.push(this.#buffer.toString('utf8', hash + 1, end));
      this.#buffer = this.#buffer.subarray(end);
    }
  }
}

/** What a client sends: tokens of the meta line, and a SIP message in pieces. */
export interface ClientMessage {
  readonly id: string;
  readonly type: string;
  /** The tokens after the type. */
  readonly tokens: readonly string[];
  readonly startLine: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export function parseClientMessage(text: string): ClientMessage | undefined {
  const metaEnd = text.indexOf('\r\n');
  const meta = metaEnd === -1 ? text : text.slice(0, metaEnd);
  const [id = '', type, ...tokens] = meta.split('|');
  if (type === undefined) return undefined;
  const rest = metaEnd === -1 ? '' : text.slice(metaEnd + 2);
  const headEnd = rest.indexOf('\r\n\r\n');
  const [startLine = '', ...lines] = (headEnd === -1 ? rest : rest.slice(0, headEnd)).split('\r\n');
  const body = headEnd === -1 ? '' : rest.slice(headEnd + 4);
  return { id, type, tokens, startLine, headers: lines.flatMap(readHeader), body };
}

function readHeader(line: string): [string, string][] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon)).trim();
  if (!/^[A-Za-z0-9.!%*_+`'~-]+$/.test(name)) return [];
  return [[name, line.slice(colon + 1).trim()]];
}

/** Who a SIP message came from or went through, as six tokens of a meta line. */
export interface MessageMeta {
  readonly source: 'network' | 'application';
  readonly bytes: number;
  readonly protocol: Protocol;
  readonly host: string;
  readonly port: number;
}

export function formatMeta(meta: MessageMeta, clock: Clock): string {
  const { source, bytes, protocol, host, port } = meta;
  return `${source}|${bytes}|${protocol}|${host}|${port}|${timeOfDay(clock.now())}`;
}

/** Hours to microseconds in UTC, as drachtio writes them; our clock knows milliseconds. */
export function timeOfDay(now: EpochMs): string {
  return `${new Date(now).toISOString().slice(11, 23)}000`;
}

/** A SIP message on its way to a client. Only new requests say which of our addresses heard them. */
export function sipToClient(
  meta: string,
  transactionId: string,
  dialogId: string,
  raw: string,
  heardAt?: { readonly host: string; readonly port: number },
): string {
  const address = heardAt === undefined ? '' : `${heardAt.host}|${heardAt.port}|`;
  return `${newUuid()}|sip|${meta}|${transactionId}|${dialogId}|${address}\r\n${raw}`;
}

export function responseToClient(
  messageId: string,
  outcome: 'OK' | 'NO' | 'NOK',
  text = '',
): string {
  const tail = text === '' ? '' : `|${text}`;
  return `${newUuid()}|response|${messageId}|${outcome}${tail}`;
}
