import type { Command } from '../../../src/acd/commands.ts';
import { JUDGE_EVERY_MS } from '../../../src/acd/overflow.ts';
import type { CallId, QueueId } from '../../../src/model/ids.ts';
import type { OverflowRule } from '../../../src/model/queue.ts';
import type { AuditedCall, Model } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

/** Of the call's queue; of a new configuration too, which counts at once. */
const rulesOf = (model: Model, call: AuditedCall, command?: Command): readonly OverflowRule[] => [
  ...(model.queueOf(call)?.overflow ?? []),
  ...(command?.type === 'configure'
    ? command.queues.filter(({ id }) => id === call.queueId).flatMap(({ overflow }) => overflow)
    : []),
];

/** Callers in the line: whom `lengthMax` counts (C1). */
function lengthOf(model: Model, queueId: QueueId): number {
  let length = 0;
  for (const call of model.calls.values()) {
    if (call.queueId !== queueId || call.isStandIn || call.isDirected) continue;
    if (model.stageOf(call) !== 'talking') length++;
  }
  return length;
}

/** V1 to V4: callers are sent on by a rule of their queue, never under an offer, and never where they have been. */
export const overflow: MakeRule = () => {
  /** When the call was last offered, or had nowhere to go; and whether it was so after the last step. */
  const heldUpAt = new Map<CallId, number>();
  const isHeldUp = new Set<CallId>();
  const been = new Map<CallId, QueueId[]>();
  /** Queues that were full for a moment of the step in hand, until a rule of their own sent somebody on. */
  const filled = new Set<QueueId>();
  /** Since when no agent of a queue has been signed in, when it was last looked at. */
  const unstaffedSince = new Map<QueueId, number>();

  const unstaffed = (now: number, model: Model, id: QueueId): number | undefined => {
    for (const { config, state } of model.agents.values()) {
      const isMember = model.configured.has(config.id) && config.queueIds.includes(id);
      if (isMember && state.kind !== 'offline') return undefined;
    }
    return unstaffedSince.get(id) ?? now;
  };

  /** From when on the rule holds for the call, if that can be seen from outside; infinite: it does not hold. */
  const holdsFrom = (now: number, model: Model, call: AuditedCall, rule: OverflowRule) => {
    if (rule.when === 'maxWait') return call.joinedAt + rule.ms;
    // Who serves a queue that closes is the engine's own affair (rule G3).
    if (rule.when !== 'noAgentsStaffed' || !model.queues.has(call.queueId)) return undefined;
    const since = unstaffed(now, model, call.queueId) ?? Number.POSITIVE_INFINITY;
    return Math.max(call.joinedAt, since + rule.forMs);
  };

  /** A length of the line is for who joins it, and for nobody who comes back (rule V2). */
  const expectNew = (step: Step, call: AuditedCall | undefined, when: string | undefined): void => {
    if (!call || when !== 'maxLength') return;
    const isBack = call.asked.returns && call.queueId === call.asked.queueId;
    const isNew = !isBack && call.joinedAt === step.now;
    step.expect(isNew, `V2 call ${call.id} has not just joined, and is sent on for the length`);
  };

  return {
    onChange(step, change) {
      const { now, command, model, expect } = step;
      if (change.type === 'call.overflowed') {
        const { callId, fromQueueId, queueId, when } = change;
        const call = model.calls.get(callId);
        if (!call) return expect(false, `V1 call ${callId} was sent on and is not there`);
        expectNew(step, call, when);
        const before = been.get(callId) ?? [];
        been.set(callId, [...before, fromQueueId]);
        const most = model.queues.get(queueId)?.lengthMax ?? 0;
        if (lengthOf(model, queueId) + 1 >= most) filled.add(queueId);
        expect(model.stageOf(call) === 'waiting', `V3 call ${callId} was sent on under an offer`);
        expect(call.queueId === fromQueueId, `V1 call ${callId} was not in ${fromQueueId}`);
        expect(![fromQueueId, ...before].includes(queueId), `V4 call ${callId} comes back`);
        const rules = rulesOf(model, call, command).filter(
          (one) => one.when === when && 'queue' in one.to && one.to.queue === queueId,
        );
        expect(rules.length > 0, `V2 no rule of ${fromQueueId} sends ${callId} to ${queueId}`);
        // Several may lead there: the earliest counts.
        const isEarly = rules.every((one) => now < (holdsFrom(now, model, call, one) ?? now));
        expect(!isEarly || command.type === 'configure', `V2 call ${callId} was sent on too early`);
        return;
      }
      if (change.type !== 'call.left' && change.type !== 'call.ended') return;
      been.delete(change.callId);
      heldUpAt.delete(change.callId);
      isHeldUp.delete(change.callId);
      if (change.type !== 'call.left' || change.outcome !== 'overflow') return;
      const call = model.calls.get(change.callId);
      expectNew(step, call, change.overflow?.when);
      const rules = (call ? rulesOf(model, call, command) : []).filter(
        (one) => one.when === change.overflow?.when && 'exit' in one.to,
      );
      expect(rules.length > 0, `V2 no rule sends ${change.callId} to an exit`);
      const isEarly = call && rules.every((one) => now < (holdsFrom(now, model, call, one) ?? now));
      expect(
        !isEarly || command.type === 'configure',
        `V2 call ${change.callId} left by an exit too early`,
      );
    },

    /** Nobody waits past a rule that could have sent them on; a full target is asked again a little later. */
    onStep({ now, changes, model, expect }) {
      // Whoever becomes a member and is signed out for it was there, if for no time at all.
      const left = changes.flatMap((change) =>
        change.type === 'agent.changed' && model.configured.has(change.agentId)
          ? (model.agents.get(change.agentId)?.config ?? [])
          : [],
      );
      for (const id of model.queues.keys()) {
        const hadSomebody = left.some(({ queueIds }) => queueIds.includes(id));
        const since = unstaffed(now, model, id);
        if (since === undefined) unstaffedSince.delete(id);
        else unstaffedSince.set(id, hadSomebody ? now : since);
      }
      for (const id of unstaffedSince.keys()) if (!model.queues.has(id)) unstaffedSince.delete(id);
      for (const call of model.calls.values()) {
        if (call.isStandIn) continue;
        // What it was it has been up to this moment.
        if (isHeldUp.delete(call.id)) heldUpAt.set(call.id, now);
        if (model.stageOf(call) !== 'waiting') {
          isHeldUp.add(call.id);
          heldUpAt.set(call.id, now);
          continue;
        }
        for (const rule of rulesOf(model, call)) {
          const from = holdsFrom(now, model, call, rule);
          if (from === undefined) continue;
          const late = now - from;
          const { to } = rule;
          if ('exit' in to) {
            expect(late < 0, `V2 call ${call.id} waits past a rule`);
            continue;
          }
          const target = model.queues.get(to.queue);
          const blocked =
            !target ||
            filled.has(to.queue) ||
            lengthOf(model, to.queue) >= target.lengthMax ||
            to.queue === call.queueId ||
            (been.get(call.id) ?? []).includes(to.queue);
          if (blocked) {
            isHeldUp.add(call.id);
            heldUpAt.set(call.id, now);
          }
          const freeMs = now - (heldUpAt.get(call.id) ?? 0);
          expect(
            late < 0 || freeMs < JUDGE_EVERY_MS,
            `V2 call ${call.id} waits past a rule, and ${to.queue} has room`,
          );
        }
      }
      filled.clear();
    },
  };
};
