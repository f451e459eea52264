import { never } from '../lib/result.ts';
import type { AgentState, AgentStateKind, Intention } from '../model/agent.ts';
import { releaseOwn } from './calls.ts';
import { NO_CALLS, NOWHERE } from './create-floor.ts';
import { NEVER } from './deadlines.ts';
import { observeAgent } from './handle-times.ts';
import { setFree, toRoute } from './idle.ts';
import { mayHelp, mayHelpYet } from './ledger.ts';
import { isAtWork } from './preferred.ts';
import { beginAnew, notReadyNow, presenceDue, presenceEndsAt } from './presence.ts';
import { dropStaffing, refreshStaffing } from './staffing.ts';
import type { Agent, Floor, Queue } from './state.ts';

/*
 *        ┌───────── always on: phone and hours ──────────┐
 *        │        signIn                     ready       ▼
 *     offline ─────────────▶ notReady ─────────────────▶ ready
 *        ▲                    ▲  ▲  ▲                    │  ▲ ▲
 *        │ signOut from       │  │  └── notReady ────────┤  │ │
 *        │ anywhere but       │  │                 offer │  │ │ rejected, busy, unreachable,
 *        │ talking (then      │  └─ missesMax, notReady   ▼  │ │ a miss, caller left
 *        │ afterwards)        └─────────────────────── offered┘ │
 *        │                                                │     │
 *        │                          after what was        │ answered
 *        │                          asked for meanwhile   ▼     │
 *        ├───────────────── wrapUp ◀─── call.ended ─── talking  │
 *        │                     └── deadline, wrapUpDone ────────┘
 *        └── ready or notReady without a phone for too long; notReady past its end; hours over (presence.ts)
 *
 * offered ends at the offer's deadline, wrapUp at its own, talking with the call: nobody can be stuck (A1).
 */
const TRANSITIONS: Readonly<Record<AgentStateKind, readonly AgentStateKind[]>> = {
  offline: ['notReady', 'ready'],
  notReady: ['notReady', 'ready', 'offline', 'offered'],
  ready: ['offered', 'notReady', 'offline'],
  offered: ['talking', 'ready', 'notReady', 'offline'],
  talking: ['wrapUp', 'ready', 'notReady', 'offline'],
  wrapUp: ['ready', 'notReady', 'offline'],
};

/** The one place that sets an agent's state: figures, deadline, idle lists and the change follow from it. */
export function moveAgent(floor: Floor, agent: Agent, to: AgentState): void {
  const from = agent.state;
  if (!TRANSITIONS[from.kind].includes(to.kind)) {
    throw new Error(`Agent ${agent.id} cannot go from ${from.kind} to ${to.kind}.`);
  }
  agent.state = to;
  observeAgent(floor, agent, from, to);
  // A signature more or less counts for the queues' watches like any change of staff.
  if (countAgent(agent)) floor.staffing++;
  floor.changes.push({ type: 'agent.changed', agentId: agent.id, from, to });
  if (agent.removed && to.kind === 'offline') forgetAgent(floor, agent);
  else refreshAgent(floor, agent);
}

export const isSignedIn = (agent: Agent): boolean => agent.state.kind !== 'offline';

/** Whether the agent can be offered a call at this moment. */
export const isAvailable = (floor: Floor, agent: Agent): boolean =>
  agent.state.kind === 'ready' && agent.reachable && agent.pausedUntil <= floor.now;

/** Whether the agent may have calls of this queue at this moment. */
export const mayServe = (floor: Floor, agent: Agent, queue: Queue): boolean =>
  isAvailable(floor, agent) && mayHelp(agent, queue);

/** Puts the agent's deadline and what they are free for right, after anything about them changed. */
export function refreshAgent(floor: Floor, agent: Agent): void {
  floor.deadlines.set(agent, deadlineOf(floor, agent));
  refreshStaffing(floor, agent);
  releaseOwns(floor, agent);
  const freeIn = freeNow(floor, agent);
  if (freeIn !== agent.freeIn) setFree(floor, agent, freeIn);
}

/** Whoever has no limits is free in all of their queues, or in none. */
function freeNow(floor: Floor, agent: Agent): readonly Queue[] {
  if (!isAvailable(floor, agent)) return NOWHERE;
  return agent.ledger ? agent.queues.filter((queue) => mayHelp(agent, queue)) : agent.queues;
}

/** For an agent who cannot come nobody waits alone. */
function releaseOwns(floor: Floor, agent: Agent): void {
  for (const lane of agent.ownLanes) {
    if (!isAtWork(agent) || !mayHelpYet(agent, lane.queue)) releaseOwn(floor, lane);
  }
}

