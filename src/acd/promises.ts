import { wasOvertaken } from './arrivals.ts';
import { type Prospect, prospectOf } from './estimate.ts';
import type { Call, Floor } from './state.ts';
import type { Ewt, LongerBecause, Told } from './tellings.ts';

/** Handle times are believed when so many conversations were measured. */
const EVIDENCE_MIN = 5;
/** A range whose upper end is more than so many times the lower one says nothing. */
const WIDTH_MAX = 4;
/** Below this it says enough, however wide it is. */
const SOON_MS = 60_000;
/** A wait that has grown by less is not worth taking back what was said. */
const RISE_MIN_MS = 30_000;
/** Handle times that have grown by less explain nothing. */
const HANDLE_GROWTH_MIN = 1.05;

/**
 * What the caller may be told now, and is then held to. Undefined: nothing that can be stood behind (rules EW4, EW5).
 */
export function promiseTo(floor: Floor, call: Call): Ewt | undefined {
  const prospect = prospectOf(floor, call);
  const ewt = prospect && consistent(floor, call, prospect);
  if (!ewt || !canBeStoodBehind(floor, call, ewt)) return undefined;
  const { staff, handleMs } = prospect;
  const last = { at: floor.now, lowMs: ewt.lowMs, highMs: ewt.highMs };
  call.told = { first: call.told?.first ?? last, last, staff, handleMs };
  return ewt;
}

/** Never longer than what was promised, but for a reason; undefined: neither can be had. */
function consistent(floor: Floor, call: Call, prospect: Prospect): Ewt | undefined {
  const { lowMs, highMs } = prospect;
  if (!call.told) return { lowMs, highMs };
  const { last } = call.told;
  const promisedMs = last.at + last.highMs - floor.now;
  if (highMs > promisedMs + RISE_MIN_MS) {
    const reason = reasonToWaitLonger(floor, call, call.told, prospect);
    if (reason) return { lowMs, highMs, reason };
  }
  if (lowMs > promisedMs) return undefined;
  return { lowMs: Math.min(lowMs, last.lowMs), highMs: Math.min(highMs, promisedMs) };
}

function reasonToWaitLonger(
  floor: Floor,
  call: Call,
  told: Told,
  { staff, handleMs, queues }: Prospect,
): LongerBecause | undefined {
  if (staff < told.staff) return 'staffing';
  if (queues.some((queue) => wasOvertaken(call, queue, told.last.at))) return 'priority';
  return handleMs > told.handleMs * HANDLE_GROWTH_MIN && floor.now > told.last.at
    ? 'handleTime'
    : undefined;
}

/** Founded on experience, narrow enough to mean something, and to come before the call's time is up. */
function canBeStoodBehind(floor: Floor, call: Call, { lowMs, highMs }: Ewt): boolean {
  // For one agent nothing can be foretold.
  if (call.lane.only) return false;
  const { config, statistics } = call.queue;
  if ((statistics.handle?.count ?? 0) < EVIDENCE_MIN) return false;
  if (highMs > config.announceWaitMsMax || floor.now + highMs > call.waitUntil) return false;
  return highMs <= SOON_MS || highMs <= lowMs * WIDTH_MAX;
}
