import type { Intention } from '../model/agent.ts';
import type { AgentId } from '../model/ids.ts';
import { endWrapUp, intend, intended, moveAgent, readyNow, setReachable } from './agents.ts';
import { wakeAlwaysOn } from './always-on.ts';
import type { Reply } from './commands.ts';
import { loseAgent, losePhone, offerOfAgent } from './offers.ts';
import { beginAnew, beginSession, isClosed, notReadyNow } from './presence.ts';
import { DONE, refuse } from './refusal.ts';
import type { Agent, Floor } from './state.ts';

/** Finds the agent and does what the command says, or says that there is no such agent. */
export function withAgent<C extends { readonly agentId: AgentId }>(
  floor: Floor,
  command: C,
  deed: (floor: Floor, agent: Agent, command: C) => Reply,
): Reply {
  const agent = floor.agents.get(command.agentId);
  if (!agent) return refuse('AGENT_UNKNOWN', `There is no agent ${command.agentId}.`);
  return deed(floor, agent, command);
}

/** Signing in again only takes back a sign-out that was asked for during a call. */
export function signIn(floor: Floor, agent: Agent): Reply {
  if (agent.removed) return refuse('AGENT_STATE', `Agent ${agent.id} is no longer configured.`);
  if (agent.state.kind !== 'offline') {
    if (agent.intention?.kind === 'offline') intend(floor, agent, undefined);
    return DONE;
  }
  if (isClosed(agent)) {
    return refuse('AGENT_STATE', `Agent ${agent.id} is always on, and outside their hours.`);
  }
  beginSession(floor, agent);
  moveAgent(floor, agent, notReadyNow(floor, agent, 'signedIn'));
  return DONE;
}

/** After-call work ends with a sign-out; a conversation and its after-call work come first (rule A4). */
export function signOut(floor: Floor, agent: Agent): Reply {
  agent.signedOutByHand = true;
  if (agent.state.kind === 'offline') return DONE;
  if (agent.state.kind === 'wrapUp') {
    agent.intention = { kind: 'offline' };
    endWrapUp(floor, agent);
    return DONE;
  }
  return goAway(floor, agent, { kind: 'offline' });
}

export function setNotReady(
  floor: Floor,
  agent: Agent,
  { reason }: { readonly reason: string },
): Reply {
  const { state } = agent;
  if (state.kind === 'offline') return notSignedIn(agent);
  if (agent.intention?.kind === 'offline') return DONE;
  if (state.kind === 'notReady' && state.reason === reason) return DONE;
  if (state.kind === 'wrapUp') {
    intend(floor, agent, { kind: 'notReady', reason });
    return DONE;
  }
  return goAway(floor, agent, { kind: 'notReady', reason });
}

/** Ready now; during a call, ready after it, whatever was asked for before. */
export function setReady(floor: Floor, agent: Agent): Reply {
  if (agent.state.kind === 'offline') return notSignedIn(agent);
  if (agent.removed) return refuse('AGENT_STATE', `Agent ${agent.id} is no longer configured.`);
  // A colleague rings them on a break, which ends with this.
  if (agent.state.kind === 'offered' && agent.intention) beginAnew(agent);
  intend(floor, agent, undefined);
  if (agent.state.kind === 'wrapUp') endWrapUp(floor, agent);
  if (agent.state.kind !== 'notReady') return DONE;
  beginAnew(agent);
  moveAgent(floor, agent, readyNow(floor));
  return DONE;
}

export function finishWrapUp(floor: Floor, agent: Agent): Reply {
  if (agent.state.kind !== 'wrapUp') {
    return refuse(
      'AGENT_STATE',
      `Agent ${agent.id} is ${agent.state.kind}, not in after-call work.`,
    );
  }
  endWrapUp(floor, agent);
  return DONE;
}

/** A phone that goes while it rings fails the offer; during a conversation it changes nothing (rule A5). */
export function setPhone(
  floor: Floor,
  agent: Agent,
  { reachable }: { readonly reachable: boolean },
): Reply {
  if (agent.reachable === reachable) return DONE;
  setReachable(floor, agent, reachable);
  const offer = offerOfAgent(floor, agent);
  if (offer && !reachable) losePhone(floor, offer);
  wakeAlwaysOn(floor, agent);
  return DONE;
}

/** At once, out of an offer too; after the conversation otherwise. */
function goAway(floor: Floor, agent: Agent, intention: Intention): Reply {
  const offer = offerOfAgent(floor, agent);
  if (offer) loseAgent(floor, offer, intended(floor, agent, intention));
  else if (agent.state.kind === 'talking') intend(floor, agent, intention);
  else moveAgent(floor, agent, intended(floor, agent, intention));
  return DONE;
}

const notSignedIn = (agent: Agent): Reply =>
  refuse('AGENT_STATE', `Agent ${agent.id} is not signed in.`);
