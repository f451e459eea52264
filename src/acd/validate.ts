import { DAY_MS } from '../lib/clock.ts';
import { atOnce, type InSteps } from '../lib/slices.ts';
import type { AgentConfig, Skills } from '../model/agent.ts';
import { type QueueConfig, STRATEGIES } from '../model/queue.ts';
import { overflowProblems } from './validate-overflow.ts';
import { limitProblems, rankProblems, thresholdProblems } from './validate-people.ts';
import { groupProblems, relaxationProblems } from './validate-routing.ts';
import { isWithin, rangeProblems } from './within.ts';

type Figure = {
  [Key in keyof QueueConfig]-?: QueueConfig[Key] extends number ? Key : never;
}[keyof QueueConfig];

/** What every figure of a queue may be, both ends included. */
const RANGES: Readonly<Record<Figure, readonly [min: number, max: number]>> = {
  ringTimeoutMs: [1, 600_000],
  wrapUpMs: [0, 900_000],
  handleTimeMs: [1_000, DAY_MS],
  priorityLevelMs: [0, DAY_MS],
  serviceLevelMs: [0, DAY_MS],
  shortAbandonMs: [0, DAY_MS],
  regainMs: [0, DAY_MS],
  announceFirstMs: [0, DAY_MS],
  announceEveryMs: [100, DAY_MS],
  announcePositionMax: [0, 1_000_000],
  announceWaitMsMax: [0, DAY_MS],
  waitMsMax: [1, DAY_MS],
  lengthMax: [1, 1_000_000],
  missesMax: [1, 1_000],
  ringAgentsMax: [1, 100],
  ringNextMs: [1, 600_000],
  preferredWaitMs: [0, DAY_MS],
  activeMax: [1, 1_000_000],
  rejectDelayMs: [0, DAY_MS],
  busyDelayMs: [0, DAY_MS],
  unreachableDelayMs: [0, DAY_MS],
  callbackAttemptsMax: [1, 20],
  callbackRetryMs: [1_000, DAY_MS],
  callbackExpireMs: [60_000, 7 * DAY_MS],
  callbackDialMs: [5_000, 300_000],
};

export const FIGURES = Object.keys(RANGES) as readonly Figure[];

export const SKILL_LEVEL_MIN = 1;
export const SKILL_LEVEL_MAX = 10;

/** Ids of what is looked at in itself; of all the rest only whether it goes with that. */
interface News {
  readonly queues: ReadonlySet<string>;
  readonly agents: ReadonlySet<string>;
}

/** What makes the configuration impossible, each as a sentence; empty: it can be had (rule G1). */
export const problemsOf = (
  queues: readonly QueueConfig[],
  agents: readonly AgentConfig[],
  news?: News,
): readonly string[] => atOnce(problemsInSteps(queues, agents, news));

export function* problemsInSteps(
  queues: readonly QueueConfig[],
  agents: readonly AgentConfig[],
  news?: News,
): InSteps<readonly string[]> {
  const queueIds = new Set<string>(queues.map(({ id }) => id));
  const otherQueues = news ? queues.filter(({ id }) => news.queues.has(id)) : queues;
  const otherAgents = news ? agents.filter(({ id }) => news.agents.has(id)) : agents;
  const problems = [
    ...repeated(queues, otherQueues, 'id').map((id) => `Queue ${id} is there twice.`),
    ...repeated(agents, otherAgents, 'id').map((id) => `Agent ${id} is there twice.`),
  ];
  yield;
  for (const extension of repeated(agents, otherAgents, 'extension'))
    problems.push(`Extension ${extension} has two agents.`);
  for (const queue of otherQueues) {
    yield;
    problems.push(...queueProblems(queue));
  }
  problems.push(...overflowProblems(queues));
  for (const agent of agents) {
    yield;
    for (const id of agent.queueIds)
      if (!queueIds.has(id)) problems.push(`Agent ${agent.id}: queue ${id} is unknown.`);
  }
  for (const agent of otherAgents) {
    yield;
    problems.push(...agentProblems(agent));
  }
  return problems;
}

/** What is wrong with the demands, as a sentence; undefined: nothing. */
export function skillProblem(skills: Skills): string | undefined {
  for (const name in skills) {
    const level = skills[name] as number;
    if (!isWithin(level, SKILL_LEVEL_MIN, SKILL_LEVEL_MAX)) {
      return `skill ${name} has level ${level}, not ${SKILL_LEVEL_MIN} to ${SKILL_LEVEL_MAX}.`;
    }
  }
  return undefined;
}

function queueProblems(queue: QueueConfig): readonly string[] {
  const name = `Queue ${queue.id}`;
  const skill = skillProblem(queue.requiredSkills);
  const figures = FIGURES.flatMap((key) => rangeProblems(key, queue[key], ...RANGES[key]));
  const problems = figures.map((problem) => `${name}: ${problem}`);
  if (queue.id === '') problems.push('A queue has no id.');
  if (!STRATEGIES.includes(queue.strategy)) {
    problems.push(`${name}: strategy ${queue.strategy} is unknown.`);
  }
  const own = [
    ...(skill === undefined ? [] : [skill]),
    ...thresholdProblems(queue),
    ...relaxationProblems(queue),
  ];
  return [...problems, ...own.map((problem) => `${name}: ${problem}`)];
}

function agentProblems(agent: AgentConfig): readonly string[] {
  const name = `Agent ${agent.id}`;
  const problems = agent.id === '' ? ['An agent has no id.'] : [];
  const skill = skillProblem(agent.skills);
  const own = [
    ...(skill === undefined ? [] : [skill]),
    ...limitProblems(agent),
    ...rankProblems(agent),
    ...groupProblems(agent),
  ];
  return [...problems, ...own.map((problem) => `${name}: ${problem}`)];
}

/** What one of the others has twice, or has and somebody else has, too. */
function repeated<Field extends string>(
  all: readonly Readonly<Record<Field, string>>[],
  others: readonly Readonly<Record<Field, string>>[],
  field: Field,
): readonly string[] {
  const theirs = new Set(others.map((one) => one[field]));
  const seen = new Set<string>();
  return all
    .map((one) => one[field])
    .filter((value) => theirs.has(value) && (seen.has(value) || !seen.add(value)));
}
