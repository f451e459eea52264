import type { Command } from '../../../src/acd/commands.ts';
import { agentId, callId, offerId, queueId } from '../../../src/model/ids.ts';
import type { Enqueue, MakePart } from './part.ts';

/** Commands that nobody should have sent. Every part may add its own. */
export const noise: MakePart = (stage, random) => {
  const enqueue = (more: Partial<Enqueue>): Enqueue => ({
    type: 'call.enqueue',
    callId: callId('x'),
    queueId: random.pick(stage.queues).id,
    priority: 5,
    requiredSkills: {},
    ...more,
  });
  const own = (): readonly Command[] => {
    const some = stage.someCall();
    const strategy = 'best' as 'longest-idle';
    return [
      { type: 'call.ended', callId: some },
      { type: 'call.abandon', callId: callId('nobody') },
      { type: 'offer.answered', offerId: offerId('nothing') },
      { type: 'offer.failed', offerId: offerId(`${some}#1`), cause: 'busy' },
      { type: 'agent.ready', agentId: agentId('nobody') },
      enqueue({ callId: some, queueId: queueId('none') }),
      enqueue({ priority: 11 }),
      enqueue({ requiredSkills: { a: 0 } }),
      { type: 'configure', queues: [{ ...random.pick(stage.queues), strategy }], agents: [] },
      { type: 'tick' },
    ];
  };
  return {
    upheaval: () => random.pick(stage.parts.flatMap((part) => part.nonsense?.() ?? [])),
    nonsense: own,
  };
};
