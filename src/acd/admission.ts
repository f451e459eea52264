import type { Skills } from '../model/agent.ts';
import type { QueueId } from '../model/ids.ts';
import { PRIORITY_MAX, PRIORITY_MIN } from '../model/queue.ts';
import type { Reply } from './commands.ts';
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

export const unknownQueue = (id: QueueId): Reply =>
  refuse('QUEUE_UNKNOWN', `There is no queue ${id}.`);

/** What keeps a caller with these demands from any line; undefined: nothing. `who` begins the sentence. */
export function refusalOf(who: string, priority: number, skills: Skills): Reply | undefined {
  if (!isWithin(priority, PRIORITY_MIN, PRIORITY_MAX)) {
    return refuse(
      'PRIORITY_RANGE',
      `Priority ${priority} is not ${PRIORITY_MIN} to ${PRIORITY_MAX}.`,
    );
  }
  const problem = skillProblem(skills);
  return problem === undefined ? undefined : refuse('SKILL_RANGE', `${who}: ${problem}`);
}
