import type { Change } from '../../../src/acd/changes.ts';
import type { CallbackId, CallId } from '../../../src/model/ids.ts';
import { type AuditedCall, type Model, standInOf } from './model.ts';
import type { MakeRule, Step } from './rule.ts';
import type { AuditedTicket } from './ticket.ts';

type Of<Type extends Change['type']> = Extract<Change, { type: Type }>;

const isPause = (change: Change): change is Of<'callback.paused'> =>
  change.type === 'callback.paused';

/** Whether the call could be anybody's: it waits, or it rings at as many as its queue rings. */
const isToBeHad = (model: Model, call: AuditedCall): boolean =>
  model.stageOf(call) === 'waiting' ||
  (model.stageOf(call) === 'offered' &&
    ['ring-all', 'ring-progressively'].includes(model.queueOf(call)?.strategy ?? ''));

/**
 * K7: the customer of a call back is on the line by themselves. What happens to the ticket is judged as it was before
 * each change: this family comes before the one that keeps it.
 */
export const ownCalls: MakeRule = (model) => {
  const { tickets, paths } = model;
  /** Calls that an agent has talked to, and that are over: until they come back. */
  const served = new Set<CallId>();
  /** Calls that whoever accepted their customer's ticket in this step may have. */
  const theirs = new Map<CallbackId, CallId>();

  const stageOf = (id: CallbackId) => {
    const call = model.calls.get(standInOf(id));
    return call && model.stageOf(call);
  };

  /** Whoever accepts has the customer's call, if it is in their queue and they may have it. */
  const accepted = ({ now, command }: Step, id: CallbackId, callId: CallId | undefined): void => {
    const call = callId === undefined ? undefined : model.calls.get(callId);
    const offer = command.type === 'offer.answered' && model.offers.get(command.offerId);
    const agent = offer && offer.callId === standInOf(id) && model.agents.get(offer.agentId);
    if (!call || !agent || call.queueId !== tickets.get(id)?.queueId) return;
    if (isToBeHad(model, call) && model.mayHave(now, agent, call)) theirs.set(id, call.id);
  };

  const ended = (step: Step, change: Of<'callback.ended'>): void => {
    const { command, expect } = step;
    const { callbackId: id, outcome, callId } = change;
    const { pausedFor, rungInHand, live } = tickets.get(id) ?? {};
    if (stageOf(id) === 'offered' && live?.size === 1) accepted(step, id, [...live][0]);
    if (outcome === 'merged') {
      if (callId === undefined) return expect(false, `K7 call back ${id} was merged into nothing`);
      // Or they were promised something else.
      const isPromisedAnew = ['callback.request', 'callback.schedule'].includes(command.type);
      const isServed = served.has(callId) || isPromisedAnew;
      expect(isServed, `K7 call back ${id} was merged, and nobody has talked to ${callId}`);
    }
    if (outcome !== 'expired' && outcome !== 'failed') return;
    const isThere = pausedFor !== undefined && model.calls.has(pausedFor);
    expect(!isThere, `K7 call back ${id} ${outcome} while its customer is on the line`);
    const [only] = rungInHand?.size === 1 ? rungInHand : [];
    const isServed = only !== undefined && served.has(only);
    expect(!isServed, `K7 call back ${id} ${outcome}, and its customer has been served`);
  };

  const resumed = ({ expect }: Step, { callbackId: id, notBefore }: Of<'callback.resumed'>) => {
    const ticket = tickets.get(id);
    const callId = ticket?.pausedFor;
    const isServed = callId !== undefined && served.has(callId);
    expect(!isServed, `K7 call back ${id} stands again, and its customer has been served`);
    const isKept = !ticket || ticket.notBefore === notBefore;
    expect(isKept, `K7 call back ${id} stands again for another time than was promised`);
  };

  /** What is due stands in its place at once, before anybody is rung (rule R4). */
  const standsAtOnce = ({ now, changes, expect }: Step): void => {
    for (const [index, change] of changes.entries()) {
      if (change.type !== 'callback.resumed' || change.notBefore > now) continue;
      const next = changes[index + 1];
      const isThere = next?.type === 'callback.queued' && next.callbackId === change.callbackId;
      expect(isThere, `K7 call back ${change.callbackId} is due, and others come first`);
    }
  };

  /** Whoever accepted has the customer's call, in one deed. */
  const connected = ({ command, changes, expect }: Step): void => {
    const by = (callId: CallId): boolean =>
      changes.some(
        (change) =>
          change.type === 'call.connected' &&
          change.callId === callId &&
          command.type === 'offer.answered' &&
          change.offerId === command.offerId,
      );
    for (const [id, callId] of theirs)
      expect(by(callId), `K7 whoever accepted call back ${id} may have ${callId}, and has it not`);
    theirs.clear();
  };

  /** They would be rung for what they just accepted. */
  const rungAgain = ({ command, reply, changes, expect }: Step): void => {
    if (command.type !== 'offer.answered' || !reply.ok) return;
    const { offerId } = command;
    const by = changes.find((one) => one.type === 'offer.withdrawn' && one.offerId === offerId);
    for (const { callbackId: id, ...change } of changes.filter(isPause)) {
      const isAgain = changes.some(
        (next) =>
          next.type === 'offer.made' &&
          next.callId === change.callId &&
          next.queueId === change.queueId &&
          by?.type === 'offer.withdrawn' &&
          next.agentId === by.agentId,
      );
      expect(!isAgain, `K7 whoever accepted call back ${id} is rung for its customer once more`);
    }
  };

  /** Paused for a call that has come to where the ticket is from; over, if the customer was served while it was in hand. */
  const stands = ({ expect }: Step, id: CallbackId, ticket: AuditedTicket): void => {
    const { pausedFor, rungInHand, queueId, cameTo, live } = ticket;
    const path = (pausedFor && paths.get(pausedFor)) ?? [queueId];
    const isHere = path.some((one) => one === queueId || one === cameTo);
    expect(isHere, `K7 call back ${id} is paused for ${pausedFor}, who is elsewhere`);
    const stage = stageOf(id);
    const talks = stage === 'waiting' ? [...live].find((one) => model.calls.has(one)) : undefined;
    expect(talks === undefined, `K7 call back ${id} stands in the line, and ${talks} is there`);
    if (stage === 'offered' || stage === 'talking') return;
    const [only] = rungInHand.size === 1 ? rungInHand : [];
    const isServed = only !== undefined && served.has(only);
    expect(!isServed, `K7 call back ${id} goes on, and its customer has been served by ${only}`);
  };

  /** Whom an agent hands back, or on, while another has their ticket in hand was served all the same. */
  const isSentOn = ({ callId }: Of<'call.queued'>): boolean =>
    [...tickets.values()].some(({ rungInHand }) => rungInHand.has(callId));

  return {
    onChange(step, change) {
      if (change.type === 'call.queued' && !isSentOn(change)) served.delete(change.callId);
      if (change.type === 'call.ended') served.add(change.callId);
      if (change.type === 'callback.paused') accepted(step, change.callbackId, change.callId);
      if (change.type === 'callback.resumed') resumed(step, change);
      if (change.type === 'callback.ended') ended(step, change);
    },

    onStep(step) {
      standsAtOnce(step);
      rungAgain(step);
      connected(step);
      for (const [id, ticket] of tickets) stands(step, id, ticket);
    },
  };
};
