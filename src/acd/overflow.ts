import type { EpochMs } from '../lib/clock.ts';
import { never } from '../lib/result.ts';
import type { OverflowRule } from '../model/queue.ts';
import { judgeLeft } from './accuracy.ts';
import { fullLine } from './admission.ts';
import { noteOvertaker } from './arrivals.ts';
import { changeQueue, moveCall, positionOf, refreshCall } from './calls.ts';
import { NEVER } from './deadlines.ts';
import { estimateOf } from './estimate.ts';
import { leaveByExit } from './leaving.ts';
import { observePatience } from './patience.ts';
import { countLost } from './service-level.ts';
import { WAITING } from './stages.ts';
import type { Call, Floor, Queue } from './state.ts';
import { mergeCall } from './tickets.ts';

/** What depends on more than the clock is judged again so often, counted from when the call joined (rule V2). */
export const JUDGE_EVERY_MS = 5_000;

type Verdict =
  | { readonly kind: 'stays'; readonly judgeAt: EpochMs }
  | { readonly kind: 'goes'; readonly rule: OverflowRule; readonly target: Queue }
  | { readonly kind: 'leaves'; readonly rule: OverflowRule; readonly exit: string };

/**
 * Sends the call on if a rule of its queue says so (rules V1 to V5). Its last offer may just have ended; it has
 * none now. False: it stays where it was, and when it will be judged again is known.
 */
export function judge(floor: Floor, call: Call): boolean {
  const verdict = verdictOn(floor, call);
  switch (verdict.kind) {
    case 'stays':
      call.overflowAt = verdict.judgeAt;
      return false;
    case 'leaves':
      leaveByExit(floor, call, verdict.rule.when, verdict.exit);
      return true;
    case 'goes':
      goOver(floor, call, verdict.rule, verdict.target);
      return true;
    default:
      return never(verdict);
  }
}

/** Everybody in the line of the queue is to be judged; who is being offered, when that is over (rule V3). */
export function judgeAll(floor: Floor, queue: Queue): void {
  for (const call of queue.inLine) {
    call.overflowAt = Math.min(call.overflowAt, floor.now);
    refreshCall(floor, call);
  }
}

/** The first rule whose condition holds and whose target can be had. */
function verdictOn(floor: Floor, call: Call): Verdict {
  let judgeAt = NEVER;
  for (const rule of call.queue.config.overflow) {
    judgeAt = Math.min(judgeAt, nextJudging(floor, call, rule));
    if (!holds(floor, call, rule)) continue;
    if ('exit' in rule.to) return { kind: 'leaves', rule, exit: rule.to.exit };
    const target = floor.queues.get(rule.to.queue);
    if (target && canTake(target, call)) return { kind: 'goes', rule, target };
    judgeAt = Math.min(judgeAt, nextRound(floor, call));
  }
  return { kind: 'stays', judgeAt };
}

function holds(floor: Floor, call: Call, rule: OverflowRule): boolean {
  const { now } = floor;
  const { watch, inLine } = call.queue;
  switch (rule.when) {
    case 'maxWait':
      return now - call.joinedAt >= rule.ms;
    case 'maxLength':
      return isNew(call) && inLine.size > rule.over;
    case 'maxEwt':
      return middleOf(floor, call) > rule.ms;
    case 'noAgentsStaffed':
      return watch.unstaffedSince !== undefined && now - watch.unstaffedSince >= rule.forMs;
    case 'noAgentsAvailable':
      return watch.unavailableSince !== undefined && now - watch.unavailableSince >= rule.forMs;
    default:
      return never(rule);
  }
}

/** When the rule alone may come to hold; the queue's own watch tells when staffing may (`watch.ts`). */
function nextJudging(floor: Floor, call: Call, rule: OverflowRule): EpochMs {
  if (rule.when === 'maxEwt') return nextRound(floor, call);
  const at = rule.when === 'maxWait' ? call.joinedAt + rule.ms : NEVER;
  return at > floor.now ? at : NEVER;
}

const nextRound = ({ now }: Floor, { joinedAt }: Call): EpochMs =>
  joinedAt + (Math.floor((now - joinedAt) / JUDGE_EVERY_MS) + 1) * JUDGE_EVERY_MS;

/** It has not been judged since it joined this queue. */
const isNew = (call: Call): boolean => call.overflowAt < call.joinedAt;

/** An agent was free for it, or has spoken with it: no length of the line sends it on any more (rule V2). */
export function countAsHere(call: Call): void {
  call.overflowAt = Math.max(call.overflowAt, call.joinedAt);
}

/** Nobody at work is no long wait: other rules are for that. */
function middleOf(floor: Floor, call: Call): number {
  const estimate = estimateOf(floor, call);
  return estimate ? (estimate.lowMs + estimate.highMs) / 2 : 0;
}

/** A call is in a queue once; nobody is sent where there is no room (rule V4). */
const canTake = (target: Queue, call: Call): boolean =>
  !target.closing &&
  target !== call.queue &&
  !call.visited.includes(target.id) &&
  !fullLine(target);

/** Into the other queue with its place in the one order; everything else is as that queue has it (rule V1). */
function goOver(floor: Floor, call: Call, { when }: OverflowRule, target: Queue): void {
  const fromQueueId = call.queue.id;
  countLost(floor, call);
  judgeLeft(floor, call);
  observePatience(floor, call, true);
  // What was told of the wait was told of the other queue.
  call.told = undefined;
  if (call.stage.kind !== 'waiting') moveCall(floor, call, WAITING);
  // Who has a promise in the queue that they come to has its place, if that is better (rule K7).
  mergeCall(floor, call, target.id);
  changeQueue(floor, call, target);
  const position = positionOf(call) ?? 1;
  noteOvertaker(floor, call, position);
  floor.changes.push({
    type: 'call.overflowed',
    callId: call.id,
    fromQueueId,
    queueId: target.id,
    when,
    position,
  });
}
