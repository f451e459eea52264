import type { AgentConfig, CasualTerms } from '../model/agent.ts';
import type { CasualThreshold, OverflowRule, QueueConfig, RelaxationStep } from '../model/queue.ts';
import { intend, intended, moveAgent } from './agents.ts';
import { wakeAlwaysOn } from './always-on.ts';
import { refreshCall } from './calls.ts';
import type { Reply } from './commands.ts';
import { createAgent, createQueue } from './create-floor.ts';
import { keepLedger } from './ledger.ts';
import { linkMembers } from './membership.ts';
import { loseAgent, offerOfAgent } from './offers.ts';
import { judgeAll } from './overflow.ts';
import { forgetQueueIfDone } from './queues.ts';
import { DONE, refuse } from './refusal.ts';
import { copySkills } from './skills.ts';
import type { Agent, Floor, Queue } from './state.ts';
import { endTicket, isInHand } from './tickets.ts';
import { problemsOf } from './validate.ts';
import { zoneProblems } from './validate-people.ts';

/** Takes the whole configuration, or none of it; nobody who waits or talks notices (rules G1 to G4). */
export function configure(
  floor: Floor,
  queues: readonly QueueConfig[],
  agents: readonly AgentConfig[],
  zone = 'UTC',
): Reply {
  const problems = [...zoneProblems(zone), ...problemsOf(queues, agents)];
  if (problems.length > 0) return refuse('CONFIG_INVALID', problems.join(' '));
  floor.zone = zone;
  closeQueues(floor, new Set(queues.map(({ id }) => id)));
  endCallbacks(floor);
  for (const config of queues) configureQueue(floor, copyQueue(config));
  removeAgents(floor, new Set(agents.map(({ id }) => id)));
  for (const config of agents) configureAgent(floor, copyAgent(config));
  linkMembers(floor);
  floor.staffing++;
  for (const agent of [...floor.agents.values()]) wakeAlwaysOn(floor, agent);
  for (const queue of [...floor.queues.values()]) {
    forgetQueueIfDone(floor, queue);
    if (queue.closing && queue.members === 0) sendCallersOn(floor, queue);
  }
  return DONE;
}

/** The agents of a queue that closes go on serving it until its last call is over. */
function closeQueues(floor: Floor, kept: ReadonlySet<string>): void {
  for (const queue of floor.queues.values()) {
    if (kept.has(queue.id) || queue.closing) continue;
    queue.closing = true;
    for (const agent of floor.agents.values()) {
      if (agent.memberOf.includes(queue)) agent.lingersIn = [...agent.lingersIn, queue.id];
    }
  }
}

/** Nobody is promised what a queue that is gone cannot keep; what an agent has in hand is finished (rule K8). */
function endCallbacks(floor: Floor): void {
  for (const ticket of [...floor.tickets.values()]) {
    if (!ticket.queue.closing || ticket.endingAs !== undefined) continue;
    if (isInHand(ticket)) ticket.endingAs = 'queueGone';
    else endTicket(floor, ticket, 'queueGone');
  }
}

function configureQueue(floor: Floor, config: QueueConfig): void {
  const queue = floor.queues.get(config.id);
  if (!queue) {
    const watch = { seq: ++floor.seq, unstaffedSince: undefined, unavailableSince: undefined };
    floor.queues.set(config.id, createQueue(config, watch, ++floor.seq));
    return;
  }
  const sameRules = JSON.stringify(queue.config.overflow) === JSON.stringify(config.overflow);
  queue.config = config;
  if (!sameRules) judgeAll(floor, queue);
  if (!queue.closing) return;
  queue.closing = false;
  for (const agent of floor.agents.values()) {
    agent.lingersIn = agent.lingersIn.filter((id) => id !== queue.id);
  }
}

function configureAgent(floor: Floor, config: AgentConfig): void {
  const agent = floor.agents.get(config.id);
  if (!agent) {
    const created = createAgent(config, ++floor.seq, floor.now);
    floor.agents.set(config.id, created);
    keepLedger(floor, created, undefined);
    return;
  }
  const before = agent.config;
  agent.config = config;
  keepLedger(floor, agent, before);
  if (!agent.removed) return;
  agent.removed = false;
  agent.intention = undefined;
}

/** A removed agent finishes the call and the after-call work in progress, and nothing else. */
function removeAgents(floor: Floor, kept: ReadonlySet<string>): void {
  for (const agent of [...floor.agents.values()]) {
    if (kept.has(agent.id) || agent.removed) continue;
    agent.removed = true;
    signOff(floor, agent);
  }
}

function signOff(floor: Floor, agent: Agent): void {
  const offline = intended(floor, agent, { kind: 'offline' });
  const offer = offerOfAgent(floor, agent);
  if (offer) loseAgent(floor, offer, offline);
  else if (agent.state.kind === 'talking' || agent.state.kind === 'wrapUp') {
    intend(floor, agent, { kind: 'offline' });
  } else if (agent.state.kind === 'offline') floor.agents.delete(agent.id);
  else moveAgent(floor, agent, offline);
}

