import { parse } from 'csv-parse/sync';
import { DELIMITERS, type Delimiter } from '../ports/import.ts';
import type { Line } from './text.ts';

/** A row with the number of its line, the header's being 1; or why it cannot be read. */
export type Row =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly broken: string };

/** What separates most of the header's names. */
export function delimiterOf(header: string): Delimiter {
  const bare = header.replace(/"[^"]*"/g, '');
  const count = (delimiter: string): number => bare.split(delimiter).length;
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best));
}

/**
 * Reads lines as rows (RFC 4180). A contact is one line: a quote that is opened and not closed breaks its own line,
 * and not everything that comes after it. Empty lines are no rows.
 */
export function rowsOf(lines: readonly Line[], firstLine: number, delimiter: Delimiter): Row[] {
  const rows = new Map<number, Row>();
  const readable: string[] = [];
  for (const [at, text] of lines.entries()) {
    const line = firstLine + at;
    if (text?.trim() === '') continue;
    // Unless the reader says better.
    rows.set(line, { line, broken: brokenQuotes(text) ?? 'a quote is in the wrong place' });
    if (brokenQuotes(text) === undefined) readable.push(`${line}${delimiter}${text}`);
  }
  const read = readAll(readable, delimiter);
  // After a quote in a wrong place the reader loses the lines that follow: then each is read for itself.
  const each =
    read.length === readable.length ? read : readable.flatMap((line) => readAll([line], delimiter));
  for (const [line, ...fields] of each) rows.set(Number(line), { line: Number(line), fields });
  return [...rows.values()];
}

/** Rows that cannot be read are left out: each begins with its line's number, so the others are known. */
function readAll(lines: readonly string[], delimiter: Delimiter): readonly (readonly string[])[] {
  return parse(lines.join('\n'), {
    delimiter,
    trim: true,
    relax_column_count: true,
    skip_records_with_error: true,
    record_delimiter: ['\n'],
  });
}

function brokenQuotes(line: Line): string | undefined {
  if (line === undefined) return 'the line is too long';
  if (!line.includes('"')) return undefined;
  return line.split('"').length % 2 === 0 ? 'a quote is opened and not closed' : undefined;
}
