import type { AgentState } from '../model/agent.ts';
import { learn } from './average.ts';
import type { Agent, Floor } from './state.ts';
import { answerOf, handleOf } from './statistics.ts';

/** Learns from an agent's change of state how long calls take: ringing, talking and after-call work (rule EW2). */
export function observeAgent(floor: Floor, agent: Agent, from: AgentState, to: AgentState): void {
  if (to.kind === 'talking') begin(floor, agent, from.since, to);
  else if (to.kind !== 'wrapUp') finish(floor, agent);
}

function begin(
  floor: Floor,
  agent: Agent,
  since: number,
  { callId }: Extract<AgentState, { kind: 'talking' }>,
): void {
  const call = floor.calls.get(callId);
  // A colleague's consultation says nothing about how long the queue's calls take.
  if (!call || call.directed) return;
  const { queue } = call;
  const { statistics } = queue;
  statistics.answer ??= answerOf(statistics);
  learn(statistics.answer, floor.now - since);
  agent.handling = { queue, since };
}

function finish(floor: Floor, agent: Agent): void {
  if (!agent.handling) return;
  const { queue, since } = agent.handling;
  agent.handling = undefined;
  const { config, statistics } = queue;
  statistics.handle ??= handleOf(config, statistics);
  learn(statistics.handle, floor.now - since);
}
