import { currentActor, markNoted } from '../lib/acting.ts';
import { type EpochMs, iso } from '../lib/clock.ts';
import type { Refusal } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';
import type { AuditEntry } from '../runtime/ports/access.ts';

/** What was done, before anybody has said when and by whom. */
export type Note = Pick<AuditEntry, 'action' | 'object' | 'before' | 'after'>;
export type TakeNote = (note: Note) => Promise<void>;

/** Notes as entries: what happens now is done by whoever acts now. */
export function entriesOf(notes: readonly Note[], at: EpochMs): readonly AuditEntry[] {
  markNoted();
  return notes.map(({ before, after, ...note }) => ({
    at,
    actor: currentActor(),
    ...note,
    ...(before === undefined ? {} : { before: withTimes(before) }),
    ...(after === undefined ? {} : { after: withTimes(after) }),
  }));
}

const TIME = /(?:At|Since|Until)$|^(?:since|until)$/;

/** As the API says it: times are ISO 8601. */
function withTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimes);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      TIME.test(name) && typeof part === 'number' ? iso(part) : withTimes(part),
    ]),
  );
}

/** Tells that a secret was set, of what, and nothing of it. */
export async function told<T>(
  outcome: Promise<Result<T, Refusal>>,
  note: TakeNote,
  what: Note,
): Promise<Result<T, Refusal>> {
  const done = await outcome;
  if (done.ok) await note(what);
  return done;
}
