import type { EpochMs } from '../lib/clock.ts';
import type { OverflowRule } from '../model/queue.ts';
import { NEVER } from './deadlines.ts';
import { judgeAll } from './overflow.ts';
import type { Floor, Queue, Watch } from './state.ts';

/** Notes since when queues have had nobody, after the staffing changed. */
export function watchStaffing(floor: Floor): void {
  if (floor.watched === floor.staffing) return;
  floor.watched = floor.staffing;
  for (const queue of floor.queues.values()) watchQueue(floor, queue);
}

/** A queue has had nobody for as long as some rule of it allows. */
export function fireWatch(floor: Floor, { queueId }: Watch): void {
  const queue = floor.queues.get(queueId);
  if (!queue) return;
  setDeadline(floor, queue);
  judgeAll(floor, queue);
}

/** A queue that comes back has had nobody for no time yet, like one that is new (rule G3). */
export function watchAnew({ watch }: Queue): void {
  watch.unstaffedSince = undefined;
  watch.unavailableSince = undefined;
}

/** What is kept says since when; what the agents say now decides whether. */
function watchQueue(floor: Floor, queue: Queue): void {
  const { watch } = queue;
  const before = [watch.unstaffedSince, watch.unavailableSince];
  watch.unstaffedSince = sinceIf(floor, queue.agentsSignedIn === 0, watch.unstaffedSince);
  watch.unavailableSince = sinceIf(floor, !hasSomebody(queue), watch.unavailableSince);
  setDeadline(floor, queue);
  if (before[0] === watch.unstaffedSince && before[1] === watch.unavailableSince) return;
  if (queue.config.overflow.some((rule) => isAtOnce(floor, queue, rule))) judgeAll(floor, queue);
}

/** At work, or a casual agent who will be let in when somebody waits. */
const hasSomebody = (queue: Queue): boolean =>
  queue.staff.size > 0 ||
  queue.gate.helpers.some(({ inReserve, serves }) => inReserve && serves.includes(queue));

const sinceIf = (floor: Floor, nobody: boolean, since: EpochMs | undefined): EpochMs | undefined =>
  nobody ? (since ?? floor.now) : undefined;

/** Who joins later is judged when they join: only what is still to come has a deadline. */
function setDeadline(floor: Floor, queue: Queue): void {
  let dueAt = NEVER;
  for (const rule of queue.config.overflow) {
    const at = holdsFrom(queue, rule);
    if (at > floor.now) dueAt = Math.min(dueAt, at);
  }
  floor.deadlines.set(queue.watch, dueAt);
}

/** Nobody has been there for no time at all, and the rule needs no more. */
const isAtOnce = (floor: Floor, queue: Queue, rule: OverflowRule): boolean =>
  holdsFrom(queue, rule) === floor.now;

/** From when on a rule about staffing holds, if nothing changes. */
function holdsFrom({ watch }: Queue, rule: OverflowRule): EpochMs {
  if (rule.when !== 'noAgentsStaffed' && rule.when !== 'noAgentsAvailable') return NEVER;
  const since = rule.when === 'noAgentsStaffed' ? watch.unstaffedSince : watch.unavailableSince;
  return since === undefined ? NEVER : since + rule.forMs;
}
