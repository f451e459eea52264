import type { Readable } from 'node:stream';
import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { Contact } from '../../model/contact.ts';
import type { ContactId } from '../../model/ids.ts';

// Files of contacts: what `api` needs to take one in, and `store` to write what was in it.

/** How a file of text is written. WHATWG's `windows-1252` reads Latin-1 as well: the same where both have letters. */
export const ENCODINGS = ['utf-8', 'windows-1252', 'utf-16le'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** What whoever imports knows of the file; the rest is found out. */
export interface ImportOptions {
  /** ISO 3166-1: how numbers without a country's code are read. Absent: they are rejected. */
  readonly country?: string;
  readonly encoding?: Encoding;
  readonly delimiter?: Delimiter;
}

/** A row that could be read. Without an id it is whoever has one of the numbers. */
export interface ImportedContact extends Omit<Contact, 'id' | 'lastAgentId'> {
  readonly line: number;
  readonly id?: ContactId;
}

export interface RejectedRow {
  /** Of the file; the header's is 1. */
  readonly line: number;
  readonly reason: string;
}

export interface ImportCounts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Of those that were taken: rows whose language is not spoken here. Their contacts have none of it. */
  readonly unspoken: number;
}

export interface WrittenBatch extends Omit<ImportCounts, 'read' | 'rejected' | 'unspoken'> {
  readonly rejected: readonly RejectedRow[];
}

/** Writes many contacts at once (served by store). */
export interface ContactWriter {
  /**
   * All of the batch or nothing, but for the rows that it rejects: those with a number of somebody else's. A row with
   * an id replaces its contact's numbers, one without adds to them. Twice is once.
   */
  write(batch: readonly ImportedContact[]): Promise<WrittenBatch>;
}

/** What was found out about a file. */
export interface ImportedFile {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** Columns that nothing is made of. */
  readonly ignoredColumns: readonly string[];
}

/** One import, as whoever started it sees it. */
export interface ContactImport {
  readonly id: string;
  readonly startedAt: EpochMs;
  readonly endedAt?: EpochMs;
  readonly state: 'running' | 'done' | 'failed';
  /** Why it failed. What was written until then stays: doing it again comes to the same. */
  readonly reason?: string;
  readonly counts: ImportCounts;
  /** Of the file: read, and altogether. */
  readonly bytes: number;
  readonly bytesTotal: number;
  readonly file?: ImportedFile;
}

/** Takes files of contacts in. */
export interface ContactImportDesk {
  /** Takes the file in and starts. OVERLOADED: another import is running. Rejects with BODY_TOO_LARGE. */
  start(body: Readable, options: ImportOptions): Promise<Result<ContactImport, Refusal>>;
  /** The newest first. */
  list(): readonly ContactImport[];
  get(id: string): ContactImport | undefined;
  /** The rejected rows as CSV, as far as they are known now. */
  rejected(id: string): Readable | undefined;
}
