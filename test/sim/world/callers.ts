import type { MakePart } from './part.ts';

/** Patience, importance, conversations, and some who try again when the queue gave them up. */
export const callers: MakePart = (stage, random) => ({
  callTraits: () => (random.chance(0.3) ? { priority: random.between(0, 10) } : {}),

  react(now, change) {
    switch (change.type) {
      case 'call.queued':
        return stage.send(now + random.around(40_000), {
          type: 'call.abandon',
          callId: change.callId,
        });
      case 'call.connected':
        return stage.send(now + random.around(60_000), {
          type: 'call.ended',
          callId: change.callId,
        });
      case 'call.left':
        if (change.outcome === 'queueTimeout' && random.chance(0.3)) stage.join(now, change.callId);
        return;
      default:
    }
  },
});
