import type { Disk, DiskFile } from './journal-disk.ts';
import { olderThan, segmentName, snapshotName, unfinished } from './journal-names.ts';

/** Writes lines to the segment in hand and begins new generations. One call at a time. */
export class JournalWriter {
  readonly #disk: Disk;
  #generation: number;
  #segment: DiskFile | undefined;
  /** Where the next line goes: what lies beyond is the rest of a write that failed. */
  #position = 0;

  /** `generation` is the last one that was used; the first rotation begins the next. */
  constructor(disk: Disk, generation: number) {
    this.#disk = disk;
    this.#generation = generation;
  }

  async write(text: string): Promise<void> {
    if (!this.#segment) throw new Error('No segment is open yet.');
    const bytes = Buffer.from(text);
    await this.#segment.write(bytes, this.#position);
    await this.#segment.sync();
    this.#position += bytes.length;
  }

  /** Begins a generation: the snapshot counts from the moment its name is there, and not before. */
  async rotate(snapshot: string): Promise<void> {
    const generation = this.#generation + 1;
    const segment = await this.#disk.create(segmentName(generation));
    try {
      await this.#writeSnapshot(snapshotName(generation), snapshot);
    } catch (error) {
      await segment.close();
      throw error;
    }
    const old = this.#segment;
    this.#segment = segment;
    this.#generation = generation;
    this.#position = 0;
    await this.#leave(old);
  }

  async close(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    await segment?.close();
  }

  async #writeSnapshot(name: string, text: string): Promise<void> {
    const file = await this.#disk.create(unfinished(name));
    try {
      await file.write(Buffer.from(text), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#disk.rename(unfinished(name), name);
  }

  /**
   * Closes the segment before and removes what is older: the generation before stays, in case the newest
   * snapshot is damaged. What cannot be removed now is removed at a later rotation; nothing depends on it.
   */
  async #leave(segment: DiskFile | undefined): Promise<void> {
    const names = await this.#disk.names().catch(() => []);
    const old = olderThan(names, this.#generation - 1);
    await Promise.allSettled([segment?.close(), ...old.map((name) => this.#disk.remove(name))]);
  }
}
