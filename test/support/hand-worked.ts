import type { CallRecords, WrapUp } from '../../src/facts/call-facts.ts';
import type { AgentStateKind, AgentStateRecord } from '../../src/model/agent.ts';
import type { CallEvent } from '../../src/model/call.ts';
import { agentId, callId } from '../../src/model/ids.ts';

const DAY = Date.UTC(2026, 10, 20);

/** A time of 20 November 2026, UTC: `09:00` or `09:00:30`. Hours beyond 24 are those of the next day. */
export function at(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return DAY + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}

export type Step = readonly [clock: string, type: string, data?: Readonly<Record<string, unknown>>];

/** A call as a test writes it down, by the clock. */
export function call(
  id: string,
  told: {
    readonly steps: readonly Step[];
    readonly wrapUps?: readonly WrapUp[];
    readonly cdr?: CallRecords['cdr'];
  },
): CallRecords {
  const events = told.steps.map(
    ([clock, type, data = {}], index): CallEvent => ({
      callId: callId(id),
      seq: index + 1,
      at: at(clock),
      type,
      data,
    }),
  );
  return {
    callId: id,
    events,
    wrapUps: told.wrapUps ?? [],
    ...(told.cdr ? { cdr: told.cdr } : {}),
  };
}

export const states = (
  id: string,
  steps: readonly (readonly [
    clock: string,
    kind: AgentStateKind,
    more?: Partial<AgentStateRecord>,
  ])[],
): readonly AgentStateRecord[] =>
  steps.map(([clock, kind, more = {}], index) => ({
    agentId: agentId(id),
    at: at(clock),
    seq: index + 1,
    kind,
    ...more,
  })) as readonly AgentStateRecord[];
