import { own } from '../../lib/own.ts';

/** The compact forms of RFC 3261 section 7.3.3 and of the extensions in use. */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
};

/** Names whose usual spelling is not "each word with a capital". */
const SPELLING: Readonly<Record<string, string>> = {
  'call-id': 'Call-ID',
  cseq: 'CSeq',
  'www-authenticate': 'WWW-Authenticate',
  'min-se': 'Min-SE',
  rseq: 'RSeq',
  rack: 'RAck',
  'sip-etag': 'SIP-ETag',
  'sip-if-match': 'SIP-If-Match',
  'mime-version': 'MIME-Version',
  'content-id': 'Content-ID',
};

export interface Header {
  readonly name: string;
  readonly value: string;
}

interface Entry extends Header {
  readonly key: string;
}

/** The lower-case long form under which a header is found, whatever the sender wrote. */
export function headerKey(name: string): string {
  const lower = name.toLowerCase();
  return lower.length === 1 ? (COMPACT[lower] ?? lower) : lower;
}

/** The usual spelling of a well-known header; an unknown one keeps what its sender wrote. */
function spelling(name: string, key: string): string {
  const known = own(SPELLING, key);
  if (known) return known;
  if (name.length === 1) {
    return key.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  }
  return name;
}

/**
 * The headers of one message, in order. Headers that are lists (Via, Route …) hold one value an entry:
 * the parser has taken apart what a sender put on one line, so the first Via is the topmost Via.
 */
export class Headers {
  #entries: Entry[] = [];

  static of(pairs: Iterable<readonly [string, string]>): Headers {
    const headers = new Headers();
    for (const [name, value] of pairs) headers.add(name, value);
    return headers;
  }

  get size(): number {
    return this.#entries.length;
  }

  get(name: string): string | undefined {
    const key = headerKey(name);
    return this.#entries.find((entry) => entry.key === key)?.value;
  }

  all(name: string): string[] {
    const key = headerKey(name);
    return this.#entries.filter((entry) => entry.key === key).map((entry) => entry.value);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** The comma-separated tokens of a header such as Require or Allow, over all its lines. */
  tokens(name: string): string[] {
    return this.all(name)
      .join(',')
      .split(',')
      .map((token) => token.trim())
      .filter((token) => token !== '');
  }

  add(name: string, value: string): this {
    this.#entries.push(entryOf(name, value));
    return this;
  }

  /** Puts an entry above all others of its name, as a proxy does with Via and Record-Route. */
  prepend(name: string, value: string): this {
    const entry = entryOf(name, value);
    const index = this.#entries.findIndex((other) => other.key === entry.key);
    this.#entries.splice(index === -1 ? 0 : index, 0, entry);
    return this;
  }

  /** Replaces all entries of a name by one, in the place of the first. */
  set(name: string, value: string): this {
    return this.setAll(name, [value]);
  }

  setAll(name: string, values: readonly string[]): this {
    const key = headerKey(name);
    const index = this.#entries.findIndex((entry) => entry.key === key);
    this.#entries = this.#entries.filter((entry) => entry.key !== key);
    const fresh = values.map((value) => entryOf(name, value));
    this.#entries.splice(index === -1 ? this.#entries.length : index, 0, ...fresh);
    return this;
  }

  setDefault(name: string, value: string): this {
    if (!this.has(name)) this.add(name, value);
    return this;
  }

  remove(name: string): this {
    const key = headerKey(name);
    this.#entries = this.#entries.filter((entry) => entry.key !== key);
    return this;
  }

  removeFirst(name: string): this {
    const key = headerKey(name);
    const index = this.#entries.findIndex((entry) => entry.key === key);
    if (index !== -1) this.#entries.splice(index, 1);
    return this;
  }

  replaceFirst(name: string, value: string): this {
    const entry = entryOf(name, value);
    const index = this.#entries.findIndex((other) => other.key === entry.key);
    if (index === -1) this.#entries.push(entry);
    else this.#entries[index] = entry;
    return this;
  }

  clone(): Headers {
    const copy = new Headers();
    copy.#entries = [...this.#entries];
    return copy;
  }

  [Symbol.iterator](): Iterator<Header> {
    return this.#entries[Symbol.iterator]();
  }
}

/** A value can never smuggle in another header: line ends become spaces (RFC 3261 section 7.3.1). */
function entryOf(name: string, value: string): Entry {
  const key = headerKey(name);
  const safe = /[\r\n]/.test(value) ? value.replace(/[\r\n]+\s*/g, ' ').trim() : value;
  return { key, name: spelling(name, key), value: safe };
}
