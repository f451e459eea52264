import type { CallId } from '../../../src/model/ids.ts';
import type { MakePart } from './part.ts';

/**
 * Operators look at who waits: they give some another priority and send some to another queue, in the commands in which
 * `runtime/leaving-line.ts` says it.
 */
export const operators: MakePart = (stage, random) => {
  /** In some houses nobody looks. */
  const share = random.pick([0, 0.1, 0.4]);
  const firstQueuedAt = new Map<CallId, number>();

  /** As one input: nobody comes in between. A call that was answered, or has gone, is left where it is. */
  const move = (at: number, callId: CallId, since: number): void => {
    const priority = random.between(0, 10);
    const queueId = random.pick(stage.queues).id;
    stage.plan(at, () => ({ type: 'call.abandon', callId, byHouse: true }));
    stage.plan(at, () => {
      const call = stage.comesBack(callId);
      return { type: 'call.enqueue', ...call, queueId, priority, since };
    });
  };

  return {
    react(now, change) {
      if (change.type !== 'call.queued' || !random.chance(share)) return;
      const { callId } = change;
      const since = firstQueuedAt.get(callId) ?? now;
      firstQueuedAt.set(callId, since);
      const at = now + random.around(8_000);
      if (random.chance(0.3)) return move(at, callId, since);
      const prioritise = { type: 'call.prioritise', callId } as const;
      stage.send(at, { ...prioritise, priority: random.between(0, 10) });
      // And then thinks better of it.
      if (random.chance(0.5)) return;
      const later = at + random.around(4_000);
      stage.send(later, { ...prioritise, priority: random.between(0, 10) });
    },
    nonsense: () => [
      { type: 'call.prioritise', callId: stage.someCall(), priority: random.between(-1, 11) },
    ],
  };
};
