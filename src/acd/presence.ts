import { type AgentState, UNREACHABLE_SIGN_OUT_MS } from '../model/agent.ts';
import { NO_FAILURES } from './create-floor.ts';
import { NEVER } from './deadlines.ts';
import type { Agent, Floor } from './state.ts';

/** Who is always on and has missed a call is asked again after this long: nobody there can say "ready". */
export const RNA_RETURN_MS = 900_000;

export const isAlwaysOn = ({ config }: Agent): boolean => config.casual?.alwaysOn === true;

/** Not ready, with an end where the agent's own word is not enough (rules A8 and A9). */
export function notReadyNow(floor: Floor, agent: Agent, reason: string): AgentState {
  const { notReadyMsMax } = agent.config;
  const limitMs = notReadyMsMax ?? (isAlwaysOn(agent) && reason === 'rna' ? RNA_RETURN_MS : NEVER);
  const until = floor.now + limitMs;
  return { kind: 'notReady', since: floor.now, reason, ...(until === NEVER ? {} : { until }) };
}

/** When a rule of presence will take effect on the agent; NEVER: only they themselves can change anything. */
export function presenceEndsAt(floor: Floor, agent: Agent): number {
  const { state } = agent;
  if (state.kind !== 'ready' && state.kind !== 'notReady') return NEVER;
  if (isClosed(agent)) return floor.now;
  const own = (state.kind === 'notReady' && state.until) || NEVER;
  return agent.reachable ? own : Math.min(own, signOutAt(agent));
}

/** What a rule makes of the agent now; undefined: nothing. */
export function presenceDue(floor: Floor, agent: Agent): AgentState | undefined {
  if (presenceEndsAt(floor, agent) > floor.now) return undefined;
  if (isClosed(agent)) return { kind: 'offline', since: floor.now, reason: 'hours' };
  if (!agent.reachable && signOutAt(agent) <= floor.now) {
    return { kind: 'offline', since: floor.now, reason: 'noPhone' };
  }
  if (isAlwaysOn(agent)) return { kind: 'ready', since: floor.now };
  return { kind: 'offline', since: floor.now, reason: 'notReadyTooLong' };
}

/** Nothing is held against whoever signs in or says ready (rule F5). */
export function beginAnew(agent: Agent): void {
  agent.misses = 0;
  agent.pausedUntil = 0;
}

export function beginSession(floor: Floor, agent: Agent): void {
  beginAnew(agent);
  agent.idleSince = floor.now;
  agent.callsTaken = 0;
  agent.talkedMs = 0;
  agent.failures = NO_FAILURES;
  agent.signedOutByHand = false;
  if (!agent.reachable) agent.phoneLostAt = floor.now;
}

/** Their hours are over, and they are signed in because of them. */
export const isClosed = (agent: Agent): boolean =>
  agent.ledger?.isOpen === false && isAlwaysOn(agent);

const signOutAt = ({ config, phoneLostAt }: Agent): number =>
  phoneLostAt + (config.unreachableSignOutMs ?? UNREACHABLE_SIGN_OUT_MS);
