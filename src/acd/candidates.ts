import type { Candidate, Candidates, ObjectionCode, PlaceInOrder } from '../model/explanation.ts';
import { objectionsTo } from './objections.ts';
import type { Agent, Call, Floor } from './state.ts';
import { compareFor, scoreOf } from './strategies.ts';

interface Looked {
  readonly agent: Agent;
  readonly candidate: Candidate;
}

/**
 * Every agent of the call's queue as a candidate for it, the best `shownMax` of them by name. Whoever was chosen is
 * named in any case: a strategy may draw lots.
 */
export function candidatesFor(
  floor: Floor,
  call: Call,
  shownMax: number,
  chosen?: Agent,
): Candidates {
  const members = [...floor.agents.values()].filter(({ queues }) => queues.includes(call.queue));
  const looked = members.map((agent) => ({ agent, candidate: candidateFor(floor, call, agent) }));
  const free = looked.filter(({ candidate }) => candidate.objections.length === 0);
  const refused = looked.filter(({ candidate }) => candidate.objections.length > 0);
  free.sort((a, b) => compareFor(floor, call, a.agent, b.agent));
  // Who lacked least is nearest to having had the call.
  refused.sort((a, b) => a.candidate.objections.length - b.candidate.objections.length);
  const shown = [...free, ...refused].slice(0, shownMax);
  if (chosen && !shown.some(({ agent }) => agent === chosen)) {
    shown.splice(-1, 1, { agent: chosen, candidate: candidateFor(floor, call, chosen) });
  }
  return {
    strategy: call.queue.config.strategy,
    free: free.length,
    refused: refused.length,
    refusedBy: countObjections(refused),
    shown: shown.map(({ candidate }) => candidate),
  };
}

export const candidateFor = (floor: Floor, call: Call, agent: Agent): Candidate => ({
  agentId: agent.id,
  name: agent.config.name,
  score: scoreOf(floor, call, agent),
  objections: objectionsTo(floor, call, agent),
});

export const placeOf = (call: Call): PlaceInOrder => ({
  callId: call.id,
  queueId: call.queue.id,
  priority: call.priority,
  queuedAt: call.queuedAt,
  effectiveStart: call.effectiveStart,
});

function countObjections(refused: readonly Looked[]): Candidates['refusedBy'] {
  const counts: Partial<Record<ObjectionCode, number>> = {};
  for (const { candidate } of refused) {
    for (const code of new Set(candidate.objections.map((objection) => objection.code))) {
      counts[code] = (counts[code] ?? 0) + 1;
    }
  }
  return counts;
}
