import type { CallId } from '../model/ids.ts';
import type { Reply, ReturnCause } from './commands.ts';
import { freeUnspoken } from './consequences.ts';
import { findCall, talkOf, unknownCall } from './find-call.ts';
import { leaveQueue } from './leaving.ts';
import { giveBack } from './ledger.ts';
import { takeBack } from './offers.ts';
import { DONE, refuse } from './refusal.ts';
import { uncountAnswered } from './service-level.ts';
import type { Call, Floor } from './state.ts';
import { mergeCall } from './tickets.ts';

/** So many bridges may fail; with this one the call does (rule C7). */
export const BRIDGES_FAILED_MAX = 3;

/** The agent answered and nobody could speak: the caller has their old place again (rule C7). */
export function returnCall(floor: Floor, callId: CallId, cause: ReturnCause): Reply {
  const call = findCall(floor, callId);
  if (!call) return unknownCall(callId);
  const talk = talkOf(call);
  if (!talk) {
    return refuse('CALL_STATE', `Call ${callId} is ${call.stage.kind}: no bridge of it can fail.`);
  }
  const { agent, since } = talk;
  const { id: agentId } = agent;
  floor.changes.push({ type: 'call.returned', callId, queueId: call.queue.id, agentId, cause });
  if (!call.rungBack && !call.directed) uncountAnswered(call, since);
  call.rungBack = false;
  giveBack(floor, agent, call);
  agent.callsTaken--;
  freeUnspoken(floor, agent, call, cause === 'agentLost' && !call.directed);
  call.bridgesFailed++;
  if (call.bridgesFailed >= BRIDGES_FAILED_MAX) leaveQueue(floor, call, 'failed');
  else putBack(floor, call);
  return DONE;
}

/**
 * In a queue that closes there may be nobody left to wait for (rule G3); and whatever its rules of overflow are by now,
 * they have not been asked while the call was talked to (rules V2 and V6).
 */
function putBack(floor: Floor, call: Call): void {
  const { queue } = call;
  call.overflowAt = Math.min(call.overflowAt, floor.now);
  if (queue.closing && queue.members === 0) call.waitUntil = Math.min(call.waitUntil, floor.now);
  for (const id of [queue.id, ...call.visited]) mergeCall(floor, call, id);
  takeBack(floor, call);
}
