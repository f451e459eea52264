import { decodeCursor, encodeCursor } from '../lib/cursor.ts';
import { CodedError, refusal } from '../lib/errors.ts';
import type { RecordsRequest } from '../runtime/ports/lists.ts';
import { valueFrom } from './outcomes.ts';

/** When something began, and its id. */
type Place = readonly [at: number, id: string];

/**
 * One page of what goes on now, the oldest first unless something else is said: by when it began, then id, an order in
 * which nothing moves while somebody is paging. CURSOR_INVALID.
 */
export function livePage<T extends { readonly id: string }, Answer>(
  all: readonly T[],
  atOf: (one: T) => number,
  { limit, cursor, order = 'oldest' }: RecordsRequest,
  answer: (one: T) => Answer,
) {
  const after = placeIn(cursor);
  const turned = order === 'oldest' ? 1 : -1;
  const compare = (one: T, [at, id]: Place): number =>
    turned * (atOf(one) - at || (one.id < id ? -1 : Number(one.id > id)));
  const rest = after ? all.filter((one) => compare(one, after) > 0) : [...all];
  const shown = rest.sort((a, b) => compare(a, [atOf(b), b.id])).slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map((one) => answer(one));
  return last && rest.length > shown.length
    ? { items, nextCursor: encodeCursor([String(atOf(last)), last.id]) }
    : { items };
}

function placeIn(cursor: string | undefined): Place | undefined {
  const [at, id = ''] = valueFrom(decodeCursor(cursor, 2)) ?? [];
  if (at === undefined) return undefined;
  if (/^\d{1,15}$/.test(at)) return [Number(at), id];
  throw new CodedError(refusal('CURSOR_INVALID', 'Use the cursor that the page before came with.'));
}
