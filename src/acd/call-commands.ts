import type { CallId, OfferId, QueueId } from '../model/ids.ts';
import { PRIORITY_DEFAULT, PRIORITY_MAX, PRIORITY_MIN } from '../model/queue.ts';
import { endInteraction } from './agents.ts';
import { noteArrival } from './arrivals.ts';
import { admitCall, forgetCall, positionOf } from './calls.ts';
import type { Command, Reply } from './commands.ts';
import { NEVER } from './deadlines.ts';
import { laneFor } from './lanes.ts';
import { leaveQueue } from './leaving.ts';
import { findOffer, type LiveOffer, offerOfCall, releaseOffer } from './offers.ts';
import { keepPlace, takePlace } from './places.ts';
import { preferredUntil } from './preferred.ts';
import { DONE, refuse } from './refusal.ts';
import { type Call, type Floor, type Queue, WAITING } from './state.ts';
import { skillProblem } from './validate.ts';
import { isWithin } from './within.ts';

const CALLER_KEY_LENGTH_MAX = 64;

const NOWHERE: readonly QueueId[] = [];

type Enqueue = Extract<Command, { type: 'call.enqueue' }>;

/** A new call joins the line (rules R1 and C1). */
export function enqueue(floor: Floor, command: Enqueue): Reply {
  const { callId, queueId, priority, callerKey } = command;
  const queue = floor.queues.get(queueId);
  if (!queue || queue.closing) return refuse('QUEUE_UNKNOWN', `There is no queue ${queueId}.`);
  if (floor.calls.has(callId)) return refuse('CALL_STATE', `Call ${callId} is queued already.`);
  if (!isWithin(priority, PRIORITY_MIN, PRIORITY_MAX)) {
    return refuse(
      'PRIORITY_RANGE',
      `Priority ${priority} is not ${PRIORITY_MIN} to ${PRIORITY_MAX}.`,
    );
  }
  const problem = skillProblem(command.requiredSkills);
  if (problem !== undefined) return refuse('SKILL_RANGE', `Call ${callId}: ${problem}`);
  if (callerKey !== undefined && !isWithin(callerKey.length, 1, CALLER_KEY_LENGTH_MAX)) {
    return refuse('CALLER_KEY_RANGE', `Call ${callId}: the caller's key is empty, or too long.`);
  }
  if (queue.inLine.size >= queue.config.lengthMax) {
    return refuse('QUEUE_FULL', `Queue ${queueId} has its ${queue.config.lengthMax} callers.`);
  }
  const call = createCall(floor, queue, command);
  admitCall(floor, call);
  const position = positionOf(call) ?? 1;
  noteArrival(floor, call, position);
  const regained = call.regained ? ({ regained: true } as const) : {};
  floor.changes.push({ type: 'call.queued', callId, queueId, position, ...regained });
  return DONE;
}

/** The caller hung up before anybody answered. */
export function abandon(floor: Floor, callId: CallId): Reply {
  const call = floor.calls.get(callId);
  if (!call) return unknownCall(callId);
  if (call.stage.kind === 'talking') {
    return refuse('CALL_STATE', `Call ${callId} is being talked to: it can end, not be abandoned.`);
  }
  const offer = offerOfCall(floor, call);
  if (offer) releaseOffer(floor, offer);
  keepPlace(floor, call);
  const isShort = floor.now - call.queuedAt < call.queue.config.shortAbandonMs;
  leaveQueue(floor, call, isShort ? 'shortAbandon' : 'abandoned');
  return DONE;
}

/** The conversation is over, whoever ended it. */
export function endCall(floor: Floor, callId: CallId): Reply {
  const call = floor.calls.get(callId);
  if (!call) return unknownCall(callId);
  if (call.stage.kind !== 'talking') {
    return refuse('CALL_STATE', `Call ${callId} is ${call.stage.kind}: nobody talks to it.`);
  }
  const { agentId, since } = call.stage;
  const agent = floor.agents.get(agentId);
  if (!agent) throw new Error(`Call ${callId} is talked to by nobody.`);
  const { queue } = call;
  forgetCall(floor, call);
  const talkMs = floor.now - since;
  agent.talkedMs += talkMs;
  floor.changes.push({ type: 'call.ended', callId, queueId: queue.id, agentId, talkMs });
  endInteraction(floor, agent, queue);
  return DONE;
}

/** Finds the open offer and does it; an offer that is over cannot be answered or failed (rule O2). */
export function withOffer(floor: Floor, id: OfferId, deed: (offer: LiveOffer) => void): Reply {
  const offer = findOffer(floor, id);
  if (!offer) return refuse('OFFER_UNKNOWN', `Offer ${id} is not open.`);
  deed(offer);
  return DONE;
}

function createCall(floor: Floor, queue: Queue, command: Enqueue): Call {
  const { now } = floor;
  const { priorityLevelMs, waitMsMax, announceFirstMs } = queue.config;
  const lane = laneFor(floor, queue, command.requiredSkills);
  const ownStart = now - (command.priority - PRIORITY_DEFAULT) * priorityLevelMs;
  const { callerKey, preferredAgentId } = command;
  const regained = callerKey === undefined ? undefined : takePlace(floor, queue.id, callerKey);
  return {
    kind: 'call',
    id: command.callId,
    seq: ++floor.seq,
    queue,
    visited: NOWHERE,
    priority: command.priority,
    requiredSkills: lane.requiredSkills,
    preferredAgentId,
    preferredUntil: preferredUntil(floor, queue, preferredAgentId),
    callerKey,
    regained: regained !== undefined,
    queuedAt: now,
    effectiveStart: Math.min(ownStart, regained ?? ownStart),
    joinedAt: now,
    overflowAt: queue.config.overflow.length === 0 ? NEVER : now,
    waitUntil: now + waitMsMax,
    announceAt: now + announceFirstMs,
    told: undefined,
    bridgesFailed: 0,
    stage: WAITING,
    lane,
    fresh: false,
    dueAt: NEVER,
    entryAt: NEVER,
  };
}

export const unknownCall = (callId: CallId): Reply =>
  refuse('CALL_UNKNOWN', `There is no call ${callId} in any queue.`);
