import { writeSnapshot } from './compaction.ts';
import type { Disk, DiskFile } from './disk.ts';
import { segmentName } from './names.ts';

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

  /**
   * Begins a generation and says which. With a snapshot, which counts from the moment its name is there; without,
   * the generations before carry on until somebody makes one from them.
   */
  async rotate(snapshot?: string): Promise<number> {
    const generation = this.#generation + 1;
    const segment = await this.#disk.create(segmentName(generation));
    try {
      if (snapshot !== undefined) await writeSnapshot(this.#disk, generation, snapshot);
    } catch (error) {
      await segment.close();
      throw error;
    }
    const old = this.#segment;
    this.#segment = segment;
    this.#generation = generation;
    this.#position = 0;
    // Its bytes are on the disk already: what closing has to say changes nothing.
    await old?.close().catch(() => undefined);
    return generation;
  }

  async close(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    await segment?.close();
  }
}
