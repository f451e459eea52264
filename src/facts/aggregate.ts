import type { EpochMs } from '../lib/clock.ts';
import type { CallFact } from './call-facts.ts';
import { addTo, type Dimension, type Facts, type Times } from './names.ts';

/** What is known of an agent at a moment: whose figures theirs are part of. */
export interface AgentPlace {
  readonly team?: string;
  readonly queueIds: readonly string[];
}

export type PlaceOf = (agentId: string, at: EpochMs) => AgentPlace | undefined;

/** The figures of one slot, for one queue or whatever else. */
export interface SlotRow<Sum> {
  readonly dimension: Dimension;
  readonly key: string;
  readonly slot: EpochMs;
  readonly sums: Sum;
}

/** One agent's time in one slot. */
export interface AgentTime {
  readonly agentId: string;
  readonly slot: EpochMs;
  readonly times: Times;
}

/** Adds up what calls did, per slot, by each dimension. */
export function sumFacts(facts: Iterable<CallFact>, placeOf: PlaceOf): readonly SlotRow<Facts>[] {
  const sums = new Sums<Facts>();
  for (const fact of facts) {
    const { slot, agentId, queueId, dnis, flowId, skills } = fact;
    const team = agentId === undefined ? undefined : placeOf(agentId, slot)?.team;
    sums.add('all', '', slot, fact.facts);
    sums.add('queue', queueId, slot, fact.facts);
    sums.add('agent', agentId, slot, fact.facts);
    sums.add('team', team, slot, fact.facts);
    sums.add('number', dnis, slot, fact.facts);
    sums.add('flow', flowId, slot, fact.facts);
    for (const skill of skills) sums.add('skill', skill, slot, fact.facts);
  }
  return sums.rows();
}

/** Adds up agents' time: of a queue, the time of those who answer it, whatever they did in it. */
export function sumTimes(agents: Iterable<AgentTime>, placeOf: PlaceOf): readonly SlotRow<Times>[] {
  const sums = new Sums<Times>();
  for (const { agentId, slot, times } of agents) {
    const place = placeOf(agentId, slot);
    sums.add('all', '', slot, times);
    sums.add('agent', agentId, slot, times);
    sums.add('team', place?.team, slot, times);
    for (const queueId of place?.queueIds ?? []) sums.add('queue', queueId, slot, times);
  }
  return sums.rows();
}

class Sums<Sum extends Facts | Times> {
  readonly #rows = new Map<string, SlotRow<Sum>>();

  add(dimension: Dimension, key: string | undefined, slot: EpochMs, more: Sum): void {
    if (key === undefined) return;
    const id = `${dimension}\n${key}\n${slot}`;
    const known = this.#rows.get(id);
    if (known) addTo(known.sums as Facts, more as Facts);
    else this.#rows.set(id, { dimension, key, slot, sums: { ...more } });
  }

  rows(): readonly SlotRow<Sum>[] {
    return [...this.#rows.values()];
  }
}