/** Reachability counts in the queues' figures like a state. */
export function setReachable(floor: Floor, agent: Agent, reachable: boolean): void {
  agent.reachable = reachable;
  if (!reachable) agent.phoneLostAt = floor.now;
  countAgent(agent);
  refreshAgent(floor, agent);
}

/** The agent is in a free state again: what they asked for meanwhile, else ready. */
export function releaseAgent(floor: Floor, agent: Agent): void {
  const { intention } = agent;
  agent.intention = undefined;
  moveAgent(floor, agent, intention ? intended(floor, agent, intention) : readyNow(floor));
}

export const readyNow = (floor: Floor): AgentState => ({ kind: 'ready', since: floor.now });

export function intended(floor: Floor, agent: Agent, intention: Intention): AgentState {
  switch (intention.kind) {
    case 'offline':
      return { kind: 'offline', since: floor.now };
    case 'notReady':
      return notReadyNow(floor, agent, intention.reason);
    default:
      return never(intention);
  }
}

/** What the agent will be after the call in hand; undefined: ready. */
export function intend(floor: Floor, agent: Agent, intention: Intention | undefined): void {
  const { id: agentId, intention: before } = agent;
  agent.intention = intention;
  // It counts for the staffing at once (rule EW3).
  refreshStaffing(floor, agent);
  if (JSON.stringify(before) === JSON.stringify(intention)) return;
  floor.changes.push({ type: 'agent.intends', agentId, ...(intention ? { intention } : {}) });
}

/** A conversation is over: after-call work if the queue gives any, and the agent is idle from its end. */
export function endInteraction(floor: Floor, agent: Agent, queue: Queue): void {
  if (agent.state.kind !== 'talking') throw new Error(`Agent ${agent.id} is not talking.`);
  agent.idleSince = floor.now;
  const { wrapUpMs } = queue.config;
  const { callId } = agent.state;
  const until = floor.now + wrapUpMs;
  if (wrapUpMs === 0) releaseAgent(floor, agent);
  else moveAgent(floor, agent, { kind: 'wrapUp', since: floor.now, until, callId });
}

export function endWrapUp(floor: Floor, agent: Agent): void {
  agent.idleSince = floor.now;
  releaseAgent(floor, agent);
}

/** After-call work is over, or a pause, or a call may be offered again, or a rule of presence takes effect. */
export function fireAgent(floor: Floor, agent: Agent): void {
  const passedOver = agent.passedOver.filter(({ until }) => until > floor.now);
  agent.passedOver = passedOver.length === 0 ? NO_CALLS : passedOver;
  const ruled = presenceDue(floor, agent);
  if (agent.state.kind === 'wrapUp' && agent.state.until <= floor.now) endWrapUp(floor, agent);
  else if (ruled) takePresence(floor, agent, ruled);
  else refreshAgent(floor, agent);
  if (agent.freeIn.length > 0) toRoute(floor, agent);
}

function deadlineOf(floor: Floor, agent: Agent): number {
  let due = agent.state.kind === 'wrapUp' ? agent.state.until : presenceEndsAt(floor, agent);
  if (agent.pausedUntil > floor.now) due = Math.min(due, agent.pausedUntil);
  for (const { until } of agent.passedOver) due = Math.min(due, until);
  return due;
}

/** Signed out by rule, or ready again; nothing is held against whoever comes back. */
function takePresence(floor: Floor, agent: Agent, to: AgentState): void {
  if (to.kind === 'ready') beginAnew(agent);
  moveAgent(floor, agent, to);
}

/** Puts the figures of the agent's queues right. True: they have signed in or out. */
export function countAgent(agent: Agent): boolean {
  const signedIn = isSignedIn(agent) ? 1 : 0;
  const ready = agent.state.kind === 'ready' && agent.reachable ? 1 : 0;
  const moreSignedIn = signedIn - agent.countedSignedIn;
  const moreReady = ready - agent.countedReady;
  if (moreSignedIn === 0 && moreReady === 0) return false;
  agent.countedSignedIn = signedIn;
  agent.countedReady = ready;
  for (const queue of agent.memberOf) {
    queue.agentsSignedIn += moreSignedIn;
    queue.agentsReady += moreReady;
  }
  return moreSignedIn !== 0;
}

function forgetAgent(floor: Floor, agent: Agent): void {
  floor.deadlines.set(agent, NEVER);
  dropStaffing(floor, agent);
  setFree(floor, agent, NOWHERE);
  for (const lane of agent.ownLanes) releaseOwn(floor, lane);
  for (const queue of agent.memberOf) queue.members--;
  agent.memberOf = NOWHERE;
  floor.agents.delete(agent.id);
}
