import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byteRange } from '../lib/byte-range.ts';
import { type RecordingId, recordingId } from '../model/ids.ts';
import type { RecordingFiles, RecordingSound } from '../runtime/ports/recordings.ts';

const WHOLE = /^([A-Za-z0-9][A-Za-z0-9._-]{0,120})\.wav$/;
/** What the media server has not closed: telephony's own name for it. */
const PART = /^([A-Za-z0-9][A-Za-z0-9._-]{0,120})\.wav\.part\.wav$/;

/** A file with sound in it. */
export interface SoundFile {
  readonly id: RecordingId;
  readonly path: string;
  readonly octets: number;
  readonly changedAt: number;
  /** Nobody has closed it. */
  readonly part: boolean;
}

/** Recordings in the data folder: where all begin, and where they stay without an object store. */
export class RecordingFolder implements RecordingFiles {
  readonly #path: string;
  readonly #running = new Set<RecordingId>();
  /** A recording is over. */
  onFinished: (id: RecordingId) => void = () => {};

  constructor(path: string) {
    this.#path = path;
  }

  begin(id: RecordingId): string {
    this.#running.add(id);
    return this.pathOf(id);
  }

  finished(id: RecordingId): void {
    this.#running.delete(id);
    this.onFinished(id);
  }

  pathOf(id: RecordingId): string {
    return join(this.#path, `${id}.wav`);
  }

  /** What is there and is not being written by this process. A folder that is not there is empty. */
  async files(): Promise<readonly SoundFile[]> {
    const names = await readdir(this.#path).catch(() => []);
    const found = await Promise.all(names.map((name) => this.#file(name)));
    return found.filter((file) => file !== undefined);
  }

  async #file(name: string): Promise<SoundFile | undefined> {
    const part = PART.exec(name);
    const id = recordingId((part ?? WHOLE.exec(name))?.[1] ?? '');
    if (id === '' || this.#running.has(id)) return undefined;
    const path = join(this.#path, name);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    return { id, path, octets: found.size, changedAt: found.mtimeMs, part: part !== null };
  }

  async open(id: RecordingId, range: string | undefined): Promise<RecordingSound | undefined> {
    const path = this.pathOf(id);
    const size = (await stat(path).catch(() => undefined))?.size;
    if (size === undefined) return undefined;
    const part = byteRange(range, size);
    if (part === 'unsatisfiable')
      return { status: 416, headers: { 'content-range': `bytes */${size}` }, body: undefined };
    if (!part)
      return {
        status: 200,
        headers: { 'content-length': String(size) },
        body: createReadStream(path),
      };
    const { start, end } = part;
    return {
      status: 206,
      headers: {
        'content-range': `bytes ${start}-${end}/${size}`,
        'content-length': String(end - start + 1),
      },
      body: createReadStream(path, { start, end }),
    };
  }

  async remove(id: RecordingId): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }
}
