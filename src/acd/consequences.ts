import { never } from '../lib/result.ts';
import type { AgentState } from '../model/agent.ts';
import { intended, moveAgent, readyNow } from './agents.ts';
import type { OfferFailure } from './commands.ts';
import { notReadyNow } from './presence.ts';
import type { Agent, Call, Floor } from './state.ts';

/** An agent who failed a call is passed over for it at least this long: others first (rule O5). */
export const PASS_OVER_MS = 10_000;

/** Nobody fails more calls than this within their pauses; the oldest is forgotten first. */
const PASSED_OVER_MAX = 64;

/** What a failed offer does to the agent (rules F1 to F4): four causes, four consequences. */
export function consequenceOf(
  floor: Floor,
  agent: Agent,
  call: Call,
  cause: OfferFailure,
): AgentState {
  agent.failures = { ...agent.failures, [cause]: agent.failures[cause] + 1 };
  const { rejectDelayMs, busyDelayMs, unreachableDelayMs } = call.queue.config;
  switch (cause) {
    case 'noAnswer':
      return afterMiss(floor, agent, call);
    case 'rejected':
      // Whoever presses a key is at their desk.
      agent.misses = 0;
      return afterPause(floor, agent, call, rejectDelayMs);
    case 'busy':
      return afterPause(floor, agent, call, busyDelayMs);
    case 'unreachable':
      return afterPause(floor, agent, call, unreachableDelayMs);
    default:
      return never(cause);
  }
}

/**
 * The agent had answered and nobody spoke: no call, no after-call work, and idle since when they were idle before
 * (rules A6, R2 and R7). A leg that died (`lost`) is a phone that cannot be had (F4); all else is nobody's fault.
 */
export function freeUnspoken(floor: Floor, agent: Agent, call: Call, lost: boolean): void {
  const { intention } = agent;
  agent.intention = undefined;
  agent.handling = undefined;
  const free = lost ? consequenceOf(floor, agent, call, 'unreachable') : readyNow(floor);
  moveAgent(floor, agent, intention ? intended(floor, agent, intention) : free);
}

function afterMiss(floor: Floor, agent: Agent, call: Call): AgentState {
  passOver(floor, agent, call, 0);
  agent.misses++;
  if (agent.misses < call.queue.config.missesMax) return readyNow(floor);
  return notReadyNow(floor, agent, 'rna');
}

function afterPause(floor: Floor, agent: Agent, call: Call, pauseMs: number): AgentState {
  passOver(floor, agent, call, pauseMs);
  agent.pausedUntil = floor.now + pauseMs;
  return readyNow(floor);
}

function passOver(floor: Floor, agent: Agent, call: Call, pauseMs: number): void {
  const until = floor.now + Math.max(PASS_OVER_MS, pauseMs);
  const others = agent.passedOver.filter(({ callId }) => callId !== call.id);
  agent.passedOver = [...others, { callId: call.id, until }].slice(-PASSED_OVER_MAX);
}
