import { type CallId, callbackId } from '../../../src/model/ids.ts';
import type { MakePart } from './part.ts';

/**
 * Customers who are promised a call and ring themselves: long before it, twice, at another queue; and appointments that
 * are made with whoever waits or talks.
 */
export const customers: MakePart = (stage, random) => {
  /** How many of them, in this house. */
  const eager = random.pick([0, 0, 0.4, 0.8]);
  let made = 0;

  const appoint = (at: number, callId: CallId): void => {
    const callerKey = stage.numbers.get(callId);
    if (callerKey === undefined) return;
    stage.plan(at, () => {
      const id = callbackId(`u${++made}`);
      stage.promised.set(id, callerKey);
      return {
        type: 'callback.schedule',
        callbackId: id,
        queueId: random.pick(stage.queues).id,
        callerKey,
        at: at + random.around(60_000),
        priority: random.between(0, 10),
        requiredSkills: {},
      };
    });
  };

  return {
    react(now, change) {
      if (!stage.open) return;
      if (change.type === 'call.queued' && random.chance(eager / 8)) {
        appoint(now + random.around(3_000), change.callId);
      }
      if (change.type === 'call.connected' && random.chance(eager / 2)) {
        appoint(now + random.around(5_000), change.callId);
      }
      if (change.type !== 'callback.made' || !random.chance(eager)) return;
      const callerKey = stage.promised.get(change.callbackId);
      if (callerKey === undefined) return;
      const queueId = random.chance(0.6) ? change.queueId : random.pick(stage.queues).id;
      for (let times = random.chance(0.3) ? 2 : 1; times > 0; times--) {
        stage.join(now + random.around(20_000), stage.newCall(), queueId, { callerKey });
      }
    },
  };
};
