import type { Command } from '../../acd/commands.ts';
import type { Engine } from '../../acd/engine.ts';
import type { EpochMs } from '../../lib/clock.ts';
import { Trouble } from '../../lib/trouble.ts';
import { pause } from '../../lib/wait.ts';
import { within } from '../../lib/within.ts';
import type { JournalView } from '../ports/meters.ts';
import { snapshotText } from './compaction.ts';
import { Compactor } from './compactor.ts';
import { openFolder } from './disk.ts';
import { encodeLine, type JournalRecord } from './lines.ts';
import { BUFFER_BYTES_MAX, type JournalOptions, RETRY_MS, SNAPSHOT_EVERY } from './options.ts';
import { recover, type SnapshotHead } from './recovery.ts';
import { JournalWriter } from './writer.ts';

export type { JournalOptions, JournalTrouble } from './options.ts';

export interface OpenedJournal {
  readonly journal: Journal;
  /** As it was after the last command that reached the disk. */
  readonly engine: Engine;
  readonly commandsReplayed: number;
  /** When the last of them was given; 0: there was none. */
  readonly lastAt: EpochMs;
  /** What was kept and not dropped: identities of legs, contexts of calls. */
  readonly notes: ReadonlyMap<string, unknown>;
}

const CLOSE_MS_MAX = 5_000;

/** Reads back what was written, and goes on from there. Rejects only when the folder cannot be had at all. */
export async function openJournal(options: JournalOptions): Promise<OpenedJournal> {
  const disk = options.disk ?? (await openFolder(options.folder));
  const { engine, notes, commandsReplayed, ...last } = await recover(disk);
  for (const detail of last.flaws) options.onTrouble({ kind: 'flaw', detail });
  const writer = new JournalWriter(disk, last.generation);
  const compactor = new Compactor(options, disk);
  const journal = new Journal(options, writer, compactor, engine, new Map(notes), last);
  return { journal, engine, commandsReplayed, lastAt: last.lastAt, notes };
}

/** What the loop does in order: lines to write, and what stands between them. */
type Item =
  | string
  /** A whole state: no record can be written before it. */
  | { readonly kind: 'snapshot'; readonly head: SnapshotHead; readonly state: string }
  /** A new generation, whose snapshot is made from the ones before; `n`: the last record before it. */
  | { readonly kind: 'rotate'; readonly n: number }
  /** Everything taken before it is on the disk. */
  | { readonly kind: 'mark'; readonly reached: () => void };

