import type { EpochMs } from '../lib/clock.ts';
import type { AgentStateKind, AgentStateRecord } from '../model/agent.ts';
import { addTo, type TimeName, type Times } from './names.ts';
import { SLOT_MS, slotOf } from './slots.ts';

/** A stretch of time in one state. */
export interface StateSpan {
  readonly kind: AgentStateKind;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly reason?: string;
  readonly callId?: string;
  /** It goes on. */
  readonly open?: true;
}

/** Nobody is at work for longer without any change: whoever seems to be was forgotten by a process that died. */
export const STATE_LASTS_MS_MAX = 7 * 86_400_000;

const inOrder = (a: AgentStateRecord, b: AgentStateRecord): number => a.at - b.at || a.seq - b.seq;

/**
 * What one agent did from `from` to `to`, piece by piece. The records are of that agent, in any order, and begin with the
 * last one before `from`, if there is one: before the first record nothing is known, and nothing is said.
 */
export function timelineOf(
  records: readonly AgentStateRecord[],
  from: EpochMs,
  to: EpochMs,
): readonly StateSpan[] {
  const sorted = [...records].sort(inOrder);
  return sorted.flatMap((record, index) => {
    const next = sorted[index + 1];
    const end = Math.min(next?.at ?? to, record.at + STATE_LASTS_MS_MAX);
    const begins = Math.max(record.at, from);
    const ends = Math.min(end, to);
    if (ends <= begins) return [];
    return [
      {
        kind: record.kind,
        from: begins,
        to: ends,
        ...(record.reason === undefined ? {} : { reason: record.reason }),
        ...(record.callId === undefined ? {} : { callId: record.callId }),
        ...(next === undefined && ends === to ? { open: true as const } : {}),
      },
    ];
  });
}

const TIME_OF: Readonly<Record<AgentStateKind, TimeName | undefined>> = {
  offline: undefined,
  ready: 'readyMs',
  notReady: 'notReadyMs',
  offered: 'ringingMs',
  talking: 'talkingMs',
  wrapUp: 'wrapUpMs',
};

/** How an agent's time is spread over the slots from `from` to `to`, and how often they signed in. */
export function agentTimes(
  records: readonly AgentStateRecord[],
  from: EpochMs,
  to: EpochMs,
): ReadonlyMap<EpochMs, Times> {
  const slots = new Map<EpochMs, Times>();
  const add = (slot: EpochMs, times: Times) => {
    const known = slots.get(slot);
    if (known) addTo(known, times);
    else slots.set(slot, { ...times });
  };
  for (const span of timelineOf(records, from, to)) {
    const name = TIME_OF[span.kind];
    if (!name) continue;
    for (let slot = slotOf(span.from); slot < span.to; slot += SLOT_MS) {
      const ms = Math.min(span.to, slot + SLOT_MS) - Math.max(span.from, slot);
      add(slot, { [name]: ms, signedInMs: ms });
    }
  }
  for (const at of signIns(records)) if (at >= from && at < to) add(slotOf(at), { signIns: 1 });
  return slots;
}

function signIns(records: readonly AgentStateRecord[]): readonly EpochMs[] {
  const sorted = [...records].sort(inOrder);
  return sorted.flatMap(({ kind, at }, index) =>
    kind !== 'offline' && (sorted[index - 1]?.kind ?? 'offline') === 'offline' ? [at] : [],
  );
}
