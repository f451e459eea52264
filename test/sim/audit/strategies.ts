import type { Change } from '../../../src/acd/changes.ts';
import type { OfferId, QueueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { draw, unevenLots } from './lots.ts';
import { type AuditedAgent, type AuditedCall, isCasual, type Model, standInOf } from './model.ts';
import type { MakeRule, Step } from './rule.ts';
import { askedFor } from './skills.ts';

type OfferMade = Extract<Change, { type: 'offer.made' }>;

/** The rule of SPEC.md that each strategy has to itself; the others are rules R2, M1 and M2. */
const RULES: Readonly<Partial<Record<QueueConfig['strategy'], string>>> = {
  'fewest-calls': 'R7',
  'least-talk-time': 'R8',
  'round-robin': 'R9',
  'top-down': 'R10',
  random: 'R11',
  'most-skilled': 'R12',
};

/** What an agent did since they signed in, and their number in the order of configuration. */
interface Work {
  readonly number: number;
  calls: number;
  talkedMs: number;
}

/** R7 to R12: of those who were free and had an equal right, the strategy's own one was offered the call. */
export const strategies: MakeRule = (model) => {
  const works = new WeakMap<AuditedAgent, Work>();
  const turns = new Map<QueueId, number>();
  const turnBefore = new Map<OfferId, number>();
  let numbers = 0;

  const workOf = (agent: AuditedAgent): Work => {
    const known = works.get(agent);
    if (known) return known;
    const work = { number: ++numbers, calls: 0, talkedMs: 0 };
    works.set(agent, work);
    return work;
  };

  /** The smaller is taken first. */
  const keyOf = (
    now: number,
    queue: QueueConfig,
    call: AuditedCall,
    turn: number,
    agent: AuditedAgent,
  ) => {
    const { number, calls, talkedMs } = workOf(agent);
    switch (queue.strategy) {
      case 'fewest-calls':
        return calls;
      case 'least-talk-time':
        return talkedMs;
      case 'round-robin':
        return number > turn ? number : 1e9 + number;
      case 'top-down':
        return (agent.config.queueRanks?.[queue.id] ?? 1e5) * 1e9 + number;
      case 'most-skilled':
        return -skillOf(now, queue, call, agent);
      default:
        return 0;
    }
  };

  const judge = (step: Step, change: OfferMade): void => {
    const { now, expect } = step;
    const call = model.calls.get(change.callId);
    const agent = model.agents.get(change.agentId);
    const queue = call && model.queues.get(call.queueId);
    if (!call || !agent || !queue || call.isDirected || isCasual(agent)) return;
    const turn = turnBefore.get(change.offerId) ?? 0;
    const chosen = keyOf(now, queue, call, turn, agent);
    if (queue.strategy === 'random') drawn(step, call, agent);
    for (const other of model.agents.values()) {
      if (isCasual(other) || !model.isFree(now, other)) continue;
      if (!model.mayHave(now, other, call)) continue;
      const preferred = keyOf(now, queue, call, turn, other) < chosen;
      const [rule, one] = [RULES[queue.strategy] ?? 'R2', other.config.id];
      expect(!preferred, `${rule} ${queue.strategy} takes ${one} before ${agent.config.id}`);
    }
  };

  /** R11: whoever stands at an end of the idle list is drawn no more often than anybody, and no less. */
  const drawn = ({ now, changes }: Step, call: AuditedCall, { idleSince }: AuditedAgent): void => {
    // Of several offers at once the later ones had fewer agents to choose from.
    if (changes.filter(({ type }) => type === 'offer.made').length > 1) return;
    const others = [...model.agents.values()].filter(
      (other) => !isCasual(other) && model.isFree(now, other) && model.mayHave(now, other, call),
    );
    const idle = [idleSince, ...others.map((other) => other.idleSince)].sort((a, b) => a - b);
    const [first, last] = [idle[0], idle.at(-1)];
    if (idle.length < 2 || first === idle[1] || last === idle.at(-2)) return;
    model.lots = draw(model.lots, idle.length, idleSince === first, idleSince === last);
  };

  const work = (step: Step, change: Change): void => {
    if (change.type === 'agent.changed' && change.from.kind === 'offline') {
      const agent = step.model.agents.get(change.agentId);
      if (agent) works.set(agent, { number: workOf(agent).number, calls: 0, talkedMs: 0 });
    }
    if (change.type === 'call.connected') add(step.model, change.agentId, 1, 0);
    if (change.type === 'callback.ended' && change.outcome === 'reached') {
      const talkingTo = step.model.calls.get(standInOf(change.callbackId))?.talkingTo;
      if (talkingTo) add(step.model, talkingTo, 1, 0);
    }
    // Nobody spoke: it was no call.
    if (change.type === 'call.returned') add(step.model, change.agentId, -1, 0);
    if (change.type === 'call.ended') add(step.model, change.agentId, 0, change.talkMs);
  };

  const add = (
    from: Model,
    id: Extract<Change, { type: 'call.ended' }>['agentId'],
    calls: number,
    ms: number,
  ) => {
    const agent = from.agents.get(id);
    if (!agent) return;
    const done = workOf(agent);
    done.calls += calls;
    done.talkedMs += ms;
  };

  return {
    onChange(step, change) {
      work(step, change);
      if (change.type !== 'offer.made') return;
      const call = step.model.calls.get(change.callId);
      const agent = step.model.agents.get(change.agentId);
      // Whoever is rung by a colleague has had no turn.
      if (!call || !agent || call.isDirected) return;
      turnBefore.set(change.offerId, turns.get(call.queueId) ?? 0);
      turns.set(call.queueId, workOf(agent).number);
    },

    onStep(step) {
      for (const agent of step.model.agents.values()) workOf(agent);
      for (const change of step.quiet ? step.changes : []) {
        if (change.type !== 'offer.made') continue;
        step.model.judged = change.offerId;
        judge(step, change);
      }
      step.model.judged = undefined;
      // A queue that is gone and comes back begins anew.
      for (const id of turns.keys()) if (isGone(step.model, id)) turns.delete(id);
      turnBefore.clear();
    },

    onEnd({ expect }) {
      for (const sentence of unevenLots(model.lots)) expect(false, sentence);
    },
  };
};

const isGone = ({ queues, calls }: Model, id: QueueId): boolean =>
  !queues.has(id) && ![...calls.values()].some(({ queueId }) => queueId === id);

function skillOf(
  now: number,
  queue: QueueConfig,
  call: AuditedCall,
  { config }: AuditedAgent,
): number {
  const names = new Set(askedFor(now, queue, call).map(([name]) => name));
  let sum = 0;
  for (const name of names) sum += config.skills[name] ?? 0;
  return sum;
}
