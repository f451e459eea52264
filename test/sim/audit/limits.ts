import type { AuditedCall, Model } from './model.ts';
import { queueBy } from './ringing.ts';
import type { MakeRule } from './rule.ts';

/** Calls of the queue, without this one, that ring or talk. */
function active(model: Model, call: AuditedCall): number {
  let count = 0;
  for (const other of model.calls.values()) {
    if (other === call || other.queueId !== call.queueId) continue;
    if (model.stageOf(other) !== 'waiting') count++;
  }
  return count;
}

/** R18: a queue rings and talks no more than it may; another phone of a call that rings is no more than that call. */
export const limits: MakeRule = (model) => ({
  onChange({ command, expect }, change) {
    const call = change.type === 'offer.made' ? model.calls.get(change.callId) : undefined;
    if (!call || call.isDirected || call.offers.size > 0) return;
    // What was due before a configuration went by the one before it.
    const before = model.queueOf(call)?.activeMax ?? 0;
    const most = Math.max(before, queueBy(model, command, call)?.activeMax ?? 0);
    const count = active(model, call);
    expect(count < most, `R18 call ${call.id} rings, and ${count} of its queue ring or talk`);
  },

  allows(_now, _agent, call) {
    const queue = model.queueOf(call);
    return !queue || call.offers.size > 0 || active(model, call) < queue.activeMax;
  },
});
