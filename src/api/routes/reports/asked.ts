import type { FastifyRequest } from 'fastify';
import { isOf, MEASURES, type MeasureName, measuresOf } from '../../../facts/measures.ts';
import type { Dimension } from '../../../facts/names.ts';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { dateOf, instantOf, isDate, isOnCalendar, isZone } from '../../../lib/zone.ts';
import type { Principal } from '../../../model/access.ts';

/** What was asked and cannot be told: what exactly, so that it can be put right. */
export const refuse = (detail: string): CodedError =>
  new CodedError(refusal('REQUEST_INVALID', detail));

/** No report is of a longer time. */
const RANGE_MS_MAX = 3_700 * 86_400_000;

export interface Range {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

/** Days are the zone's: 2026-03-29 of Madrid is 23 hours long. */
export function rangeOf(
  query: { readonly from: string; readonly to: string; readonly zone?: string },
  houseZone: string,
): Range {
  const zone = query.zone ?? houseZone;
  if (!isZone(zone)) throw refuse(`zone: ${zone} is no IANA time zone.`);
  const from = momentOf('from', query.from, zone);
  const to = momentOf('to', query.to, zone);
  if (to <= from) throw refuse('to: expected a moment after from.');
  if (to - from > RANGE_MS_MAX) throw refuse('to: expected at most ten years after from.');
  return { from, to, zone };
}

function momentOf(name: string, text: string, zone: string): number {
  const day = text.slice(0, 10);
  const at = day === text ? dateOf(day) : Date.parse(text);
  if (!isDate(day) || Number.isNaN(at)) throw refuse(`${name}: ${text} is no date.`);
  if (!isOnCalendar(at)) throw refuse(`${name}: expected a time of the years 1970 to 9998.`);
  return day === text ? instantOf(zone, at) : at;
}

/** `2026-11`, as it was asked. */
export function monthAsked(month: string): string {
  if (isOnCalendar(dateOf(`${month}-01`))) return month;
  throw refuse('month: expected one of the years 1970 to 9998.');
}

export const listOf = (text: string | undefined): readonly string[] | undefined =>
  text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Those that were asked for, or all that say anything of the dimension. */
export function measuresAsked(
  text: string | undefined,
  dimension: Dimension,
): readonly MeasureName[] {
  const names = listOf(text);
  if (!names || names.length === 0) return measuresOf(dimension);
  const unknown = names.filter((name) => !Object.hasOwn(MEASURES, name));
  if (unknown.length > 0)
    throw refuse(`measures: there is no ${unknown.join(', ')}. GET /v1/reports/measures has all.`);
  const known = [...new Set(names)] as MeasureName[];
  const strange = known.filter((name) => !isOf(name, dimension));
  if (strange.length > 0)
    throw refuse(`measures: ${strange.join(', ')} cannot be had by ${dimension}.`);
  return known;
}

export const wantsCsv = (
  { headers }: Pick<FastifyRequest, 'headers'>,
  format: 'json' | 'csv' | undefined,
): boolean => format === 'csv' || (format === undefined && /text\/csv/.test(headers.accept ?? ''));

/** Whom the figures of single people are limited to. Sums of queues, numbers and flows are everybody's. */
export function teamsOf({ teams, agentId }: Principal): { readonly teams?: readonly string[] } {
  if (agentId !== undefined) return { teams: [] };
  return teams === undefined ? {} : { teams };
}

/** Records name customers and agents of all teams. */
export function forEverybody({ teams, agentId, name }: Principal): void {
  if (teams === undefined && agentId === undefined) return;
  throw new CodedError(
    refusal('FORBIDDEN', `${name} is limited to some agents, and an export has everybody's calls.`),
  );
}
