import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { eventually, LIMIT_MS } from './eventually.ts';

/** One SIP message as SIPp saw it. */
export interface SipMessage {
  readonly direction: 'sent' | 'received';
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** How SIPp's message log parts the messages. */
const SEPARATOR = /^-{20,} (\d{4}-\d\d-\d\d)[T\t ](\d\d:\d\d:\d\d\.\d+)/m;

export function startLine(message: SipMessage): string {
  return message.text.slice(0, message.text.search(/\r?\n|$/));
}

/** The status of a response, or undefined. */
export function statusOf(message: SipMessage): number | undefined {
  const found = /^SIP\/2\.0 (\d{3})/.exec(message.text);
  return found ? Number(found[1]) : undefined;
}

export function methodOf(message: SipMessage): string | undefined {
  return /^([A-Z]+) \S+ SIP\/2\.0/.exec(message.text)?.[1];
}

/** The first header of that name. */
export function headerOf(message: SipMessage, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(.*?)\\r?$`, 'im').exec(message.text)?.[1];
}

/** The port of the session description's audio line, and where it is. */
export function audioOf(message: SipMessage): { host: string; port: number } | undefined {
  const port = /^m=audio (\d+)/m.exec(message.text)?.[1];
  const host = /^c=IN IP4 (\S+)/m.exec(message.text)?.[1];
  return port && host ? { host, port: Number(port) } : undefined;
}

/** Reads SIPp's message log while it is written. */
export class Transcript {
  readonly #path: string;
  readonly #messages: SipMessage[] = [];
  #file: number | undefined;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** All messages until now, in order. */
  messages(): readonly SipMessage[] {
    this.#rest += this.#readMore();
    for (;;) {
      const first = SEPARATOR.exec(this.#rest);
      if (!first) return this.#messages;
      const after = first.index + first[0].length;
      const next = SEPARATOR.exec(this.#rest.slice(after));
      const body = this.#rest.slice(after, next ? after + next.index : undefined);
      const message = parse(body, Date.parse(`${first[1]}T${first[2]}`), next !== null);
      if (!message) return this.#messages;
      this.#messages.push(message);
      this.#rest = next ? this.#rest.slice(after + next.index) : '';
    }
  }

  find(matches: (message: SipMessage) => boolean): SipMessage | undefined {
    return this.messages().find(matches);
  }

  /** Waits for a message. */
  wait(
    what: string,
    matches: (message: SipMessage) => boolean,
    limitMs = LIMIT_MS,
  ): Promise<SipMessage> {
    return eventually(what, () => this.find(matches), limitMs);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #readMore(): string {
    if (this.#file === undefined) {
      if (!existsSync(this.#path)) return '';
      this.#file = openSync(this.#path, 'r');
    }
    const chunk = Buffer.alloc(65_536);
    let text = '';
    for (;;) {
      const count = readSync(this.#file, chunk, 0, chunk.length, null);
      if (count === 0) return text;
      text += chunk.toString('latin1', 0, count);
    }
  }
}

/** The message after its separator; undefined while it is still being written. */
function parse(body: string, at: number, complete: boolean): SipMessage | undefined {
  const head = /^\s*\S+ message (sent|received) [([](\d+)(?: bytes)?[)\]][^\n]*\n\n?/.exec(body);
  if (!head) return complete ? { direction: 'received', at, text: body.trimStart() } : undefined;
  const text = body.slice(head[0].length);
  if (!complete && text.trimEnd().length < Number(head[2]) - 4) return undefined;
  return {
    direction: head[1] === 'sent' ? 'sent' : 'received',
    at,
    text: latin1ToUtf8(text.trimStart()),
  };
}

/** The file is read in octets, so that lengths can be compared; names are UTF-8. */
function latin1ToUtf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