/**
 * The journal of commands: the truth from which a new process has the same engine to the byte.
 * Taking a record costs a few microseconds of memory; one loop writes what has gathered, a batch at a time,
 * and waits for the disk, so that routing never does.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #writer: JournalWriter;
  readonly #compactor: Compactor;
  readonly #engine: Engine;
  readonly #notes: Map<string, unknown>;
  #lastNumber: number;
  #lastAt: EpochMs;
  #recordsSinceSnapshot = 0;
  #queue: Item[] = [];
  #queueBytes = 0;
  /** Records were dropped: only a snapshot of the present can make the journal whole again. */
  #broken = false;
  /** How many, until that snapshot is on the disk. */
  #dropped = 0;
  readonly #trouble: Trouble;
  #closed = false;
  #pump: Promise<void> | undefined;

  /** Use {@link openJournal}. The first thing on the disk is what was recovered. */
  constructor(
    options: JournalOptions,
    writer: JournalWriter,
    compactor: Compactor,
    engine: Engine,
    notes: Map<string, unknown>,
    last: { readonly lastNumber: number; readonly lastAt: EpochMs },
  ) {
    this.#options = options;
    this.#writer = writer;
    this.#compactor = compactor;
    this.#engine = engine;
    this.#notes = notes;
    this.#lastNumber = last.lastNumber;
    this.#lastAt = last.lastAt;
    this.#trouble = new Trouble({
      clock: options.clock,
      begins: (error) => options.onTrouble({ kind: 'writeFailed', error }),
      over: () => options.onTrouble({ kind: 'over' }),
    });
    this.#queue.push(this.#takeSnapshot());
    this.#start();
  }

  /**
   * Takes a command. Call it before `engine.apply(at, command)`, in the same turn: a snapshot that had to be
   * taken now would hold every command before this one and not this one.
   */
  append(at: EpochMs, command: Command): void {
    this.#lastAt = Math.max(this.#lastAt, at);
    this.#add({ n: this.#lastNumber + 1, at, command });
  }

  /** Keeps a JSON value under the key, until it is dropped: `leg:<id>` for the identity of a leg. */
  keep(key: string, value: unknown): void {
    this.#add({ n: this.#lastNumber + 1, keep: key, value });
    this.#notes.set(key, value);
  }

  drop(key: string): void {
    if (!this.#notes.has(key)) return;
    this.#add({ n: this.#lastNumber + 1, drop: key });
    this.#notes.delete(key);
  }

  /** Resolves when everything taken so far is on the disk; while the disk fails, that may be long. */
  flush(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((reached) => {
      this.#queue.push({ kind: 'mark', reached });
      this.#start();
    });
  }

  get view(): JournalView {
    const { isOn: diskRefuses } = this.#trouble;
    return { pendingBytes: this.#queueBytes, diskRefuses, dropped: this.#dropped };
  }

  /** Resolves when no snapshot is in the making. */
  compacted(): Promise<void> {
    return this.#compactor.idle();
  }

  /** Writes the rest, for a limited time, and closes the file; what comes later is not taken. Idempotent. */
  async close(limitMs = CLOSE_MS_MAX): Promise<void> {
    const written = this.flush().then(() => this.compacted());
    await within(this.#options.clock, limitMs, written);
    this.#closed = true;
    this.#trouble.close();
    await this.#writer.close();
  }

  #add(record: JournalRecord): void {
    if (this.#closed) return;
    const { snapshotEvery = SNAPSHOT_EVERY, bufferBytesMax = BUFFER_BYTES_MAX } = this.#options;
    // A disk in trouble gets no more files than it must.
    const isDue = this.#recordsSinceSnapshot >= snapshotEvery && !this.#trouble.isOn;
    if (isDue && !this.#broken) this.#rotate();
    this.#lastNumber = record.n;
    this.#recordsSinceSnapshot++;
    if (this.#broken) return;
    const line = encodeLine(JSON.stringify(record));
    this.#queue.push(line);
    this.#queueBytes += line.length;
    if (this.#queueBytes > bufferBytesMax) this.#giveUpQueue();
    this.#start();
  }

  #giveUpQueue(): void {
    const count = this.#queue.filter((item) => typeof item === 'string').length;
    this.#queue = this.#marks();
    this.#queueBytes = 0;
    this.#broken = true;
    this.#dropped += count;
    this.#options.onTrouble({ kind: 'recordsDropped', count });
  }

  #marks(): Item[] {
    return this.#queue.filter((item) => typeof item !== 'string' && item.kind === 'mark');
  }

  #rotate(): void {
    this.#recordsSinceSnapshot = 0;
    this.#queue.push({ kind: 'rotate', n: this.#lastNumber });
  }

  /** Stops whoever calls for as long as the state is long: at the start, and when nothing else can help. */
  #takeSnapshot(): Item {
    this.#recordsSinceSnapshot = 0;
    const head: SnapshotHead = { n: this.#lastNumber, at: this.#lastAt, notes: [...this.#notes] };
    return { kind: 'snapshot', head, state: this.#engine.serialize() };
  }

  /** Begins in the next turn, so that what comes in one turn is one batch. */
  #start(): void {
    this.#pump ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#writeAll())
      .finally(() => {
        this.#pump = undefined;
        if (this.#queue.length > 0 && !this.#closed) this.#start();
      });
  }

  async #writeAll(): Promise<void> {
    while (!this.#closed) {
      if (this.#broken) {
        this.#broken = false;
        this.#queue = [this.#takeSnapshot(), ...this.#marks()];
      }
      const head = this.#queue[0];
      if (head === undefined) return;
      await this.#write(head);
    }
  }

  async #write(item: Item): Promise<void> {
    if (typeof item === 'string') return this.#writeLines();
    if (item.kind === 'mark') {
      this.#queue.shift();
      return item.reached();
    }
    return this.#beginGeneration(item);
  }

  async #writeLines(): Promise<void> {
    const end = this.#queue.findIndex((item) => typeof item !== 'string');
    const lines = this.#queue.splice(0, end < 0 ? this.#queue.length : end);
    const text = lines.join('');
    try {
      await this.#writer.write(text);
      this.#queueBytes = Math.max(0, this.#queueBytes - text.length);
      if (!this.#broken) this.#trouble.worked();
    } catch (error) {
      if (!this.#broken) this.#queue.unshift(...lines);
      await this.#failed(error);
    }
  }

  /** A generation that was only due is left out when it fails: the segment in hand carries on. */
  async #beginGeneration(item: Exclude<Item, string | { kind: 'mark' }>): Promise<void> {
    const isNeeded = item.kind === 'snapshot';
    try {
      const text = isNeeded ? snapshotText(item.head, item.state) : undefined;
      const generation = await this.#writer.rotate(text);
      if (this.#queue[0] === item) this.#queue.shift();
      if (isNeeded) {
        if (!this.#broken) this.#dropped = 0;
        this.#compactor.clean();
      } else this.#compactor.make(generation, item.n);
      if (!this.#broken) this.#trouble.worked();
    } catch (error) {
      if (!isNeeded && this.#queue[0] === item) this.#queue.shift();
      await this.#failed(error);
    }
  }

  /** Waits before the next attempt. */
  async #failed(error: unknown): Promise<void> {
    this.#trouble.failed(error);
    const { clock, retryMs = RETRY_MS } = this.#options;
    await pause(clock, retryMs);
  }
}
