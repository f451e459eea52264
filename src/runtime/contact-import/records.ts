import type { Delimiter } from '../ports/import.ts';
import { LINE_CHARACTERS_MAX, type Line } from './text.ts';

/** What one contact is written in: a line, or more where a quoted cell has line breaks (RFC 4180 section 2.6). */
export interface FileRecord {
  /** Of the file, where it begins; the header's is 1. */
  readonly line: number;
  /** Its lines, with `\n` between them. */
  readonly text: string;
  /** Why it cannot be read; absent: its quotes are where they belong. */
  readonly broken?: string;
}

/** A quote that is open for longer was never meant to be closed. */
const RECORD_LINES_MAX = 50;
const NOT_CLOSED = 'a quote is opened and not closed';

/**
 * Makes records of lines. A quote that is opened and not closed (within {@link RECORD_LINES_MAX} lines and
 * {@link LINE_CHARACTERS_MAX} characters, or where what follows can be no such cell) breaks its own line only: what
 * comes after it is read anew.
 */
export class RecordCutter {
  readonly #delimiter: Delimiter;
  /** Of the first line that is held. */
  #line: number;
  /** Lines of a record whose end has not come yet. */
  #held: readonly Line[] = [];

  constructor(delimiter: Delimiter, firstLine: number) {
    this.#delimiter = delimiter;
    this.#line = firstLine;
  }

  take(lines: readonly Line[]): FileRecord[] {
    return this.#cut([...this.#held, ...lines], false);
  }

  /** What is left when no line follows. */
  end(): FileRecord[] {
    return this.#cut(this.#held, true);
  }

  #cut(lines: readonly Line[], isEnd: boolean): FileRecord[] {
    const records: FileRecord[] = [];
    let begin = 0;
    while (begin < lines.length) {
      const found = this.#recordAt(lines, begin, isEnd);
      if (!found) break;
      records.push(found);
      const length = found.broken === undefined ? found.text.split('\n').length : 1;
      begin += length;
      this.#line += length;
    }
    this.#held = lines.slice(begin);
    return records;
  }

  /** Undefined: only the lines that follow will tell. */
  #recordAt(lines: readonly Line[], begin: number, isEnd: boolean): FileRecord | undefined {
    const line = this.#line;
    const first = lines[begin];
    if (first === undefined) return { line, text: '', broken: 'the line is too long' };
    let text = '';
    let isOpen = false;
    for (let length = 1; length <= RECORD_LINES_MAX; length++) {
      const next = lines[begin + length - 1];
      if (next === undefined && begin + length > lines.length && !isEnd) return undefined;
      if (next === undefined || text.length + next.length > LINE_CHARACTERS_MAX) break;
      const state = quoteAfter(next, this.#delimiter, isOpen);
      text = length === 1 ? next : `${text}\n${next}`;
      if (state === 'closed') return { line, text };
      if (state === 'misplaced' && length === 1)
        return { line, text, broken: 'a quote is in the wrong place' };
      if (state === 'misplaced') break;
      isOpen = true;
    }
    return { line, text: first, broken: NOT_CLOSED };
  }
}

/** What a line leaves behind, that begins within a quoted cell or not: only delimiters may stand beside a cell's quotes. */
function quoteAfter(
  text: string,
  delimiter: Delimiter,
  beginsOpen: boolean,
): 'closed' | 'open' | 'misplaced' {
  let at = 0;
  let isOpen = beginsOpen;
  if (!isOpen && !text.includes('"')) return 'closed';
  for (;;) {
    if (isOpen) {
      const quote = text.indexOf('"', at);
      if (quote < 0) return 'open';
      at = quote + (text[quote + 1] === '"' ? 2 : 1);
      if (text[quote + 1] === '"') continue;
    }
    const end = text.indexOf(delimiter, at);
    const cell = end < 0 ? text.slice(at) : text.slice(at, end);
    const opens = !isOpen && cell.trimStart().startsWith('"');
    if (opens) {
      at = text.indexOf('"', at) + 1;
      isOpen = true;
      continue;
    }
    if (isOpen ? cell.trim() !== '' : cell.includes('"')) return 'misplaced';
    if (end < 0) return 'closed';
    isOpen = false;
    at = end + 1;
  }
}
