import type { Command } from '../../../src/acd/commands.ts';
import { ASK_MS_MAX } from '../../../src/acd/offers.ts';
import type { OfferId } from '../../../src/model/ids.ts';
import type { AuditedCall, Model } from './model.ts';
import { queueBy } from './ringing.ts';
import type { MakeRule } from './rule.ts';

/** As configured before the command, or by it: an offer may be made before or after that. */
function ringTimeoutOf(model: Model, command: Command, call: AuditedCall): number {
  if (call.isDirected) return Number.POSITIVE_INFINITY; // Rule H3 has its own.
  const before = model.queueOf(call)?.ringTimeoutMs ?? 0;
  if (command.type !== 'configure') return before;
  return Math.max(before, command.queues.find(({ id }) => id === call.queueId)?.ringTimeoutMs ?? 0);
}

/** Whether several phones may ring for the call, as configured before the command or by it. */
function ringsMany(model: Model, command: Command, call: AuditedCall): boolean {
  if (call.isDirected || call.isStandIn) return false;
  const configs = [model.queueOf(call), queueBy(model, command, call)];
  return configs.some((queue) => queue?.strategy.startsWith('ring-'));
}

/** One live offer per call, one offer or call per agent, and each offer ends once. */
export const offers: MakeRule = () => {
  const seen = new Set<OfferId>();
  const held = new Set<OfferId>();
  return {
    onChange({ now, command, model, expect }, change) {
      if (change.type === 'offer.made') {
        const call = model.calls.get(change.callId);
        const agent = model.agents.get(change.agentId);
        const stage = call ? model.stageOf(call) : 'gone';
        expect(!seen.has(change.offerId), `O2 offer ${change.offerId} was made twice`);
        const many = call && ringsMany(model, command, call);
        const may = stage === 'waiting' || (many && stage === 'offered');
        expect(may === true, `O1 call ${change.callId} was offered while ${stage}`);
        const others = [...model.offers.values()].filter((o) => o.agentId === change.agentId);
        expect(others.length === 0, `O1 agent ${change.agentId} has two offers`);
        expect(
          agent?.state.kind === 'offered' && agent.state.offerId === change.offerId,
          `O1 agent ${change.agentId} was offered a call while ${agent?.state.kind}`,
        );
        const late = call && now >= call.waitUntil && model.queues.has(call.queueId);
        expect(!late, `C4 call ${change.callId} was offered after its time`);
        const ringMs = call ? ringTimeoutOf(model, command, call) : 0;
        const rings = change.expiresAt - now;
        expect(rings <= ringMs, `O2 offer ${change.offerId} rings ${rings} ms, not ${ringMs}`);
        seen.add(change.offerId);
      }
      if (change.type === 'offer.pickedUp') {
        const offer = model.offers.get(change.offerId);
        expect(offer !== undefined && !held.has(change.offerId), 'O7 picked up twice, or not open');
        const late = change.expiresAt - Math.max(now + ASK_MS_MAX, offer?.expiresAt ?? 0);
        expect(late <= 0, `O7 offer ${change.offerId} is held ${late} ms too long`);
        held.add(change.offerId);
      }
      if (
        change.type === 'offer.failed' ||
        change.type === 'offer.withdrawn' ||
        change.type === 'call.connected'
      ) {
        const offer = model.offers.get(change.offerId);
        expect(offer !== undefined, `O2 offer ${change.offerId} ended twice, or was never made`);
        expect(
          offer?.agentId === change.agentId &&
            (offer.callId === change.callId ||
              model.mergedInto.get(offer.callId) === change.callId),
          `O2 offer ${change.offerId} ended for somebody else`,
        );
      }
      const hungUp = command.type === 'call.abandon' && (!command.byHouse || command.lineLost);
      if (change.type === 'offer.withdrawn' && change.why === 'byHouse') {
        expect(!hungUp, `O3 nobody but the caller ended offer ${change.offerId}`);
      }
      if (change.type === 'offer.withdrawn' && change.why === 'callerLeft') {
        const isTaken =
          command.type === 'call.abandon' && command.callId === change.callId && !hungUp;
        expect(!isTaken, `O3 offer ${change.offerId} ended because the caller was taken elsewhere`);
      }
      if (change.type === 'offer.withdrawn' && change.why === 'noAnswer') {
        const expiresAt = model.offers.get(change.offerId)?.expiresAt ?? now;
        expect(expiresAt <= now, `O2 offer ${change.offerId} expired early`);
      }
    },

    onStep({ model, expect }) {
      for (const { id, state } of model.agentsIn('offered')) {
        const offer = model.offers.get(state.offerId);
        const live = offer?.agentId === id && offer.callId === state.callId;
        expect(live, `O1 agent ${id} is offered a call that is not`);
      }
      for (const { id, state } of model.agentsIn('talking')) {
        const talks = model.calls.get(state.callId)?.talkingTo === id;
        expect(talks, `O1 agent ${id} talks to a call that does not`);
      }
      for (const call of model.calls.values()) {
        const { talkingTo } = call;
        const state = talkingTo && model.agents.get(talkingTo)?.state;
        const agrees = !state || (state.kind === 'talking' && state.callId === call.id);
        expect(agrees, `O1 call ${call.id} talks to an agent who does not`);
      }
    },
  };
};
