import type { Command } from '../acd/commands.ts';
import type { EpochMs } from '../lib/clock.ts';
import type { AgentConfig, AgentStateRecord } from '../model/agent.ts';
import type { AgentId } from '../model/ids.ts';
import type { RecordedDay } from '../model/recorded-day.ts';

export interface Deed {
  readonly at: EpochMs;
  readonly command: Command;
}

/** Reasons that the engine gives, not the agent. */
const OF_THE_ENGINE = ['rna', 'signedIn'];
const MISSED_BACK_MS = 60_000;

/**
 * What agents did by themselves that day, as commands: signing in and out, breaks, coming back. What followed from
 * calls (ringing, talking, after-call work, being made not ready for a missed call) is the engine's to decide anew.
 * Who is configured and was never seen that day works from the first sign-in of anybody to the last call: this is
 * how an agent who is to be hired is tried out, unless the day has no agents at all.
 */
export function deedsOf(day: RecordedDay, agents: readonly AgentConfig[]): readonly Deed[] {
  const byAgent = new Map<AgentId, AgentStateRecord[]>();
  for (const state of day.agentStates) {
    byAgent.set(state.agentId, [...(byAgent.get(state.agentId) ?? []), state]);
  }
  const known = new Set(agents.map(({ id }) => id));
  const seen = [...byAgent].filter(([id]) => known.has(id));
  const begin = Math.min(...day.agentStates.map(({ at }) => Math.max(at, day.from)), day.to);
  return [
    ...seen.flatMap(([id, states]) => deedsOfAgent(id, states, day.from)),
    ...agents.filter(({ id }) => !byAgent.has(id)).flatMap(({ id }) => arrive(id, begin, true)),
  ].sort((a, b) => a.at - b.at);
}

/** How long, typically, somebody whom a missed call made not ready stayed away. */
export function missedBackMs(states: readonly AgentStateRecord[]): number {
  const since = new Map<AgentId, EpochMs>();
  const lasted: number[] = [];
  for (const { agentId, at, kind, reason } of states) {
    const began = since.get(agentId);
    if (began !== undefined) lasted.push(at - began);
    since.delete(agentId);
    if (kind === 'notReady' && reason === 'rna') since.set(agentId, at);
  }
  return lasted.sort((a, b) => a - b)[Math.floor(lasted.length / 2)] ?? MISSED_BACK_MS;
}

const arrive = (agentId: AgentId, at: EpochMs, ready: boolean): readonly Deed[] => [
  { at, command: { type: 'agent.signIn', agentId } },
  { at, command: { type: 'agent.reachable', agentId, reachable: true } },
  ...(ready ? [{ at, command: { type: 'agent.ready', agentId } as const }] : []),
];

function deedsOfAgent(
  id: AgentId,
  states: readonly AgentStateRecord[],
  from: EpochMs,
): readonly Deed[] {
  let before: AgentStateRecord | undefined;
  return states.flatMap((state) => {
    const deeds = deedsAt(id, Math.max(state.at, from), before, state);
    before = state;
    return deeds;
  });
}

function deedsAt(
  agentId: AgentId,
  at: EpochMs,
  before: AgentStateRecord | undefined,
  { kind, reason = '' }: AgentStateRecord,
): readonly Deed[] {
  if (kind === 'offline') {
    return before ? [{ at, command: { type: 'agent.signOut', agentId } }] : [];
  }
  const wasAway = !before || before.kind === 'offline';
  const arrival = wasAway ? arrive(agentId, at, kind !== 'notReady') : [];
  if (kind === 'notReady' && !OF_THE_ENGINE.includes(reason)) {
    return [...arrival, { at, command: { type: 'agent.notReady', agentId, reason } }];
  }
  if (kind === 'ready' && before?.kind === 'notReady') {
    return [{ at, command: { type: 'agent.ready', agentId } }];
  }
  return arrival;
}
