import type { Call, Floor } from './state.ts';
import type { Accuracy } from './statistics.ts';
import type { Telling } from './tellings.ts';

/** How good what callers were told has been. */
export interface AccuracyView {
  /** Callers who were told a wait, and whose wait is over. */
  readonly calls: number;
  /** The share of them who were answered within the range. */
  readonly coverage: number;
  /** Of the middle of the range: the mean error, whichever way. */
  readonly absoluteErrorMs: number;
  /** Its bias: above 0, callers wait longer than they are told. */
  readonly biasMs: number;
}

/** An agent answered: what the caller was told can be judged (rule EW7). Each promise is judged once. */
export function judgeAnswered(floor: Floor, call: Call): void {
  if (!call.told) return;
  const { statistics } = call.queue;
  statistics.firstTold = judge(floor, statistics.firstTold, call.told.first);
  statistics.lastTold = judge(floor, statistics.lastTold, call.told.last);
  call.told = undefined;
}

/** Who leaves before the promised time proves nothing; who leaves after it was told too little. */
export function judgeLeft(floor: Floor, call: Call): void {
  if (!call.told) return;
  const { statistics } = call.queue;
  const { first, last } = call.told;
  if (isLate(floor, first)) statistics.firstTold = judge(floor, statistics.firstTold, first);
  if (isLate(floor, last)) statistics.lastTold = judge(floor, statistics.lastTold, last);
}

export function viewAccuracy({ calls, outside, absoluteMs, biasMs }: Accuracy): AccuracyView {
  const per = Math.max(1, calls);
  return {
    calls,
    coverage: calls === 0 ? 0 : 1 - outside / calls,
    absoluteErrorMs: Math.round(absoluteMs / per),
    biasMs: Math.round(biasMs / per),
  };
}

const isLate = (floor: Floor, { at, highMs }: Telling): boolean => floor.now > at + highMs;

function judge(floor: Floor, so: Accuracy, { at, lowMs, highMs }: Telling): Accuracy {
  const waited = floor.now - at;
  const error = waited - (lowMs + highMs) / 2;
  return {
    calls: so.calls + 1,
    outside: so.outside + (waited < lowMs || waited > highMs ? 1 : 0),
    absoluteMs: so.absoluteMs + Math.abs(error),
    biasMs: so.biasMs + error,
  };
}
