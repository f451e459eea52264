import type { AgentConfig, CasualTerms } from '../model/agent.ts';
import type { CasualThreshold, OverflowRule, QueueConfig, RelaxationStep } from '../model/queue.ts';
import { copySkills } from './skills.ts';

/** Copies in one fixed order of keys: equal configurations give equal bytes, and nobody can change ours. */
export function copyQueue(queue: QueueConfig): QueueConfig {
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

export function copyAgent(agent: AgentConfig): AgentConfig {
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