/** Nobody is left who could serve them: they leave by the queue's time limit, which is now. */
function sendCallersOn(floor: Floor, queue: Queue): void {
  for (const call of queue.inLine) {
    call.waitUntil = Math.min(call.waitUntil, floor.now);
    refreshCall(floor, call);
  }
}

/** Copies in one fixed order of keys: equal configurations give equal bytes, and nobody can change ours. */
function copyQueue(queue: QueueConfig): QueueConfig {
  return {
    id: queue.id,
    name: queue.name,
    strategy: queue.strategy,
    requiredSkills: copySkills(queue.requiredSkills),
    relaxation: queue.relaxation.map(copyStep),
    ringAgentsMax: queue.ringAgentsMax,
    ringNextMs: queue.ringNextMs,
    preferredWaitMs: queue.preferredWaitMs,
    activeMax: queue.activeMax,
    ringTimeoutMs: queue.ringTimeoutMs,
    wrapUpMs: queue.wrapUpMs,
    handleTimeMs: queue.handleTimeMs,
    priorityLevelMs: queue.priorityLevelMs,
    serviceLevelMs: queue.serviceLevelMs,
    shortAbandonMs: queue.shortAbandonMs,
    regainMs: queue.regainMs,
    announceFirstMs: queue.announceFirstMs,
    announceEveryMs: queue.announceEveryMs,
    announcePositionMax: queue.announcePositionMax,
    announceWaitMsMax: queue.announceWaitMsMax,
    waitMsMax: queue.waitMsMax,
    lengthMax: queue.lengthMax,
    missesMax: queue.missesMax,
    rejectDelayMs: queue.rejectDelayMs,
    busyDelayMs: queue.busyDelayMs,
    unreachableDelayMs: queue.unreachableDelayMs,
    casualIn: copyThreshold(queue.casualIn),
    casualOut: copyThreshold(queue.casualOut),
    callbackEnabled: queue.callbackEnabled,
    callbackAttemptsMax: queue.callbackAttemptsMax,
    callbackRetryMs: queue.callbackRetryMs,
    callbackExpireMs: queue.callbackExpireMs,
    callbackDialMs: queue.callbackDialMs,
    callbackFirst: queue.callbackFirst,
    callbackConfirm: queue.callbackConfirm,
    overflow: queue.overflow.map(copyRule),
    keepsWait: queue.keepsWait,
    music: queue.music,
  };
}

function copyRule(rule: OverflowRule): OverflowRule {
  const to = 'queue' in rule.to ? { queue: rule.to.queue } : { exit: rule.to.exit };
  switch (rule.when) {
    case 'maxWait':
    case 'maxEwt':
      return { when: rule.when, ms: rule.ms, to };
    case 'maxLength':
      return { when: rule.when, over: rule.over, to };
    default:
      return { when: rule.when, forMs: rule.forMs, to };
  }
}

const copyStep = ({ afterMs, lowerLevels, dropSkills, addGroups }: RelaxationStep) => ({
  afterMs,
  ...(lowerLevels === undefined ? {} : { lowerLevels }),
  ...(dropSkills === undefined ? {} : { dropSkills: [...dropSkills] }),
  ...(addGroups === undefined ? {} : { addGroups: [...addGroups] }),
});

const copyThreshold = ({ ewtMs, serviceLevel }: CasualThreshold): CasualThreshold => ({
  ewtMs,
  serviceLevel,
});

function copyAgent(agent: AgentConfig): AgentConfig {
  const { team, groupIds, queueRanks, zone, casual } = agent;
  const { dailyCallsMax, notReadyMsMax, unreachableSignOutMs } = agent;
  return {
    id: agent.id,
    name: agent.name,
    extension: agent.extension,
    skills: copySkills(agent.skills),
    queueIds: [...new Set(agent.queueIds)],
    ...(team === undefined ? {} : { team }),
    ...(groupIds === undefined ? {} : { groupIds: [...new Set(groupIds)] }),
    ...(queueRanks === undefined ? {} : { queueRanks: copySkills(queueRanks) }),
    ...(zone === undefined ? {} : { zone }),
    ...(casual === undefined ? {} : { casual: copyTerms(casual) }),
    ...(dailyCallsMax === undefined ? {} : { dailyCallsMax }),
    ...(notReadyMsMax === undefined ? {} : { notReadyMsMax }),
    ...(unreachableSignOutMs === undefined ? {} : { unreachableSignOutMs }),
  };
}

const copyTerms = ({ monthlyCap, hours, alwaysOn }: CasualTerms): CasualTerms => ({
  monthlyCap,
  ...(hours === undefined
    ? {}
    : { hours: hours.map(({ days, from, to }) => ({ days: [...new Set(days)], from, to })) }),
  ...(alwaysOn === undefined ? {} : { alwaysOn }),
});
