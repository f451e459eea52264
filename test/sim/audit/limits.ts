import type { AuditedCall, Model } from './model.ts';
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

/** R18: a queue rings and talks no more than it may. */
export const limits: MakeRule = (model) => ({
  allows(_now, _agent, call) {
    const queue = model.queueOf(call);
    return !queue || active(model, call) < queue.activeMax;
  },
});
