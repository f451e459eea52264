import { type CompactionJob, compact, removeOld } from './compaction.ts';
import type { Disk } from './disk.ts';
import { type JournalOptions, KEEP_BYTES_MAX, KEEP_MS } from './options.ts';

/** Has snapshots made, one at a time, and only the newest of those that are due. */
export class Compactor {
  readonly #options: JournalOptions;
  readonly #disk: Disk;
  #due: (() => Promise<void>) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: JournalOptions, disk: Disk) {
    this.#options = options;
    this.#disk = disk;
  }

  /** The generation has begun; `lastNumber` is the last record before it. */
  make(generation: number, lastNumber: number): void {
    const { compact: make = (job: CompactionJob) => compact(this.#disk, job) } = this.#options;
    this.#run(() => make({ generation, lastNumber, ...this.#limits() }));
  }

  /** Only removes what is too old: the generation has its snapshot. */
  clean(): void {
    this.#run(() => removeOld(this.#disk, this.#limits()));
  }

  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #run(work: () => Promise<void>): void {
    this.#due = work;
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined;
    });
  }

  async #runAll(): Promise<void> {
    for (let work = this.#due; work; work = this.#due) {
      this.#due = undefined;
      try {
        await work();
      } catch (error) {
        this.#options.onTrouble({ kind: 'snapshotFailed', error });
      }
    }
  }

  #limits(): Pick<CompactionJob, 'keepFrom' | 'keepBytesMax'> {
    const { clock, keepMs = KEEP_MS, keepBytesMax = KEEP_BYTES_MAX } = this.#options;
    return { keepFrom: clock.now() - keepMs, keepBytesMax };
  }
}
