import type { CallId } from '../../../src/model/ids.ts';
import type { MakePart } from './part.ts';

/** Now and then an agent's leg dies at once, or the media server will not join the two. */
export const bridges: MakePart = (stage, random) => {
  /** No bridge is ever made for these. */
  const cursed = new Set<CallId>();
  return {
    react(now, change) {
      if (change.type !== 'call.connected') return;
      const { callId } = change;
      const luck = random.next();
      if (luck < 0.02) cursed.add(callId);
      if (luck > 0.1 && !cursed.has(callId)) return;
      const cause = luck < 0.06 ? 'agentLost' : 'media';
      stage.send(now + 20, { type: 'call.returned', callId, cause });
    },
    nonsense: () => [{ type: 'call.returned', callId: stage.someCall(), cause: 'media' }],
  };
};
