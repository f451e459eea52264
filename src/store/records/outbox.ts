import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { writeWhole } from '../../lib/write-whole.ts';
import { type QueuedRecord, RECORD_KINDS } from './insert.ts';

export interface OutboxLimits {
  /** A segment is read whole when it is replayed. */
  readonly segmentBytesMax: number;
  readonly totalBytesMax: number;
}

export const OUTBOX_LIMITS: OutboxLimits = {
  segmentBytesMax: 4_000_000,
  totalBytesMax: 2_000_000_000,
};

interface Segment {
  readonly number: number;
  bytes: number;
}

/** What a segment held: the records in order, and the lines whose checksum was wrong. */
export interface SegmentContent {
  readonly records: readonly QueuedRecord[];
  readonly corrupt: readonly string[];
  /** The last line was cut off in the middle of writing, which is what a crash leaves. */
  readonly torn: boolean;
}

/**
 * Records on disk, in numbered segments of lines `crc32 kind at json`. Appended at the end, replayed from the
 * beginning, a segment at a time, and deleted when all of it is in the database.
 */
export class Outbox {
  readonly #folder: string;
  readonly #limits: OutboxLimits;
  readonly #segments: Segment[] = [];
  #file: FileHandle | undefined;
  #next = 1;
  /** What appends, and what seals a segment, do so in turn: records come while others are replayed. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, limits: OutboxLimits) {
    this.#folder = folder;
    this.#limits = limits;
  }

  /** Finds what an earlier run left. */
  static async open(folder: string, limits: OutboxLimits = OUTBOX_LIMITS): Promise<Outbox> {
    await mkdir(folder, { recursive: true });
    const outbox = new Outbox(folder, limits);
    for (const name of (await readdir(folder)).sort()) {
      const number = Number(/^(\d{10})\.jsonl$/.exec(name)?.[1]);
      if (!number) continue;
      outbox.#segments.push({ number, bytes: (await stat(join(folder, name))).size });
      outbox.#next = number + 1;
    }
    return outbox;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** On disk when it resolves, all of them; rejects when not one of them is. */
  append(records: readonly QueuedRecord[]): Promise<void> {
    return this.#inTurn(() => this.#append(records));
  }

  async #append(records: readonly QueuedRecord[]): Promise<void> {
    const data = Buffer.from(records.map(toLine).join(''));
    if (this.bytes + data.length > this.#limits.totalBytesMax)
      throw new Error('The outbox has reached its limit');
    const { file, segment } = await this.#writable();
    try {
      await writeWhole(file, data, segment.bytes);
      await file.datasync();
    } catch (error) {
      // Half a batch would come twice: the segment is cut back to where it was.
      await file.truncate(segment.bytes).catch(() => undefined);
      throw error;
    }
    segment.bytes += data.length;
    if (segment.bytes >= this.#limits.segmentBytesMax) await this.#closeFile();
  }

  /** The oldest segment; nothing is appended to it any more. */
  async oldest(): Promise<SegmentContent | undefined> {
    const segment = this.#segments[0];
    if (!segment) return undefined;
    await this.#inTurn(async () => {
      if (this.#segments.length === 1) await this.#closeFile();
    });
    return parseSegment(await readFile(this.#path(segment), 'utf8'));
  }

  /** All of the oldest segment is in the database. */
  async removeOldest(): Promise<void> {
    const segment = this.#segments[0];
    if (!segment) return;
    await rm(this.#path(segment), { force: true });
    this.#segments.shift();
  }

  /** Keeps, for a person to look at, what can be stored nowhere else. */
  async setAside(lines: readonly string[], why: string): Promise<void> {
    const file = await open(join(this.#folder, 'rejected.txt'), 'a');
    try {
      await file.appendFile(lines.map((line) => `${why}\t${line}\n`).join(''));
    } finally {
      await file.close();
    }
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#closeFile());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** A segment that an earlier run left is never written to: its last line may be torn. */
  async #writable(): Promise<{ file: FileHandle; segment: Segment }> {
    const last = this.#segments.at(-1);
    if (this.#file && last) return { file: this.#file, segment: last };
    const segment = { number: this.#next, bytes: 0 };
    this.#file = await open(this.#path(segment), 'w', 0o600);
    this.#next += 1;
    this.#segments.push(segment);
    return { file: this.#file, segment };
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  #path(segment: Segment): string {
    return join(this.#folder, `${String(segment.number).padStart(10, '0')}.jsonl`);
  }
}

function toLine({ kind, at, json }: QueuedRecord): string {
  const body = `${kind} ${at} ${json}`;
  return `${checksum(body)} ${body}\n`;
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');

function parseSegment(text: string): SegmentContent {
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const records: QueuedRecord[] = [];
  const corrupt: string[] = [];
  for (const line of lines) {
    const record = parseLine(line);
    if (record) records.push(record);
    else corrupt.push(line);
  }
  return { records, corrupt, torn: tail !== '' };
}

function parseLine(line: string): QueuedRecord | undefined {
  const [, sum, body = '', kind, at, json = ''] =
    /^([0-9a-f]{8}) (([a-z]+) (\S+) (.*))$/.exec(line) ?? [];
  const known = RECORD_KINDS.find((name) => name === kind);
  if (checksum(body) !== sum || !known) return undefined;
  return { kind: known, at: Number(at), json };
}
