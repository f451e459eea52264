import { Engine } from '../../acd/engine.ts';
import type { EpochMs } from '../../lib/clock.ts';
import type { Disk } from './disk.ts';
import { decodeLines, type JournalRecord } from './lines.ts';
import { generations, segmentName, snapshotName } from './names.ts';

/** What the folder gave back. */
export interface Recovery {
  readonly engine: Engine;
  readonly notes: Map<string, unknown>;
  /** The number of the last record that is part of it. */
  readonly lastNumber: number;
  /** When that record was made; 0: there was none. */
  readonly lastAt: EpochMs;
  readonly commandsReplayed: number;
  /** The highest generation that has a file. */
  readonly generation: number;
  /** What could not be read, each as a sentence; a torn tail after a crash is ordinary. */
  readonly flaws: readonly string[];
}

interface Progress {
  engine: Engine;
  notes: Map<string, unknown>;
  lastNumber: number;
  lastAt: EpochMs;
  commandsReplayed: number;
  readonly flaws: string[];
}

/**
 * The newest snapshot that can be believed, and every record after it up to the first that cannot.
 * `before`: only what stands before this generation, as if it and those after it did not exist.
 */
export async function recover(
  disk: Disk,
  before: number = Number.POSITIVE_INFINITY,
): Promise<Recovery> {
  const { snapshots, segments, highest } = generations(await disk.names());
  const flaws: string[] = [];
  const older = snapshots.filter((generation) => generation < before);
  const { from, progress } = await newestSnapshot(disk, older, flaws);
  for (const generation of segments) {
    if (generation >= from && generation < before) {
      await replaySegment(disk, segmentName(generation), progress);
    }
  }
  return { ...progress, generation: highest };
}

async function newestSnapshot(
  disk: Disk,
  snapshots: readonly number[],
  flaws: string[],
): Promise<{ from: number; progress: Progress }> {
  for (const generation of snapshots.toReversed()) {
    const name = snapshotName(generation);
    try {
      return { from: generation, progress: { ...(await readSnapshot(disk, name)), flaws } };
    } catch (error) {
      flaws.push(`Snapshot ${name} cannot be used: ${String(error)}`);
    }
  }
  const progress = {
    engine: Engine.create(),
    notes: new Map<string, unknown>(),
    lastNumber: 0,
    lastAt: 0,
    commandsReplayed: 0,
    flaws,
  };
  return { from: 0, progress };
}

/** The state that a snapshot holds. Rejects when it is damaged or of another version. */
export async function readSnapshot(disk: Disk, name: string): Promise<Omit<Progress, 'flaws'>> {
  const { bodies } = decodeLines(await disk.read(name));
  const [head, state] = bodies;
  if (head === undefined || state === undefined) throw new Error('It is damaged.');
  const { n, at, notes } = JSON.parse(head) as SnapshotHead;
  const engine = Engine.restore(state);
  return { engine, notes: new Map(notes), lastNumber: n, lastAt: at, commandsReplayed: 0 };
}

/** The first line of a snapshot; the second is the engine's state. `n` and `at` are of the last record in it. */
export interface SnapshotHead {
  readonly n: number;
  readonly at: EpochMs;
  readonly notes: readonly (readonly [string, unknown])[];
}

async function replaySegment(disk: Disk, name: string, progress: Progress): Promise<void> {
  const bytes = await disk.read(name);
  for (const record of recordsAfter(bytes, name, progress.lastNumber, progress.flaws)) {
    progress.lastNumber = record.n;
    replay(progress, record);
  }
}

/** A segment's records that follow on from the last number, up to the first that is missing or damaged. */
export function* recordsAfter(
  bytes: Buffer,
  name: string,
  lastNumber: number,
  flaws: string[],
): Generator<JournalRecord> {
  const { bodies, bytesCut } = decodeLines(bytes);
  let last = lastNumber;
  for (const body of bodies) {
    const record = JSON.parse(body) as JournalRecord;
    if (record.n <= last) continue;
    if (record.n !== last + 1) {
      flaws.push(`Segment ${name} lacks the records before ${record.n}.`);
      return;
    }
    last = record.n;
    yield record;
  }
  if (bytesCut > 0) flaws.push(`Segment ${name} ends torn: ${bytesCut} bytes cut.`);
}

function replay(progress: Progress, record: JournalRecord): void {
  if ('keep' in record) progress.notes.set(record.keep, record.value);
  else if ('drop' in record) progress.notes.delete(record.drop);
  else replayCommand(progress, record);
}

/** A command that threw when it was given throws again, and leaves the same state as it did then. */
function replayCommand(
  progress: Progress,
  { n, at, command }: Extract<JournalRecord, { command: unknown }>,
): void {
  progress.commandsReplayed++;
  progress.lastAt = Math.max(progress.lastAt, at);
  try {
    progress.engine.apply(at, command);
  } catch (error) {
    progress.flaws.push(`Command ${n} broke the engine: ${String(error)}`);
  }
}
