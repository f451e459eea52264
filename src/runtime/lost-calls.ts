import type { Change } from '../acd/changes.ts';
import type { EpochMs } from '../lib/clock.ts';
import type { CallEvent, Cdr, LegIdentity } from '../model/call.ts';
import type { CallId } from '../model/ids.ts';

/** What the journal keeps of a call in progress: its record if it ended now, and its legs for whoever takes it over. */
export interface CallNote {
  readonly cdr: Cdr;
  readonly legs: readonly LegIdentity[];
  /** The number of the last entry of its history by then. Absent, as the next one: an earlier version wrote the note. */
  readonly seq?: number;
  /** It speaks with somebody outside, of whom the engine knows nothing. */
  readonly isTransferred?: boolean;
}

/** How a wait or a talk ended, as the engine says it. */
export type End = Extract<Change, { readonly type: 'call.ended' | 'call.left' }>;

export interface LostCall {
  readonly id: CallId;
  readonly cdr: Cdr;
  /** The last of its history. */
  readonly events: readonly CallEvent[];
  readonly seq: number;
}

/** Entries were written after the note, and nobody knows how many: less than these. */
const UNKNOWN_ENTRIES = 1_000_000;

/**
 * The end of a call whose process has died: at the last moment at which that is known to have lived, and with what the
 * engine says of the call's end then.
 */
export function lostCall(id: CallId, note: CallNote, at: EpochMs, ends: readonly End[]): LostCall {
  const { cdr: known, isTransferred } = note;
  const endedAt = Math.max(at, known.endedAt);
  const talks = ends.filter((end) => end.type === 'call.ended');
  const waits = ends.filter((end) => end.type === 'call.left');
  const shares = talks.map(({ agentId, talkMs, holdMs }) => ({ agentId, talkMs, holdMs }));
  const agents = [...(known.agents ?? []), ...shares];
  const outsideMs = isTransferred ? endedAt - known.endedAt : 0;
  const cdr: Cdr = {
    ...known,
    endedAt,
    waitMs: known.waitMs + sum(waits.map(({ waitMs }) => waitMs)),
    talkMs: known.talkMs + sum(talks.map(({ talkMs }) => talkMs)) + outsideMs,
    ...(agents.length > 0 ? { agents, holdMs: sum(agents.map(({ holdMs }) => holdMs)) } : {}),
  };
  let seq = (note.seq ?? 0) + UNKNOWN_ENTRIES;
  const event = (type: string, data: CallEvent['data']): CallEvent => {
    seq += 1;
    return { callId: id, seq, at: endedAt, type, data };
  };
  const { outcome, endedBy } = cdr;
  const events = [
    ...ends.map(({ type, callId: _, ...facts }) => event(type, facts)),
    event('call.finished', { outcome, endedBy }),
  ];
  return { id, cdr, events, seq };
}

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
