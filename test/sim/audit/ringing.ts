import type { Command } from '../../../src/acd/commands.ts';
import type { CallId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import type { AuditedCall, Model } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

/** How many phones a queue may ring for one call that has rung since then; for a call back one (rule M3). */
function wanted(
  { strategy, ringAgentsMax, ringNextMs }: QueueConfig,
  { isStandIn }: AuditedCall,
  rungMs: number,
): number {
  if (isStandIn) return 1;
  if (strategy === 'ring-all') return ringAgentsMax;
  if (strategy !== 'ring-progressively') return 1;
  return Math.min(ringAgentsMax, 1 + Math.floor(rungMs / ringNextMs));
}

/** As configured before the command, or by it. */
export function queueBy(
  model: Model,
  command: Command,
  call: AuditedCall,
): QueueConfig | undefined {
  const news = command.type === 'configure' ? command.queues : [];
  return news.find(({ id }) => id === call.queueId) ?? model.queueOf(call);
}

/** M1 to M3: several phones for one call, no more than the queue may ring, and one of them has it. */
export const ringing: MakeRule = (model) => {
  const since = new Map<CallId, number>();

  const isShort = (now: number, call: AuditedCall): boolean => {
    const queue = model.queues.get(call.queueId);
    if (!queue || call.isDirected || call.asked.preferredAgentId !== undefined) return false;
    // C4: its time is up, and no further phone rings.
    if (now >= call.waitUntil) return false;
    return call.offers.size < wanted(queue, call, now - (since.get(call.id) ?? now));
  };

  const nobodySilent = ({ now, expect }: Step, call: AuditedCall): void => {
    for (const agent of isShort(now, call) ? model.agents.values() : []) {
      const silent = model.isFree(now, agent) && model.mayHave(now, agent, call);
      expect(!silent, `M1 the phone of ${agent.config.id} is silent beside ${call.id}`);
    }
  };

  return {
    onChange({ now, command, model: before, expect, quiet }, change) {
      if (change.type !== 'offer.made') return;
      const call = before.calls.get(change.callId);
      const queue = call && queueBy(before, command, call);
      if (!call || !queue) return;
      if (call.offers.size === 0) since.set(call.id, now);
      const most = wanted(queue, call, now - (since.get(call.id) ?? now));
      expect(
        !quiet || call.offers.size < most,
        `M2 call ${call.id} rings more than ${most} phones`,
      );
    },

    onStep(step) {
      for (const call of model.calls.values()) {
        const stage = model.stageOf(call);
        step.expect(stage !== 'talking' || call.offers.size === 0, `M3 ${call.id} rings still`);
        if (stage === 'offered') nobodySilent(step, call);
        else since.delete(call.id);
      }
    },
  };
};
