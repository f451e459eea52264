import { stat } from 'node:fs/promises';
import { err, ok, type Result } from '../../lib/result.ts';
import type {
  ContactWriter,
  Delimiter,
  Encoding,
  ImportCounts,
  ImportedContact,
  ImportedFile,
  ImportOptions,
  RejectedRow,
} from '../ports.import.ts';
import { type Columns, columnsOf } from './columns.ts';
import { contactOf } from './contact-row.ts';
import { delimiterOf, type Row, rowsOf } from './rows.ts';
import { detectEncoding, type Line, linesOf } from './text.ts';

export interface ImportListener {
  /** After each batch. `bytes` of the file's `bytesTotal` have been read. */
  progress(counts: ImportCounts, bytes: number, bytesTotal: number): void;
  /** Rows that were not taken, in the order of the file. Awaited: a report is never kept in memory. */
  rejected(rows: readonly RejectedRow[]): Promise<void>;
  began(file: ImportedFile): void;
}

/** Rows written in one transaction: long enough to be quick, short enough to be nobody's wait. */
const BATCH_ROWS = 500;

/**
 * Imports a file of contacts (CSV). It holds one chunk of the file and one batch at a time, however long the file is,
 * and doing it again comes to the same. The error says why the file cannot be read at all.
 */
export async function importContacts(
  path: string,
  writer: ContactWriter,
  options: ImportOptions,
  listener: ImportListener,
): Promise<Result<ImportCounts, string>> {
  const encoding = options.encoding ?? (await detectEncoding(path));
  if (!encoding) return err('this is no text');
  const run = new ImportRun(writer, options, listener, encoding, (await stat(path)).size);
  let bytes = 0;
  for await (const lines of linesOf(path, encoding, (more) => {
    bytes += more;
  })) {
    const problem = await run.take(lines, bytes);
    if (problem !== undefined) return err(problem);
  }
  return run.end(bytes);
}

class ImportRun {
  readonly #writer: ContactWriter;
  readonly #options: ImportOptions;
  readonly #listener: ImportListener;
  readonly #encoding: Encoding;
  readonly #bytesTotal: number;
  #line = 1;
  #columns: Columns | undefined;
  #delimiter: Delimiter = ',';
  #counts: ImportCounts = { read: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 };

  constructor(
    writer: ContactWriter,
    options: ImportOptions,
    listener: ImportListener,
    encoding: Encoding,
    bytesTotal: number,
  ) {
    this.#writer = writer;
    this.#options = options;
    this.#listener = listener;
    this.#encoding = encoding;
    this.#bytesTotal = bytesTotal;
  }

  /** The next lines. What it returns is why there is no going on. */
  async take(lines: readonly Line[], bytes: number): Promise<string | undefined> {
    let begin = 0;
    while (!this.#columns && begin < lines.length) {
      const problem = this.#header(lines[begin]);
      if (problem !== undefined) return problem;
      begin += 1;
      this.#line += 1;
    }
    for (; begin < lines.length; begin += BATCH_ROWS) {
      const batch = lines.slice(begin, begin + BATCH_ROWS);
      await this.#write(rowsOf(batch, this.#line, this.#delimiter));
      this.#line += batch.length;
      this.#listener.progress(this.#counts, bytes, this.#bytesTotal);
    }
    return undefined;
  }

  end(bytes: number): Result<ImportCounts, string> {
    if (!this.#columns) return err('the file is empty');
    this.#listener.progress(this.#counts, bytes, this.#bytesTotal);
    return ok(this.#counts);
  }

  #header(line: Line): string | undefined {
    if (line?.trim() === '') return undefined;
    const delimiter = this.#options.delimiter ?? delimiterOf(line ?? '');
    const [row] = rowsOf([line], 1, delimiter);
    if (!row || 'broken' in row)
      return `the header cannot be read: ${row?.broken ?? 'it is empty'}`;
    const columns = columnsOf(row.fields);
    if (!columns.ok) return columns.error;
    this.#columns = columns.value;
    this.#delimiter = delimiter;
    const ignoredColumns = columns.value.ignored;
    this.#listener.began({ encoding: this.#encoding, delimiter, ignoredColumns });
    return undefined;
  }

  async #write(rows: readonly Row[]): Promise<void> {
    const contacts: ImportedContact[] = [];
    const rejected: RejectedRow[] = [];
    for (const row of rows) {
      const contact = this.#contactOf(row);
      if (contact.ok) contacts.push(contact.value);
      else rejected.push({ line: row.line, reason: contact.error });
    }
    const written = await this.#writer.write(contacts);
    rejected.push(...written.rejected);
    if (rejected.length > 0)
      await this.#listener.rejected(rejected.sort((a, b) => a.line - b.line));
    const { read, created, updated, unchanged, rejected: before } = this.#counts;
    this.#counts = {
      read: read + rows.length,
      created: created + written.created,
      updated: updated + written.updated,
      unchanged: unchanged + written.unchanged,
      rejected: before + rejected.length,
    };
  }

  #contactOf(row: Row): Result<ImportedContact, string> {
    if ('broken' in row) return err(row.broken);
    if (!this.#columns) return err('there is no header');
    return contactOf(row.fields, this.#columns, row.line, this.#options.country);
  }
}
