import type { Static } from 'typebox';
import type { EpochMs } from '../../../lib/clock.ts';
import { CodedError, refusal } from '../../../lib/errors.ts';
import type { CalendarConfig, Closure } from '../../../model/calendar.ts';
import { closureAt, type Opening, openingAt } from '../../../model/opening.ts';
import type { Stored } from '../../../runtime/ports/lists.ts';
import { iso } from '../../schemas.ts';
import type { ClosureBody } from './schemas.ts';

export function answer(calendar: Stored<CalendarConfig>, now: EpochMs) {
  const { closure, updatedAt, ...rest } = calendar;
  const active = closureAt(calendar, now);
  return {
    ...rest,
    updatedAt: iso(updatedAt),
    ...(active ? { closure: closureWire(active) } : {}),
    now: openingWire(openingAt(calendar, now), now),
  };
}

export function openingWire(opening: Opening, at: EpochMs) {
  const { state } = opening;
  if (opening.state === 'open') {
    const { closesAt } = opening;
    return { at: iso(at), state, ...(closesAt === undefined ? {} : { closesAt: iso(closesAt) }) };
  }
  const { opensAt } = opening;
  const opens = opensAt === undefined ? {} : { opensAt: iso(opensAt) };
  if (opening.state === 'holiday') return { at: iso(at), state, reason: opening.name, ...opens };
  if (opening.state === 'closed') return { at: iso(at), state, ...opens };
  return { at: iso(at), state, reason: opening.closure.reason, ...opens };
}

/** An end that has passed already would close nothing, and somebody would believe that it had. */
export function closureFrom(
  { reason, message, until: end }: Static<typeof ClosureBody>,
  now: EpochMs,
  by: string,
): Closure {
  const until = end === undefined ? undefined : Date.parse(end);
  if (until !== undefined && !(until > now))
    throw new CodedError(refusal('REQUEST_INVALID', '`until` must be later than now.'));
  return {
    reason,
    ...(message ? { message } : {}),
    since: now,
    ...(until === undefined ? {} : { until }),
    by,
  };
}

const closureWire = ({ since, until, ...rest }: Closure) => ({
  ...rest,
  since: iso(since),
  ...(until === undefined ? {} : { until: iso(until) }),
});
