import { parse } from 'csv-parse/sync';
import { DELIMITERS, type Delimiter } from '../ports/import.ts';
import type { FileRecord } from './records.ts';
import { UNREADABLE } from './text.ts';

/** A row with the number of its line, the header's being 1; or why it cannot be read. */
export type Row =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly broken: string };

/** What separates most of the header's names. */
export function delimiterOf(header: string): Delimiter {
  const bare = header.replace(/"[^"]*("|$)/g, '');
  const count = (delimiter: string): number => bare.split(delimiter).length;
  return DELIMITERS.reduce((best, next) => (count(next) > count(best) ? next : best));
}

/** Reads records as rows (RFC 4180). Empty lines are no rows. */
export function rowsOf(records: readonly FileRecord[], delimiter: Delimiter): Row[] {
  const rows = new Map<number, Row>();
  const readable: string[] = [];
  for (const { line, text, broken } of records) {
    if (broken === undefined && text.trim() === '') continue;
    const problem =
      broken ?? (text.includes(UNREADABLE) ? 'it has bytes that are no text' : undefined);
    // Unless the reader says better.
    rows.set(line, { line, broken: problem ?? 'a quote is in the wrong place' });
    if (problem === undefined) readable.push(`${line}${delimiter}${text}`);
  }
  const read = readAll(readable, delimiter);
  // After a quote in a wrong place the reader loses what follows: then each is read for itself.
  const each =
    read.length === readable.length ? read : readable.flatMap((text) => readAll([text], delimiter));
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
