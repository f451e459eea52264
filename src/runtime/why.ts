import type { CallTrace } from '../acd/trace.ts';
import { TRACE_LIMITS, type TraceLimits } from '../acd/trace.ts';
import type { EpochMs } from '../lib/clock.ts';
import type { Explanation } from '../model/explanation.ts';
import type { CallId } from '../model/ids.ts';
import { snapshotTime } from './journal/compaction.ts';
import type { Disk } from './journal/disk.ts';
import { generations, segmentName, snapshotName } from './journal/names.ts';
import { readSnapshot, recordsAfter } from './journal/recovery.ts';

/** Which call, and when it was in the house. */
export interface WhyRequest {
  readonly callId: CallId;
  /** Before this nobody knew of the call. */
  readonly from: EpochMs;
  /** After this nothing happened to it; absent: it is still here. */
  readonly until?: EpochMs;
  readonly limits?: TraceLimits;
}

export type WhyAnswer =
  | { readonly kind: 'explained'; readonly explanation: Explanation }
  /** What the journal holds begins later. 0: it holds nothing that this program can read. */
  | { readonly kind: 'tooOld'; readonly keptSince: EpochMs };

/** The clock may have been set back a little between two processes. */
const SLACK_MS = 2_000;

/**
 * Replays the journal from the last snapshot before the call came to the call's end, with somebody looking on
 * (rule W6). Reads the disk alone; the engine that serves callers knows nothing of it.
 */
export async function explainFromJournal(disk: Disk, request: WhyRequest): Promise<WhyAnswer> {
  const { snapshots, segments } = generations(await disk.names());
  let keptSince = 0;
  for (const generation of snapshots.toReversed()) {
    const at = await snapshotTime(disk, generation);
    if (at > request.from - SLACK_MS) {
      keptSince = at;
      continue;
    }
    const start = await readSnapshot(disk, snapshotName(generation)).catch(() => undefined);
    if (!start) continue;
    const later = segments.filter((segment) => segment >= generation);
    return { kind: 'explained', explanation: await replay(disk, start, later, request) };
  }
  return { kind: 'tooOld', keptSince };
}

type Start = Awaited<ReturnType<typeof readSnapshot>>;

async function replay(
  disk: Disk,
  { engine, lastNumber }: Start,
  segments: readonly number[],
  { callId, until, limits = TRACE_LIMITS }: WhyRequest,
): Promise<Explanation> {
  const trace = engine.follow(callId, limits);
  let last = lastNumber;
  for (const generation of segments) {
    const name = segmentName(generation);
    const flaws: string[] = [];
    for (const record of recordsAfter(await disk.read(name), name, last, flaws)) {
      last = record.n;
      if (!('command' in record)) continue;
      if (until !== undefined && record.at > until + SLACK_MS) return trace.explanation;
      applyTo(trace, engine, record);
    }
  }
  return trace.explanation;
}

/** A command that threw when it was given throws again, and leaves the same state as it did then. */
function applyTo(
  trace: CallTrace,
  engine: Start['engine'],
  { at, command }: { readonly at: EpochMs; readonly command: Parameters<CallTrace['apply']>[2] },
): void {
  try {
    trace.apply(engine, at, command);
  } catch {
    // The process that met it has said so.
  }
}
