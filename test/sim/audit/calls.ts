import type { Command } from '../../../src/acd/commands.ts';
import type { QueueId } from '../../../src/model/ids.ts';
import type { AuditedCall, Model } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

/** A queue that closes, by this command or an earlier one, may send its callers on at once (rule G3). */
function isClosing(model: Model, command: Command, id: QueueId): boolean {
  if (command.type === 'configure') return !command.queues.some((queue) => queue.id === id);
  return !model.queues.has(id);
}

/** The wait is one, from the first queueing on (rule P11). */
function expectWait({ now, expect }: Step, call: AuditedCall | undefined, waitMs: number): void {
  const waited = now - (call?.queuedAt ?? now);
  expect(!call || waitMs === waited, `P11 call ${call?.id} waited ${waited} ms, not ${waitMs}`);
}

/** Whoever hangs up soon has abandoned in another way; who waited in an earlier queue has waited since then (rule C5). */
function checkAbandon({ now, command, model, expect }: Step, call: AuditedCall, outcome: string) {
  const hasHungUp = command.type === 'call.abandon' && command.callId === call.id;
  // What was due before took them out of the line in another way.
  if (!hasHungUp || !['abandoned', 'shortAbandon'].includes(outcome)) return;
  const waitedMs = now - Math.min(command.since ?? call.queuedAt, call.queuedAt);
  const isShort = waitedMs < (model.queueOf(call)?.shortAbandonMs ?? 0);
  const is = isShort ? 'shortAbandon' : 'abandoned';
  expect(outcome === is, `C5 call ${call.id} left as ${outcome} after ${waitedMs} ms`);
}

/** Every call ends in exactly one outcome, and by nobody's mistake but its own. */
export const calls: MakeRule = () => ({
  onChange(step, change) {
    const { now, command, model, expect } = step;
    if (!('callId' in change)) return;
    const call = model.calls.get(change.callId);
    const stage = call && model.stageOf(call);
    switch (change.type) {
      case 'call.queued':
        expect(!call, `C6 call ${change.callId} was queued twice`);
        expect(command.type === 'call.enqueue', `C6 call ${change.callId} came unasked`);
        return;
      case 'call.connected':
        // Who accepts a call back may get the customer's own call instead (rule K7).
        if (stage !== 'waiting' || ![...model.mergedInto.values()].includes(change.callId)) {
          expect(stage === 'offered', `C6 call ${change.callId} was connected while ${stage}`);
        }
        return expectWait(step, call, change.waitMs);
      case 'call.ended':
        return expect(stage === 'talking', `C6 call ${change.callId} ended unanswered`);
      case 'call.left':
        if (!call) return expect(false, `C6 call ${change.callId} left twice`);
        expectWait(step, call, change.waitMs);
        checkAbandon(step, call, change.outcome);
        expect(stage === 'waiting', `C4 call ${call.id} left under an offer`);
        if (change.outcome === 'queueTimeout' && !isClosing(model, command, call.queueId)) {
          expect(now >= call.waitUntil, `C4 call ${call.id} left before its time`);
        }
        return;
      case 'announcement.due':
        expect(stage === 'waiting', `C3 call ${change.callId} heard of its place while ${stage}`);
        expect(change.position >= 1, `C2 call ${change.callId} has a position below 1`);
        return;
      default:
    }
  },

  onStep({ command, reply, changes, quiet, expect }) {
    const touched = !reply.ok && quiet && changes.length > 0;
    expect(!touched, `G1 ${command.type} was refused and changed something`);
  },

  onEnd({ model, expect }) {
    for (const id of model.calls.keys()) expect(false, `S2 call ${id} has no end`);
  },
});
