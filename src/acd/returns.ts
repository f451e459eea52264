import type { AgentState } from '../model/agent.ts';
import type { CallId } from '../model/ids.ts';
import { intended, moveAgent, readyNow } from './agents.ts';
import { unknownCall } from './call-commands.ts';
import type { Reply, ReturnCause } from './commands.ts';
import { consequenceOf } from './consequences.ts';
import { leaveQueue } from './leaving.ts';
import { giveBack } from './ledger.ts';
import { takeBack } from './offers.ts';
import { DONE, refuse } from './refusal.ts';
import { uncountAnswered } from './service-level.ts';
import type { Agent, Call, Floor } from './state.ts';

/** So many bridges may fail; with this one the call does (rule C7). */
export const BRIDGES_FAILED_MAX = 3;

/** The agent answered and nobody could speak: the caller has their old place again (rule C7). */
export function returnCall(floor: Floor, callId: CallId, cause: ReturnCause): Reply {
  const call = floor.calls.get(callId);
  if (!call) return unknownCall(callId);
  if (call.stage.kind !== 'talking') {
    return refuse('CALL_STATE', `Call ${callId} is ${call.stage.kind}: no bridge of it can fail.`);
  }
  const { agentId, since } = call.stage;
  const agent = floor.agents.get(agentId);
  if (!agent) throw new Error(`Call ${callId} is talked to by nobody.`);
  floor.changes.push({ type: 'call.returned', callId, queueId: call.queue.id, agentId, cause });
  uncountAnswered(call, since);
  giveBack(floor, agent, call);
  freeAgent(floor, agent, call, cause);
  call.bridgesFailed++;
  if (call.bridgesFailed >= BRIDGES_FAILED_MAX) leaveQueue(floor, call, 'failed');
  else putBack(floor, call);
  return DONE;
}

/** No interaction: no after-call work, and idle since when they were idle before (rules A6 and R2). */
function freeAgent(floor: Floor, agent: Agent, call: Call, cause: ReturnCause): void {
  const { intention } = agent;
  agent.intention = undefined;
  // It counts for nothing: neither as a call nor for how long calls take (rules R7 and E2).
  agent.handling = undefined;
  agent.callsTaken--;
  const free = freeState(floor, agent, call, cause);
  moveAgent(floor, agent, intention ? intended(floor, agent, intention) : free);
}

/** A leg that died is a phone that cannot be had (F4); what our own media refused is nobody's fault. */
const freeState = (floor: Floor, agent: Agent, call: Call, cause: ReturnCause): AgentState =>
  cause === 'agentLost' ? consequenceOf(floor, agent, call, 'unreachable') : readyNow(floor);

/** In a queue that closes there may be nobody left to wait for (rule G3). */
function putBack(floor: Floor, call: Call): void {
  const { queue } = call;
  if (queue.closing && queue.members === 0) call.waitUntil = Math.min(call.waitUntil, floor.now);
  takeBack(floor, call);
}
