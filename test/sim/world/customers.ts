import type { Change } from '../../../src/acd/changes.ts';
import { type CallbackId, type CallId, callbackId, type QueueId } from '../../../src/model/ids.ts';
import type { MakePart } from './part.ts';

type About = Pick<Extract<Change, { type: 'callback.made' }>, 'callbackId' | 'queueId'>;

/**
 * Customers who are promised a call and ring themselves: long before it, when it is due, twice, where they had come to
 * first, at another queue; most give up soon. And appointments that are made with whoever waits or talks.
 */
export const customers: MakePart = (stage, random) => {
  /** How many of them, in this house. */
  const eager = random.pick([0, 0, 0.4, 0.8]);
  let made = 0;
  /** The queues that calls came to, and of call backs those that their customers came to. */
  const cameTo = new Map<string, QueueId>();
  let left: CallId | undefined;
  /** Calls of theirs: some have only a word to say. */
  const own = new Set<CallId>();

  const appoint = (at: number, callId: CallId): void => {
    const callerKey = stage.numbers.get(callId);
    if (callerKey === undefined) return;
    const here = cameTo.get(callId);
    const others = stage.queues.map(({ id }) => id).filter((id) => id !== here);
    const withWhom = random.chance(0.5) ? { preferredAgentId: random.pick(stage.agents).id } : {};
    stage.plan(at, () => {
      const id = callbackId(`u${++made}`);
      stage.promised.set(id, callerKey);
      const elsewhere = others.length > 0 ? random.pick(others) : here;
      return {
        type: 'callback.schedule',
        callbackId: id,
        queueId: (random.chance(0.5) ? here : elsewhere) ?? random.pick(stage.queues).id,
        callerKey,
        at: at + random.around(60_000),
        priority: random.between(0, 10),
        requiredSkills: {},
        ...withWhom,
      };
    });
  };

  const ring = (at: number, callerKey: string, queueId: QueueId): void => {
    const id = stage.newCall();
    own.add(id);
    stage.join(at, id, queueId, { callerKey });
    if (random.chance(0.6)) {
      const givesUp = at + random.around(5_000);
      stage.send(givesUp, { type: 'call.abandon', callId: id });
    }
  };

  const hangUp = (now: number, callId: CallId): void =>
    stage.send(now + random.around(2_000), { type: 'call.ended', callId });

  /** Where they would be rung for, where they came to then, or anywhere. */
  const somewhere = (id: CallbackId, queueId: QueueId): QueueId => {
    const luck = random.next();
    if (luck < 0.4) return queueId;
    return (luck < 0.75 ? cameTo.get(id) : undefined) ?? random.pick(stage.queues).id;
  };

  /** Once or twice. */
  const rings = (now: number, meanMs: number, { callbackId: id, queueId }: About): void => {
    const callerKey = stage.promised.get(id);
    if (callerKey === undefined || !random.chance(eager)) return;
    for (let times = random.chance(0.3) ? 2 : 1; times > 0; times--)
      ring(now + random.around(meanMs), callerKey, somewhere(id, queueId));
  };

  return {
    react(now, change) {
      if (!stage.open) return;
      switch (change.type) {
        case 'call.queued':
          cameTo.set(change.callId, change.queueId);
          if (random.chance(eager / 8)) appoint(now + random.around(3_000), change.callId);
          return;
        case 'call.connected':
          if (own.has(change.callId) && random.chance(0.5)) hangUp(now, change.callId);
          if (random.chance(eager / 2)) appoint(now + random.around(5_000), change.callId);
          return;
        case 'call.left':
          left = change.outcome === 'callback' ? change.callId : undefined;
          return;
        case 'callback.made':
          if (left) cameTo.set(change.callbackId, cameTo.get(left) ?? change.queueId);
          left = undefined;
          return rings(now, 20_000, change);
        // And again, when an agent may ring them at any moment, or does, or they wait already.
        case 'callback.queued':
        case 'callback.dial':
        case 'callback.paused':
          return random.chance(0.4) ? rings(now, 3_000, change) : undefined;
        default:
      }
    },
  };
};
