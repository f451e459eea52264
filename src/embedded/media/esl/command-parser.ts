/** One command of a client: its first line, headers, and a body if Content-Length announced one. */
export interface Command {
  readonly line: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const HEAD_OCTETS_MAX = 65_536;
const BODY_OCTETS_MAX = 1_048_576;
const HEADERS_MAX = 200;

/**
 * Cuts a byte stream into commands. A command ends with an empty line; lines end with LF or CRLF.
 * Returns `undefined` when a client sends more than any command holds: then the connection is closed.
 */
export class CommandParser {
  #buffer: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Command[] | undefined {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const commands: Command[] = [];
    for (;;) {
      this.#skipEmptyLines();
      const end = headEnd(this.#buffer);
      if (end === undefined) {
        return this.#buffer.length > HEAD_OCTETS_MAX ? undefined : commands;
      }
      if (end.start > HEAD_OCTETS_MAX) return undefined;
      const head = this.#buffer.toString('utf8', 0, end.start);
      const [line = '', ...headerLines] = head.split('\n');
      const headers = readHeaders(headerLines);
      const length = Number(headers.get('content-length') ?? 0);
      if (!(length >= 0 && length <= BODY_OCTETS_MAX)) return undefined;
      if (this.#buffer.length < end.next + length) return commands;
      const body = this.#buffer.toString('utf8', end.next, end.next + length);
      this.#buffer = this.#buffer.subarray(end.next + length);
      commands.push({ line: line.replace(/\r$/, ''), headers, body });
    }
  }

  #skipEmptyLines(): void {
    let skip = 0;
    while (this.#buffer[skip] === 10 || this.#buffer[skip] === 13) skip++;
    if (skip > 0) this.#buffer = this.#buffer.subarray(skip);
  }
}

function headEnd(buffer: Buffer): { start: number; next: number } | undefined {
  for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, at + 1)) {
    if (buffer[at + 1] === 10) return { start: at, next: at + 2 };
    if (buffer[at + 1] === 13 && buffer[at + 2] === 10) return { start: at, next: at + 3 };
  }
  return undefined;
}

/** Names are kept in lower case; the first of two equal ones counts. */
function readHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines.slice(0, HEADERS_MAX)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}
