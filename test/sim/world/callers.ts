import type { MakePart } from './part.ts';

/** Patience, importance, conversations, and some who try again when the queue gave them up. */
export const callers: MakePart = (stage, random) => {
  const patienceMs = random.pick([10_000, 40_000, 40_000, 600_000]);
  const talkMs = random.pick([15_000, 60_000, 60_000, 240_000]);
  const spread = random.pick([0.4, 1, 1.6]);
  return {
    callTraits: () => (random.chance(0.3) ? { priority: random.between(0, 10) } : {}),

    react(now, change) {
      switch (change.type) {
        case 'call.queued': {
          const { callId } = change;
          return stage.send(now + random.around(patienceMs), { type: 'call.abandon', callId });
        }
        case 'call.connected': {
          const { callId } = change;
          const at = now + random.lognormal(talkMs, spread);
          return stage.send(at, { type: 'call.ended', callId });
        }
        case 'call.left':
          if (change.outcome === 'queueTimeout' && random.chance(0.3))
            stage.join(now, change.callId);
          return;
        default:
      }
    },
  };
};
