import type { AgentId, QueueId } from '../../../src/model/ids.ts';
import type { MakeRule } from './rule.ts';

/** G3: nobody waits in a queue that closes and has no agent left. */
export const closing: MakeRule = (model) => {
  /** Who stays with a queue that closes, until its last call is over. */
  const members = new Map<QueueId, readonly AgentId[]>();
  const membersNow = (id: QueueId): readonly AgentId[] =>
    [...model.agents.values()]
      .filter(({ config }) => model.configured.has(config.id) && config.queueIds.includes(id))
      .map(({ config }) => config.id);
  const before = new Map<QueueId, readonly AgentId[]>();
  return {
    onStep({ command, expect }) {
      for (const id of model.queuesEver.keys()) {
        if (model.queues.has(id)) {
          members.delete(id);
          before.set(id, membersNow(id));
        } else if (!members.has(id)) members.set(id, before.get(id) ?? []);
      }
      if (command.type !== 'configure') return;
      for (const call of model.calls.values()) {
        const stayed = members.get(call.queueId);
        if (!stayed || call.isStandIn || model.stageOf(call) !== 'waiting') continue;
        const isServed = stayed.some((id) => model.configured.has(id));
        expect(
          isServed,
          `G3 call ${call.id} waits in ${call.queueId}, which nobody serves any more`,
        );
      }
    },
  };
};
