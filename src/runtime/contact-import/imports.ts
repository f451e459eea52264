import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { Clock } from '../../lib/clock.ts';
import { CodedError, type Refusal, refusal } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type {
  ContactImport,
  ContactImportDesk,
  ContactWriter,
  ImportOptions,
} from '../ports/import.ts';
import { type ImportListener, importContacts } from './importer.ts';
import { REPORT_HEADER, reportOf } from './report.ts';

/** Files larger than this are for the command line. */
const FILE_BYTES_MAX = 512 * 1024 * 1024;
/** Imports that are remembered, with the reports of what they rejected. */
const KEPT_MAX = 10;
/** Rows of a report: whoever has more of them has the wrong file. */
const REJECTED_MAX = 100_000;

export interface ContactImportsOptions {
  /** For files on their way, and reports. What an earlier process left there is gone. */
  readonly folder: string;
  readonly writer: ContactWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: () => string;
}

/**
 * Imports that come through the API: the file is taken in whole first, at the sender's speed; then it is read at the
 * database's. One import at a time.
 *
 *   idle ──start──▶ taking in ──whole──▶ running ──▶ done, failed (and idle again)
 *                       └─ the sender goes, too large: idle
 */
export class ContactImports implements ContactImportDesk {
  readonly #options: ContactImportsOptions;
  readonly #imports = new Map<string, ContactImport>();
  #busy = false;
  #closing = false;
  #running: Promise<void> = Promise.resolve();

  private constructor(options: ContactImportsOptions) {
    this.#options = options;
  }

  static async open(options: ContactImportsOptions): Promise<ContactImports> {
    await rm(options.folder, { recursive: true, force: true });
    await mkdir(options.folder, { recursive: true });
    return new ContactImports(options);
  }

  list(): readonly ContactImport[] {
    return [...this.#imports.values()].reverse();
  }

  get(id: string): ContactImport | undefined {
    return this.#imports.get(id);
  }

  rejected(id: string): Readable | undefined {
    return this.#imports.has(id) ? createReadStream(this.#reportPath(id)) : undefined;
  }

  async start(body: Readable, options: ImportOptions): Promise<Result<ContactImport, Refusal>> {
    if (this.#busy) return err(refusal('OVERLOADED', 'Another import is running.'));
    this.#busy = true;
    const id = this.#options.newId();
    const path = join(this.#options.folder, `${id}.csv`);
    try {
      await pipeline(body, limited, createWriteStream(path));
      const begun = await this.#begin(id);
      this.#running = this.#run(id, path, options);
      return ok(begun);
    } catch (error) {
      await this.#end(path);
      throw error;
    }
  }

  /** Ends what is running after its present batch. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#running;
  }

  async #begin(id: string): Promise<ContactImport> {
    const report = createWriteStream(this.#reportPath(id));
    report.end(REPORT_HEADER);
    await finished(report);
    const begun: ContactImport = {
      id,
      startedAt: this.#options.clock.now(),
      state: 'running',
      counts: { read: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, unspoken: 0 },
      bytes: 0,
      bytesTotal: 0,
    };
    this.#imports.set(id, begun);
    for (const old of [...this.#imports.keys()].slice(0, -KEPT_MAX)) {
      this.#imports.delete(old);
      await rm(this.#reportPath(old), { force: true });
    }
    return begun;
  }

  async #run(id: string, path: string, options: ImportOptions): Promise<void> {
    const { writer, clock, log } = this.#options;
    const report = createWriteStream(this.#reportPath(id), { flags: 'a' });
    let outcome: Pick<ContactImport, 'state' | 'reason'>;
    try {
      const result = await importContacts(path, writer, options, this.#listener(id, report));
      report.end();
      await finished(report);
      outcome = result.ok ? { state: 'done' } : { state: 'failed', reason: result.error };
      log.info({ importId: id, ...this.get(id)?.counts }, 'An import of contacts is over');
    } catch (error) {
      report.destroy();
      outcome = { state: 'failed', reason: 'It was broken off. Doing it again comes to the same.' };
      log.warn({ importId: id, error: String(error) }, 'An import of contacts was broken off');
    }
    await this.#end(path);
    this.#set(id, { ...outcome, endedAt: clock.now() });
  }

  async #end(path: string): Promise<void> {
    await rm(path, { force: true });
    this.#busy = false;
  }

  #listener(id: string, report: WriteStream): ImportListener {
    let reported = 0;
    return {
      began: (file) => this.#set(id, { file }),
      progress: (counts, bytes, bytesTotal) => {
        if (this.#closing) throw new Error('The house is closing.');
        this.#set(id, { counts, bytes, bytesTotal });
      },
      rejected: async (rows) => {
        const shown = rows.slice(0, REJECTED_MAX - reported);
        reported += shown.length;
        if (shown.length === 0 || report.write(reportOf(shown))) return;
        await new Promise<void>((resolve) => report.once('drain', resolve));
      },
    };
  }

  #set(id: string, change: Partial<ContactImport>): void {
    const known = this.#imports.get(id);
    if (known) this.#imports.set(id, { ...known, ...change });
  }

  #reportPath(id: string): string {
    return join(this.#options.folder, `${id}.rejected.csv`);
  }
}

async function* limited(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > FILE_BYTES_MAX)
      throw new CodedError(refusal('BODY_TOO_LARGE', 'Use the command line for a file this long.'));
    yield chunk;
  }
}
