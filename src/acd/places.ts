import type { EpochMs } from '../lib/clock.ts';
import type { QueueId } from '../model/ids.ts';
import { NEVER, UNTIMED } from './deadlines.ts';
import type { Call, Floor, Place } from './state.ts';

/** More places than this are not remembered; the oldest is forgotten first. */
export const PLACES_MAX = 10_000;

const keyOf = (queueId: QueueId, callerKey: string): string => `${queueId}\n${callerKey}`;

/** The caller of a waiting call hung up, or was cut off, and is known by a number: their place is kept for `regainMs`. */
export function keepPlace(floor: Floor, call: Call): void {
  const { callerKey, effectiveStart, regained } = call;
  // Whoever rings again comes where they came in, wherever overflow has taken them.
  const queueId = call.visited[0] ?? call.queue.id;
  const queue = floor.queues.get(queueId);
  const regainMs = queue && !queue.closing ? queue.config.regainMs : 0;
  if (regainMs === 0 || callerKey === undefined || regained) return;
  const until = floor.now + regainMs;
  forgetPlace(floor, floor.places.get(keyOf(queueId, callerKey)));
  if (floor.places.size >= PLACES_MAX) forgetPlace(floor, floor.places.values().next().value);
  const seq = ++floor.seq;
  addPlace(floor, { seq, queueId, callerKey, effectiveStart, until });
}

/** Puts a place among those that are kept, or back after a restart. */
export function addPlace(
  floor: Floor,
  saved: Pick<Place, 'seq' | 'queueId' | 'callerKey' | 'effectiveStart' | 'until'>,
): void {
  const place: Place = { kind: 'place', ...saved, timer: UNTIMED };
  floor.places.set(keyOf(place.queueId, place.callerKey), place);
  floor.deadlines.set(place, place.until);
}

/** The effective start of the place that the caller left, which is then no longer kept. */
export function takePlace(floor: Floor, queueId: QueueId, callerKey: string): EpochMs | undefined {
  const place = floor.places.get(keyOf(queueId, callerKey));
  forgetPlace(floor, place);
  return place?.effectiveStart;
}

export function forgetPlace(floor: Floor, place: Place | undefined): void {
  if (!place) return;
  floor.deadlines.set(place, NEVER);
  floor.places.delete(keyOf(place.queueId, place.callerKey));
}
