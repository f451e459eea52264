import type { Skills } from '../model/agent.ts';
import type { QueueId } from '../model/ids.ts';
import { PRIORITY_MAX, PRIORITY_MIN } from '../model/queue.ts';
import type { Refused } from './commands.ts';
import { refuse } from './refusal.ts';
import type { Floor, Queue } from './state.ts';
import { skillProblem } from './validate.ts';
import { isWithin } from './within.ts';

/** What a caller is known by again, a number as a rule, is no longer than this. */
const CALLER_KEY_LENGTH_MAX = 64;

export const isCallerKey = (key: string): boolean => isWithin(key.length, 1, CALLER_KEY_LENGTH_MAX);

/** The queue, if it takes new calls. */
export function openQueue(floor: Floor, id: QueueId): Queue | undefined {
  const queue = floor.queues.get(id);
  return queue?.closing ? undefined : queue;
}

/** Why the line takes nobody more (rule C1); undefined: there is room. */
export const fullLine = ({ id, config, inLine }: Queue): Refused | undefined =>
  inLine.size < config.lengthMax
    ? undefined
    : refuse('QUEUE_FULL', `Queue ${id} has its ${config.lengthMax} callers.`);

/** Why nobody can join the queue now; undefined: whoever comes is taken. */
export function closedLine(floor: Floor, id: QueueId): Refused | undefined {
  const queue = openQueue(floor, id);
  return queue ? fullLine(queue) : unknownQueue(id);
}

export const unknownQueue = (id: QueueId): Refused =>
  refuse('QUEUE_UNKNOWN', `There is no queue ${id}.`);

/** What keeps a caller with these demands from any line; undefined: nothing. `what` and its id begin the sentence. */
export function refusalOf(
  what: string,
  id: string,
  priority: number,
  skills: Skills,
): Refused | undefined {
  if (!isWithin(priority, PRIORITY_MIN, PRIORITY_MAX)) {
    return refuse(
      'PRIORITY_RANGE',
      `Priority ${priority} is not ${PRIORITY_MIN} to ${PRIORITY_MAX}.`,
    );
  }
  const problem = skillProblem(skills);
  return problem === undefined ? undefined : refuse('SKILL_RANGE', `${what} ${id}: ${problem}`);
}
