import type { EpochMs } from '../../lib/clock.ts';
import type { Disk } from './disk.ts';
import { encodeLine } from './lines.ts';
import { filesOf, generations, snapshotName, unfinished } from './names.ts';
import { recover, type SnapshotHead } from './recovery.ts';

/** One snapshot to make: of everything before the generation's segment began. */
export interface CompactionJob {
  readonly generation: number;
  /** The number of the last record before it: a replay that ends elsewhere is not used. */
  readonly lastNumber: number;
  /** Generations that ended before this are removed … */
  readonly keepFrom: EpochMs;
  /** … and the oldest ones beyond this many bytes. The newest two snapshots stay in any case. */
  readonly keepBytesMax: number;
}

/**
 * Makes a generation's snapshot from the snapshot before it and the records since, so that the engine that
 * serves callers is never stopped for it (rule J7), and removes what is too old. Meant for another thread.
 */
export async function compact(disk: Disk, job: CompactionJob): Promise<void> {
  const { engine, notes, lastNumber, lastAt } = await recover(disk, job.generation);
  if (lastNumber !== job.lastNumber) {
    throw new Error(`The replay ended at record ${lastNumber}, not ${job.lastNumber}.`);
  }
  const head: SnapshotHead = { n: lastNumber, at: lastAt, notes: [...notes] };
  await writeSnapshot(disk, job.generation, snapshotText(head, engine.serialize()));
  await removeOld(disk, job);
}

export const snapshotText = (head: SnapshotHead, state: string): string =>
  encodeLine(JSON.stringify(head)) + encodeLine(state);

/** The snapshot counts from the moment its name is there, and not before. */
export async function writeSnapshot(disk: Disk, generation: number, text: string): Promise<void> {
  const name = snapshotName(generation);
  const file = await disk.create(unfinished(name));
  try {
    await file.write(Buffer.from(text), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(unfinished(name), name);
}

/**
 * Removes whole generations, the oldest first: those that ended before `keepFrom`, and those for which there is
 * no room. The snapshot before the newest stays, with all that follows it, in case the newest is damaged.
 * What cannot be removed now is removed the next time; nothing depends on it.
 */
export async function removeOld(
  disk: Disk,
  { keepFrom, keepBytesMax }: Pick<CompactionJob, 'keepFrom' | 'keepBytesMax'>,
): Promise<void> {
  const names = await disk.names();
  const { snapshots, all } = generations(names);
  const needed = snapshots.at(-2) ?? 0;
  let bytes = 0;
  for (const name of names) bytes += await disk.size(name);
  for (const generation of all.filter((other) => other < needed)) {
    const next = snapshots.find((other) => other > generation) ?? needed;
    const endedAt = await snapshotTime(disk, next);
    if (endedAt >= keepFrom && bytes <= keepBytesMax) return;
    for (const name of filesOf(names, generation)) {
      bytes -= await disk.size(name);
      await disk.remove(name);
    }
  }
}

const HEAD_START_BYTES = 100;

/** When the last record was made that a snapshot holds, without reading all of it; 0: nobody can say. */
export async function snapshotTime(disk: Disk, generation: number): Promise<EpochMs> {
  const start = await disk.read(snapshotName(generation), HEAD_START_BYTES).catch(() => '');
  return Number(/^\w{8} \{"n":\d+,"at":(\d+),/.exec(start.toString())?.[1] ?? 0);
}
