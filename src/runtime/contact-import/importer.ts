import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
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
} from '../ports/import.ts';
import { type Columns, columnsOf } from './columns.ts';
import { contactOf, type ReadContact } from './contact-row.ts';
import { type FileRecord, RecordCutter } from './records.ts';
import { delimiterOf, type Row, rowsOf } from './rows.ts';
import { detectEncoding, type Line, linesOf } from './text.ts';

export interface ImportListener {
  /** After each batch. `bytes` of the file's `bytesTotal` have been read. */
  progress(counts: ImportCounts, bytes: number, bytesTotal: number): void;
  /** Rows that were not taken, in the order of the file. Awaited: a report is never kept in memory. */
  rejected(rows: readonly RejectedRow[]): Promise<void>;
  began(file: ImportedFile): void;
}

/** Rows read in one go: whatever else the process does waits no longer than this takes, some milliseconds. */
const READ_ROWS = 250;
/** Rows written in one transaction: the database is quicker with many. */
const WRITE_ROWS = 2_000;

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
  /** Lines before the header. */
  #skipped = 0;
  #cutter: RecordCutter | undefined;
  #columns: Columns | undefined;
  #delimiter: Delimiter = ',';
  /** Read, and not yet written. */
  #pending: ImportedContact[] = [];
  #rejected: RejectedRow[] = [];
  #unspoken = 0;
  #counts: ImportCounts = {
    read: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    unspoken: 0,
  };

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
    const header = this.#cutter ? 0 : lines.findIndex((line) => line?.trim() !== '');
    if (header < 0) {
      this.#skipped += lines.length;
      return undefined;
    }
    this.#cutter ??= this.#cutterFrom(lines[header] ?? '', this.#skipped + header + 1);
    return this.#takeRecords(this.#cutter.take(lines.slice(header)), bytes);
  }

  async end(bytes: number): Promise<Result<ImportCounts, string>> {
    const problem = await this.#takeRecords(this.#cutter?.end() ?? [], bytes);
    if (problem !== undefined) return err(problem);
    if (!this.#columns) return err('the file is empty');
    await this.#write(bytes);
    return ok(this.#counts);
  }

  #cutterFrom(header: string, line: number): RecordCutter {
    this.#delimiter = this.#options.delimiter ?? delimiterOf(header);
    return new RecordCutter(this.#delimiter, line);
  }

  async #takeRecords(records: readonly FileRecord[], bytes: number): Promise<string | undefined> {
    let begin = 0;
    if (!this.#columns && records[0]) {
      const problem = this.#header(records[0]);
      if (problem !== undefined) return problem;
      begin = 1;
    }
    for (; begin < records.length; begin += READ_ROWS) {
      this.#read(rowsOf(records.slice(begin, begin + READ_ROWS), this.#delimiter));
      if (this.#pending.length + this.#rejected.length >= WRITE_ROWS) await this.#write(bytes);
      else await setImmediate();
    }
    return undefined;
  }

  #header(record: FileRecord): string | undefined {
    const [row] = rowsOf([record], this.#delimiter);
    if (!row || 'broken' in row)
      return `the header cannot be read: ${row?.broken ?? 'it is empty'}`;
    const columns = columnsOf(row.fields);
    if (!columns.ok) return columns.error;
    this.#columns = columns.value;
    const ignoredColumns = columns.value.ignored;
    this.#listener.began({ encoding: this.#encoding, delimiter: this.#delimiter, ignoredColumns });
    return undefined;
  }

  #read(rows: readonly Row[]): void {
    for (const row of rows) {
      const contact = this.#contactOf(row);
      if (!contact.ok) {
        this.#rejected.push({ line: row.line, reason: contact.error });
        continue;
      }
      this.#pending.push(contact.value.contact);
      if (contact.value.isUnspoken) this.#unspoken += 1;
    }
  }

  async #write(bytes: number): Promise<void> {
    const [contacts, unread] = [this.#pending, this.#rejected];
    [this.#pending, this.#rejected] = [[], []];
    const written = await this.#writer.write(contacts);
    const rejected = [...unread, ...written.rejected].sort((a, b) => a.line - b.line);
    if (rejected.length > 0) await this.#listener.rejected(rejected);
    const { read, created, updated, unchanged, rejected: before } = this.#counts;
    this.#counts = {
      read: read + contacts.length + unread.length,
      created: created + written.created,
      updated: updated + written.updated,
      unchanged: unchanged + written.unchanged,
      rejected: before + rejected.length,
      unspoken: this.#unspoken,
    };
    this.#listener.progress(this.#counts, bytes, this.#bytesTotal);
  }

  #contactOf(row: Row): Result<ReadContact, string> {
    if ('broken' in row) return err(row.broken);
    if (!this.#columns) return err('there is no header');
    return contactOf(row.fields, this.#columns, row.line, this.#options.country);
  }
}
