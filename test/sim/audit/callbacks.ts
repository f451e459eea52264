import type { Change } from '../../../src/acd/changes.ts';
import type { Command } from '../../../src/acd/commands.ts';
import type { CallbackId, CallId, QueueId } from '../../../src/model/ids.ts';
import { PRIORITY_DEFAULT } from '../../../src/model/queue.ts';
import { type AuditedCall, isConfigured, standInOf } from './model.ts';
import type { MakeRule, Step } from './rule.ts';
import { type AuditedTicket, triesOf } from './ticket.ts';

/** What our own side refuses, and when it is tried again (rule K5). */
const OWN_FAILURES: readonly string[] = ['noTrunk', 'limit', 'notAllowed'];
const ownRetryMs = (times: number): number => Math.min(1_800_000, 15_000 * 2 ** times);

type Ended = Extract<Change, { type: 'callback.ended' }>;
type Of<Type extends Change['type']> = Extract<Change, { type: Type }>;

/** K1 to K9: promises to ring customers back: each kept, or ended once, in the one order and never under a hand. */
export const callbacks: MakeRule = (model) => {
  const { tickets, paths } = model;
  let asking: AuditedCall | undefined;
  const stageOf = (id: CallbackId) => {
    const call = model.calls.get(standInOf(id));
    return call ? model.stageOf(call) : 'scheduled';
  };

  const isInHand = (id: CallbackId): boolean => ['offered', 'talking'].includes(stageOf(id));

  /** Of attempts: as it was for what was due before a command, and as the command configures it for what follows. */
  const limitsOf = (command: Command, { queueId }: AuditedTicket): readonly number[] =>
    [model.queuesEver.get(queueId), model.queueIn(command, queueId)].flatMap(
      (queue) => queue?.callbackAttemptsMax ?? [],
    );

  /** A promise for later is not why somebody waits who did so before, or whom an agent has handed back. */
  const concerns = (now: number, ticket: AuditedTicket, callId: CallId): boolean => {
    const { notBefore, failedAt, madeAfter } = ticket;
    const call = model.calls.get(callId);
    // Until an attempt at it has failed it was due, whenever the next one is.
    const isDue = notBefore <= now || failedAt === now;
    return isDue || (call !== undefined && call.seq > madeAfter && !call.asked.returns);
  };

  const made = ({ now, command, expect }: Step, change: Of<'callback.made'>): void => {
    const { callbackId: id, queueId, notBefore } = change;
    const queue = model.queues.get(queueId);
    expect(!tickets.has(id), `K8 call back ${id} was made twice`);
    if (!queue) return expect(false, `K8 call back ${id} was promised by a queue that is gone`);
    expect(queue.callbackEnabled, `K8 queue ${queueId} promises no call backs, and did`);
    const expiresAt = notBefore + queue.callbackExpireMs;
    const course = {
      queueId,
      cameTo: queueId,
      isCancelled: false,
      live: new Set<CallId>(),
      pausedFor: undefined,
      rungInHand: new Set<CallId>(),
      isQueueGone: false,
      expiresAt,
      notBefore,
      madeAfter: Math.max(0, ...[...model.calls.values()].map(({ seq }) => seq)),
      attempts: 0,
      unrung: 0,
      dialUntil: 0,
      failedAt: undefined,
      joinedAt: undefined,
    };
    if (command.type === 'callback.schedule') {
      const { callerKey, requiredSkills: skills, priority } = command;
      const effectiveStart = notBefore - (priority - PRIORITY_DEFAULT) * queue.priorityLevelMs;
      tickets.set(id, { ...course, callerKey, skills, effectiveStart });
    } else if (command.type === 'callback.request' && asking) {
      const { skills, effectiveStart, asked } = asking;
      const callerKey = command.callerKey ?? asked.callerKey ?? '';
      const joinedAt = notBefore > now ? undefined : asking.joinedAt;
      const { queueId: cameTo } = asked;
      tickets.set(id, { ...course, cameTo, callerKey, skills, effectiveStart, joinedAt });
    } else expect(false, `K1 call back ${id} was made unasked`);
    const { callerKey } = tickets.get(id) ?? {};
    const others = [...tickets.values()].filter((other) => other.callerKey === callerKey);
    expect(others.length === 1, `K8 the customer of call back ${id} has two`);
    expect(notBefore >= now, `K2 call back ${id} is for the past`);
    model.open.add(id);
  };

  const queued = ({ now, command, expect }: Step, change: Of<'callback.queued'>): void => {
    const { callbackId: id, attempt } = change;
    const ticket = tickets.get(id);
    if (!ticket) return expect(false, `K1 call back ${id} stands in the line and was never made`);
    expect(stageOf(id) === 'scheduled', `K1 call back ${id} stands in the line twice`);
    expect(now >= ticket.notBefore, `K2 call back ${id} stands in the line before its time`);
    expect(now < ticket.expiresAt, `K6 call back ${id} stands in the line after its time`);
    expect(attempt === triesOf(ticket) + 1, `K5 call back ${id} counts its attempts wrong`);
    const isUsedUp = !limitsOf(command, ticket).some((max) => ticket.attempts < max);
    expect(!isUsedUp, `K5 call back ${id} is tried too often`);
    ticket.joinedAt ??= now;
    const { queueId, skills, effectiveStart, joinedAt, expiresAt: waitUntil } = ticket;
    model.standIn(now, standInOf(id), { queueId, skills, effectiveStart, joinedAt, waitUntil });
  };

  const dial = ({ now, expect }: Step, change: Of<'callback.dial'>): void => {
    const { callbackId: id, callerKey, until, attempt } = change;
    const ticket = tickets.get(id);
    if (!ticket) return expect(false, `K3 call back ${id} is dialled and was never made`);
    expect(stageOf(id) === 'offered', `K3 call back ${id} is dialled without an agent`);
    expect(ticket.callerKey === callerKey, `K3 call back ${id} dials somebody else`);
    expect(!ticket.isCancelled, `K6 call back ${id} was cancelled, and is dialled`);
    const isThere = ticket.live.size > 0 || standsInLine(ticket);
    expect(!isThere, `K7 call back ${id} is dialled, and its customer waits`);
    expect(attempt === triesOf(ticket) + 1, `K5 call back ${id} counts its attempts wrong`);
    expect(until > now, `K5 call back ${id} has an attempt without an end`);
    ticket.dialUntil = until;
  };

  const failed = ({ now, command, expect }: Step, change: Of<'callback.attemptFailed'>): void => {
    const { callbackId: id, agentId, cause, attempt, counted } = change;
    const ticket = tickets.get(id);
    const talksTo = model.calls.get(standInOf(id))?.talkingTo;
    expect(talksTo === agentId, `K5 an attempt of ${id} failed that was none`);
    if (!ticket) return;
    const queue = model.queuesEver.get(ticket.queueId);
    const rang = command.type === 'callback.failed' && command.rang;
    const isOwn = OWN_FAILURES.includes(cause) && !rang;
    expect(counted === !isOwn, `K5 an attempt of ${id} that failed by ${cause} is counted wrong`);
    if (isOwn) ticket.unrung++;
    else ticket.attempts++;
    expect(attempt === triesOf(ticket), `K5 call back ${id} counts its attempts wrong`);
    const retryMs = isOwn ? ownRetryMs(ticket.unrung) : (queue?.callbackRetryMs ?? 0);
    ticket.notBefore = now + retryMs;
    ticket.failedAt = now;
  };

  const paused = (
    { now, command, expect }: Step,
    { callbackId: id, callId }: Of<'callback.paused'>,
  ) => {
    const ticket = tickets.get(id);
    if (!ticket) return expect(false, `K7 call back ${id} is paused and was never made`);
    const call = model.calls.get(callId);
    const asked = call?.asked ?? (command.type === 'call.enqueue' ? command : undefined);
    const isTheirs = asked?.callId === callId && asked.callerKey === ticket.callerKey;
    expect(isTheirs, `K7 call back ${id} is paused for somebody else’s call ${callId}`);
    const isNew = call === undefined && !asked?.returns;
    const isMeant = isNew || concerns(now, ticket, callId);
    expect(isMeant, `K7 call back ${id} is for later, and ${callId} has not rung for it`);
    ticket.pausedFor = callId;
    model.mergedInto.set(standInOf(id), callId);
    if (!call) return model.startAt(callId, ticket.effectiveStart);
    call.effectiveStart = Math.min(call.effectiveStart, ticket.effectiveStart);
  };

  const resumed = ({ expect }: Step, { callbackId: id }: Of<'callback.resumed'>): void => {
    const ticket = tickets.get(id);
    const isGone = ticket?.pausedFor !== undefined && !model.calls.has(ticket.pausedFor);
    expect(isGone, `K7 call back ${id} stands again, and its customer’s call is there`);
    if (ticket) ticket.pausedFor = undefined;
  };

  /** By a call of any age: two places are not for one. */
  const standsInLine = ({ callerKey, queueId, cameTo }: AuditedTicket): boolean => {
    for (const call of model.calls.values()) {
      if (call.isStandIn || call.isDirected || call.asked.callerKey !== callerKey) continue;
      if (model.stageOf(call) === 'talking') continue;
      if (paths.get(call.id)?.some((id) => id === queueId || id === cameTo)) return true;
    }
    return false;
  };

  const ended = (step: Step, change: Ended): void => {
    const { now, command, expect } = step;
    const { callbackId: id, outcome, attempts } = change;
    const ticket = tickets.get(id);
    if (!ticket) return expect(false, `K1 call back ${id} ended twice`);
    const rung = ticket.attempts + (outcome === 'reached' ? 1 : 0);
    expect(attempts === rung, `K5 call back ${id} counts its attempts wrong`);
    tickets.delete(id);
    model.open.delete(id);
    const stage = stageOf(id);
    if (outcome === 'reached') {
      expect(stage === 'talking', `K4 call back ${id} was reached while ${stage}`);
      return;
    }
    // Whoever accepts may have the customer's own call, also if the ticket is over for another reason (rule K7).
    const [live] = ticket.live;
    if (live !== undefined) model.mergedInto.set(standInOf(id), live);
    const inHand =
      stage === 'talking' || (stage === 'offered' && command.type !== 'offer.answered');
    expect(!inHand, `K6 call back ${id} ended as ${outcome} while ${stage}`);
    if (outcome === 'expired') expect(now >= ticket.expiresAt, `K6 call back ${id} expired early`);
    if (outcome === 'failed') {
      const isUsedUp = limitsOf(command, ticket).some((max) => ticket.attempts >= max);
      expect(isUsedUp, `K5 call back ${id} was given up after ${ticket.attempts}`);
    }
    if (outcome === 'cancelled') {
      const isNow = command.type === 'callback.cancel' && command.callbackId === id;
      expect(
        isNow || ticket.isCancelled,
        `K6 call back ${id} was cancelled, and nobody asked for that`,
      );
    }
    if (outcome === 'queueGone') {
      const isGone = ticket.isQueueGone || !isConfigured(command, ticket.queueId);
      expect(isGone, `K8 call back ${id} ended as ${outcome}, and its queue is there`);
    }
  };

  /** The customer of a call back rings, or is sent on, to where it is from. */
  const rings = (
    callId: CallId,
    queueId: QueueId,
    callerKey: string | undefined,
    isMeant: (ticket: AuditedTicket) => boolean,
  ): void => {
    for (const [id, ticket] of tickets) {
      const isTheirs = ticket.callerKey === callerKey && isMeant(ticket);
      if (!isTheirs || ![ticket.queueId, ticket.cameTo].includes(queueId)) continue;
      ticket.live.add(callId);
      if (isInHand(id)) ticket.rungInHand.add(callId);
    }
  };

  /** Whoever comes back from an agent has not rung because of a promise for later. */
  const joins = ({ now, command }: Step, { callId, queueId }: Of<'call.queued'>): void => {
    paths.set(callId, [queueId]);
    if (command.type !== 'call.enqueue') return;
    const { callerKey, returns } = command;
    rings(callId, queueId, callerKey, ({ notBefore }) => !returns || notBefore <= now);
  };

  return {
    onChange(step, change) {
      switch (change.type) {
        case 'call.queued':
          return joins(step, change);
        case 'call.overflowed':
          paths.get(change.callId)?.push(change.queueId);
          return rings(
            change.callId,
            change.queueId,
            model.calls.get(change.callId)?.asked.callerKey,
            (ticket) => concerns(step.now, ticket, change.callId),
          );
        case 'call.ended':
          for (const { live } of tickets.values()) live.delete(change.callId);
          return;
        case 'call.left':
          for (const { live, rungInHand } of tickets.values()) {
            live.delete(change.callId);
            // Unanswered here: whatever becomes of them in another line that they are taken to is not of this promise.
            rungInHand.delete(change.callId);
          }
          if (change.outcome === 'callback') asking = model.calls.get(change.callId);
          return;
        case 'callback.made':
          return made(step, change);
        case 'callback.queued':
          return queued(step, change);
        case 'callback.paused':
          return paused(step, change);
        case 'callback.resumed':
          return resumed(step, change);
        case 'callback.dial':
          return dial(step, change);
        case 'callback.attemptFailed':
          return failed(step, change);
        case 'callback.ended':
          return ended(step, change);
        default:
      }
    },

    /** Nobody is forgotten: what is due stands in the line, and what is over is over. */
    onStep({ now, command, reply, expect }) {
      const cancelled = command.type === 'callback.cancel' && tickets.get(command.callbackId);
      if (cancelled && reply.ok) cancelled.isCancelled = true;
      for (const [id, ticket] of tickets) {
        const stage = stageOf(id);
        const { pausedFor } = ticket;
        ticket.isQueueGone ||= !model.queues.has(ticket.queueId);
        if (!isInHand(id)) ticket.rungInHand.clear();
        expect(
          isInHand(id) || !ticket.isCancelled,
          `K7 call back ${id} goes on, though it was cancelled`,
        );
        const isTwice = stage === 'waiting' && standsInLine(ticket);
        expect(!isTwice, `K7 call back ${id} stands in the line beside its customer`);
        if (pausedFor !== undefined) {
          expect(stage === 'scheduled', `K7 call back ${id} is paused and stands in the line`);
          expect(
            model.calls.has(pausedFor),
            `K7 call back ${id} is paused for ${pausedFor}, who has gone`,
          );
          continue;
        }
        if (stage === 'scheduled') {
          const rings = [...ticket.live].find((callId) => concerns(now, ticket, callId));
          expect(rings === undefined, `K7 call back ${id} does not stand aside for ${rings}`);
          expect(now < ticket.notBefore, `K2 call back ${id} is due and not in the line`);
        }
        if (stage === 'talking') {
          expect(now < ticket.dialUntil, `K5 call back ${id} is dialled without an end`);
        } else if (stage !== 'offered') {
          expect(now < ticket.expiresAt, `K6 call back ${id} has outlived its time`);
        }
      }
    },

    onEnd({ expect }) {
      for (const id of tickets.keys()) expect(false, `K1 call back ${id} has no end`);
    },
  };
};
