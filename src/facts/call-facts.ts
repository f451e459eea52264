import type { EpochMs } from '../lib/clock.ts';
import type { CallEvent, CallOutcome, Cdr } from '../model/call.ts';
import { CallWalk } from './call-walk.ts';
import { addTo, type FactName, type Facts } from './names.ts';
import { slotOf } from './slots.ts';
import { talkFacts } from './talks.ts';
import { visitFacts } from './visits.ts';

/** After-call work of an agent on the call; one that goes on is not here yet. */
export interface WrapUp {
  readonly agentId: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Everything that is known of one call, over or not. */
export interface CallRecords {
  readonly callId: string;
  /** In any order. */
  readonly events: readonly CallEvent[];
  readonly cdr?: Pick<Cdr, 'outcome' | 'endedAt'>;
  readonly wrapUps: readonly WrapUp[];
}

/** What a call adds to the figures of one slot: of its queue, its agent, its number, its flow and each of its skills. */
export interface CallFact {
  readonly slot: EpochMs;
  readonly queueId?: string;
  readonly agentId?: string;
  readonly dnis?: string;
  readonly flowId?: string;
  readonly skills: readonly string[];
  readonly facts: Facts;
}

/**
 * The facts of one call: a function of its records alone, so that records which come late are put right by asking again.
 * A call in progress has the facts of what is over.
 */
export function callFacts(records: CallRecords): readonly CallFact[] {
  const walk = new CallWalk([...records.events].sort((a, b) => a.seq - b.seq));
  if (records.cdr && !walk.finished) walk.endAll(Math.max(records.cdr.endedAt, walk.lastAt));
  for (const { agentId, from, to } of records.wrapUps) walk.wrapUp(agentId, from, to);
  const bag = new Bag(walk);
  for (const visit of walk.visits) bag.add(visit.since, visit, visitFacts(visit));
  for (const talk of walk.talks) bag.add(talk.since, talk, talkFacts(talk));
  for (const { at, who, facts } of walk.moments) bag.add(at, who, facts);
  const { arrivedAt } = walk;
  if (arrivedAt !== undefined) bag.add(arrivedAt, {}, wholeCall(walk, records.cdr?.outcome));
  return bag.facts();
}

/** Whose figures something counts in. */
export interface Who {
  readonly queueId?: string | undefined;
  readonly agentId?: string | undefined;
  readonly skills?: readonly string[];
}

/** The call as a whole: each is one of these, once it is over. */
const WHOLE: Readonly<Record<CallOutcome, FactName>> = {
  answered: 'callsAnswered',
  abandoned: 'callsAbandoned',
  shortAbandon: 'callsAbandoned',
  leftInFlow: 'callsLeftInFlow',
  flowEnded: 'callsServedByFlow',
  queueTimeout: 'callsNotServed',
  queueFull: 'callsNotServed',
  overflow: 'callsNotServed',
  hungUp: 'callsNotServed',
  callback: 'callsCallback',
  refused: 'callsRefused',
  notReached: 'callsFailed',
  transferred: 'callsTransferredByFlow',
  voicemail: 'callsVoicemail',
  failed: 'callsFailed',
  lost: 'callsFailed',
};

/** Who spoke with an agent was answered, whatever came of it afterwards. */
function wholeCall(walk: CallWalk, recorded: CallOutcome | undefined): Facts {
  const outcome = walk.outcome ?? recorded;
  const became = walk.talks.length > 0 ? 'callsAnswered' : outcome && WHOLE[outcome];
  return {
    calls: 1,
    ...(walk.visits.length > 0 ? { callsQueued: 1 } : {}),
    ...(became ? { [became]: 1 } : {}),
  };
}

/** Gathers what belongs to the same slot, queue, agent and skills. */
class Bag {
  readonly #walk: CallWalk;
  readonly #facts = new Map<string, CallFact>();

  constructor(walk: CallWalk) {
    this.#walk = walk;
  }

  add(at: EpochMs, { queueId, agentId, skills = [] }: Who, facts: Facts): void {
    if (Object.keys(facts).length === 0) return;
    const slot = slotOf(at);
    const key = JSON.stringify([slot, queueId, agentId, skills]);
    const known = this.#facts.get(key);
    if (known) return addTo(known.facts, facts);
    const { dnis, flowId } = this.#walk;
    this.#facts.set(key, {
      slot,
      ...(queueId === undefined ? {} : { queueId }),
      ...(agentId === undefined ? {} : { agentId }),
      ...(dnis === undefined ? {} : { dnis }),
      ...(flowId === undefined ? {} : { flowId }),
      skills,
      facts: { ...facts },
    });
  }

  facts(): readonly CallFact[] {
    return [...this.#facts.values()];
  }
}
