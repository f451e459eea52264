import type { Change } from '../../../src/acd/changes.ts';
import type { Command } from '../../../src/acd/commands.ts';
import { type AgentId, agentId, type CallId, callId, queueId } from '../../../src/model/ids.ts';
import { Conversation, PART, rootOf } from './conversation.ts';
import type { MakePart } from './part.ts';

type Connected = Extract<Change, { type: 'call.connected' }>;

/** A parked call that nobody has come for by then goes back to who parked it. */
const PARK_MS = 30_000;

/**
 * What agents make of their conversations, in the commands in which `runtime/talk` says it: hold, transfers to people
 * and queues, consultations, parking. Everybody's phone is a phone like any other (`phones.ts`).
 */
export const hands: MakePart = (stage, random) => {
  const conversations = new Map<CallId, Conversation>();
  const firstQueuedAt = new Map<CallId, number>();
  /** In some houses nobody passes anything on, in others most. */
  const share = random.pick([0, 0.3, 0.9]);
  const onBreak = new Set<AgentId>();
  /** Colleagues are looked for where they are: at their desks, or in the canteen. */
  const somebody = (): AgentId =>
    onBreak.size > 0 && random.chance(0.5)
      ? random.pick([...onBreak])
      : random.pick(stage.agents).id;
  const end = (at: number, id: CallId | undefined): void => {
    if (id) stage.plan(at, () => ({ type: 'call.ended', callId: id }));
  };

  /** The customer is there, and nobody has them. */
  const isNobodys = (one: Conversation): boolean =>
    conversations.get(one.id) === one && !one.part && !one.second;

  /** The customer stands where they stood, or as if they came now. */
  const requeue = (at: number, one: Conversation): void => {
    conversations.delete(one.id);
    const queue = random.chance(0.5) ? one.queueId : random.pick(stage.queues).id;
    const since = random.chance(0.8) ? { since: one.queuedAt } : {};
    const call = { ...stage.comesBack(one.id), queueId: queue, ...since };
    const priority = random.between(0, 10);
    stage.plan(at, () => ({ type: 'call.enqueue', priority, ...call }));
  };

  /** To whoever let the call go; if they are not free, to a queue. */
  const backTo = (at: number, one: Conversation): void => {
    stage.plan(at, () => (isNobodys(one) ? one.bring('blind', one.agentId) : undefined));
    stage.plan(at, () => {
      one.forgetRefused();
      if (isNobodys(one)) requeue(at, one);
      return undefined;
    });
  };

  const hold = (at: number, one: Conversation): void => {
    const { part } = one;
    if (!part) return;
    stage.send(at, { type: 'call.held', callId: part });
    if (random.chance(0.2)) return;
    stage.send(at + random.around(8_000), { type: 'call.retrieved', callId: part });
  };

  /** At times the agent hangs up while the other one's phone rings. */
  const transfer = (at: number, one: Conversation): void => {
    const how = random.pick(['blind', 'consult'] as const);
    stage.plan(at, () => (one.isTwo ? one.bring(how, somebody()) : undefined));
    if (random.chance(0.7)) return;
    stage.plan(at + 200, () => {
      one.forgetRefused();
      if (one.second && !one.second.isThere) end(at + 200, one.letGo());
      return undefined;
    });
  };

  const toQueue = (at: number, one: Conversation): void =>
    stage.plan(at, () => {
      if (!one.isTwo) return undefined;
      end(at, one.letGo());
      requeue(at, one);
      return undefined;
    });

  /** Whoever comes for it does so on a phone that they hold already. */
  const park = (at: number, one: Conversation): void =>
    stage.plan(at, () => {
      if (!one.isTwo) return undefined;
      end(at, one.letGo());
      const pickUp = at + random.around(20_000);
      stage.plan(pickUp, () => (isNobodys(one) ? one.bring('pickUp', somebody()) : undefined));
      backTo(at + PARK_MS, one);
      return undefined;
    });

  const begin = (now: number, { callId: id, agentId: by, queueId: queue }: Connected): void => {
    const one = new Conversation(id, by, queue, firstQueuedAt.get(id) ?? now);
    conversations.set(id, one);
    if (!random.chance(share)) return;
    let at = now;
    for (let n = random.between(1, 3); n > 0; n--) {
      at += random.around(8_000);
      random.pick([hold, transfer, toQueue, park])(at, one);
    }
  };

  /** The colleague has come: the customer is theirs, at once or after a word, or is not. */
  const seated = (now: number, one: Conversation, { callId: id, agentId: to }: Connected): void => {
    const { second } = one;
    if (second?.part !== id) return;
    second.isThere = true;
    if (second.how !== 'consult') return end(now, one.handOver(to));
    if (random.chance(0.3)) hold(now + 500, one);
    const at = now + random.around(8_000);
    const isTaken = random.chance(0.6);
    stage.plan(at, () => {
      if (one.second === second) end(at, isTaken ? one.handOver(to) : one.dismiss());
      return undefined;
    });
  };

  /** Whoever was rung does not come, or leaves; or the customer has hung up. */
  const gone = (now: number, id: CallId): void => {
    const one = conversations.get(rootOf(id));
    if (one?.second?.part === id) {
      one.dismiss();
      if (isNobodys(one)) backTo(now, one);
    } else if (one?.part === id) conversations.delete(one.id);
  };

  /** Phones that are held already answer at once; at times somebody thinks better of it while the phone rings. */
  const rung = (now: number, change: Extract<Change, { type: 'offer.made' }>): void => {
    const { callId: id, offerId } = change;
    const second = conversations.get(rootOf(id))?.second;
    if (second?.part !== id) return;
    second.isRung = true;
    if (second.how === 'pickUp') stage.plan(now, () => ({ type: 'offer.answered', offerId }));
    else if (random.chance(0.1)) {
      stage.plan(now + random.around(5_000), () => ({ type: 'call.abandon', callId: id }));
    }
  };

  return {
    react(now, change) {
      switch (change.type) {
        case 'agent.changed':
          if (change.to.kind === 'notReady') onBreak.add(change.agentId);
          else onBreak.delete(change.agentId);
          return;
        case 'call.queued':
          if (!firstQueuedAt.has(change.callId)) firstQueuedAt.set(change.callId, now);
          return;
        case 'offer.made':
          return rung(now, change);
        case 'call.connected': {
          const one = conversations.get(rootOf(change.callId));
          if (one && change.callId !== one.id) return seated(now, one, change);
          return begin(now, change);
        }
        case 'call.left':
        case 'call.ended':
        case 'call.returned':
          return gone(now, change.callId);
        default:
      }
    },

    /** Somebody is rung who is not there, or for nothing; calls are held that nobody has. */
    nonsense: (): readonly Command[] => {
      const some = stage.someCall();
      const part = callId(`${some}${PART}${random.between(1, 3)}`);
      const ringMs = random.pick([0, -5, 3_000, 1e12, Number.NaN]);
      const direct = {
        type: 'call.direct',
        queueId: random.pick(stage.queues).id,
        ringMs,
      } as const;
      const enqueue = { type: 'call.enqueue', callId: callId('x'), priority: 5 } as const;
      return [
        { type: 'call.held', callId: some },
        { type: 'call.retrieved', callId: some },
        { ...direct, callId: some, agentId: somebody() },
        { ...direct, callId: part, agentId: somebody() },
        { ...direct, callId: part, agentId: agentId('nobody') },
        { ...direct, callId: part, agentId: somebody(), queueId: queueId('none') },
        { type: 'call.returned', callId: part, cause: 'agentLost' },
        {
          ...enqueue,
          queueId: direct.queueId,
          requiredSkills: {},
          since: random.pick([-1, 1e15]),
        },
      ];
    },
  };
};
