import { DAY_MS } from '../lib/clock.ts';
import type { OverflowRule, QueueConfig } from '../model/queue.ts';
import { isWithin, rangeProblems } from './within.ts';

const RULES_MAX = 8;
const OVER_MAX = 1_000_000;
const EXIT_LENGTH_MAX = 64;

/** What is wrong with the rules of overflow of all queues, each as a sentence (rule V5). */
export function overflowProblems(queues: readonly QueueConfig[]): readonly string[] {
  const byId = new Map<string, QueueConfig>(queues.map((queue) => [queue.id, queue]));
  return [
    ...queues.flatMap((queue) =>
      queueProblems(queue, byId).map((problem) => `Queue ${queue.id}: ${problem}`),
    ),
    ...circles(queues, byId),
  ];
}

function queueProblems(queue: QueueConfig, byId: ReadonlyMap<string, QueueConfig>): string[] {
  const { overflow } = queue;
  const problems = overflow.flatMap((rule, index) =>
    [...conditionProblems(queue, rule), ...targetProblems(rule, byId)].map(
      (problem) => `overflow ${index + 1}: ${problem}`,
    ),
  );
  if (overflow.length > RULES_MAX) {
    problems.push(`it has ${overflow.length} rules of overflow, more than ${RULES_MAX}.`);
  }
  return problems;
}

function conditionProblems(queue: QueueConfig, rule: OverflowRule): readonly string[] {
  const { lengthMax, waitMsMax } = queue;
  switch (rule.when) {
    case 'maxWait':
      if (!isWithin(rule.ms, 1, DAY_MS) || rule.ms < waitMsMax) {
        return rangeProblems('ms', rule.ms, 1, DAY_MS);
      }
      return [`maxWait ${rule.ms} never comes: the queue gives up at waitMsMax ${waitMsMax}.`];
    case 'maxEwt':
      return rangeProblems('ms', rule.ms, 1, DAY_MS);
    case 'maxLength':
      if (!isWithin(rule.over, 0, OVER_MAX) || rule.over < lengthMax) {
        return rangeProblems('over', rule.over, 0, OVER_MAX);
      }
      return [
        `over ${rule.over} never comes: the queue refuses callers beyond lengthMax ${lengthMax}.`,
      ];
    case 'noAgentsStaffed':
    case 'noAgentsAvailable':
      return rangeProblems('forMs', rule.forMs, 0, DAY_MS);
    default:
      return [`the condition ${(rule as { readonly when: string }).when} is unknown.`];
  }
}

function targetProblems(
  { to }: OverflowRule,
  byId: ReadonlyMap<string, QueueConfig>,
): readonly string[] {
  if ('queue' in to) return byId.has(to.queue) ? [] : [`queue ${to.queue} is unknown.`];
  return isWithin(to.exit.length, 1, EXIT_LENGTH_MAX)
    ? []
    : ['the exit has no name, or a long one.'];
}

/** An overflow that comes back: each circle once, from its first queue. */
function circles(
  queues: readonly QueueConfig[],
  byId: ReadonlyMap<string, QueueConfig>,
): readonly string[] {
  const problems: string[] = [];
  const done = new Set<string>();
  const visit = (queue: QueueConfig, trail: readonly string[]): void => {
    const at = trail.indexOf(queue.id);
    if (at >= 0) {
      const circle = [...trail.slice(at), queue.id].join(' → ');
      problems.push(`Queue ${queue.id}: its overflow comes back: ${circle}.`);
      return;
    }
    if (done.has(queue.id)) return;
    for (const target of targetsOf(queue)) {
      const next = byId.get(target);
      if (next) visit(next, [...trail, queue.id]);
    }
    done.add(queue.id);
  };
  for (const queue of queues) visit(queue, []);
  return problems;
}

const targetsOf = ({ overflow }: QueueConfig): ReadonlySet<string> =>
  new Set(overflow.flatMap(({ to }) => ('queue' in to ? [to.queue] : [])));
