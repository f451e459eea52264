import type { Logger } from '../lib/log.ts';
import { type ContactId, contactId } from '../model/ids.ts';
import type { ContactWriter, ImportedContact, RejectedRow } from '../runtime/ports/import.ts';
import { inTransaction, openPool, type Pool, type PoolClient, type Queryable } from './pool.ts';

interface Identified extends ImportedContact {
  readonly id: ContactId;
  /** Its numbers are all there are: it was named by its id, not found by one of them. */
  readonly isWhole: boolean;
}

const OWNERS = {
  name: 'import_owners',
  text: 'SELECT e164, contact_id FROM contact_numbers WHERE e164 = ANY ($1::text[])',
};

/** A language that the file does not know stays; nothing is written where nothing differs. */
const UPSERT = {
  name: 'import_contacts',
  text: `INSERT INTO contacts AS c (id, name, status, language)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, status = excluded.status,
      language = coalesce(excluded.language, c.language), revision = c.revision + 1, updated_at = now()
    WHERE (c.name, c.status, c.language)
      IS DISTINCT FROM (excluded.name, excluded.status, coalesce(excluded.language, c.language))
    RETURNING id, xmax = 0 AS created`,
};

const REMOVE_NUMBERS = {
  name: 'import_remove_numbers',
  text: `DELETE FROM contact_numbers AS n
    WHERE n.contact_id = ANY ($1::text[]) AND NOT EXISTS (
      SELECT 1 FROM unnest($2::text[], $3::text[]) AS w (e164, id)
      WHERE w.e164 = n.e164 AND w.id = n.contact_id)
    RETURNING contact_id`,
};

/** A number that somebody else has taken since it was looked up stays theirs. */
const ADD_NUMBERS = {
  name: 'import_numbers',
  text: `INSERT INTO contact_numbers AS n (e164, contact_id, position)
    SELECT * FROM unnest($1::text[], $2::text[], $3::int[])
    ON CONFLICT (e164) DO NOTHING
    RETURNING contact_id`,
};

/** For tools beside a house, whether it runs or not; a running one knows of it within seconds. */
export function openContactWriter(
  databaseUrl: string,
  log: Logger,
): ContactWriter & { close(): Promise<void> } {
  const pool = openPool(databaseUrl, { name: 'import', size: 1, queryMsMax: 60_000 }, log);
  return { ...contactWriter(pool, () => undefined), close: () => pool.end() };
}

/** Contacts in batches, each in one transaction. Says after each whose numbers may be known differently elsewhere. */
export function contactWriter(pool: Pool, onWrite: () => void): ContactWriter {
  return {
    async write(batch) {
      if (batch.length === 0) return { created: 0, updated: 0, unchanged: 0, rejected: [] };
      const written = await inTransaction(pool, async (client) => {
        const { accepted, rejected } = sort(batch, await ownersOf(client, batch));
        const { created, changed } = await writeAll(client, [...accepted.values()]);
        const rest = batch.length - rejected.length;
        return {
          created,
          updated: changed - created,
          unchanged: rest - changed,
          rejected,
        };
      });
      if (written.created + written.updated > 0) onWrite();
      return written;
    },
  };
}

async function ownersOf(
  db: Queryable,
  batch: readonly ImportedContact[],
): Promise<Map<string, string>> {
  const numbers = batch.flatMap((contact) => contact.numbers);
  const { rows } = await db.query<{ e164: string; contact_id: string }>({
    ...OWNERS,
    values: [numbers],
  });
  return new Map(rows.map((row) => [row.e164, row.contact_id]));
}

/** Who each row is about. A later row about the same contact counts; a number has one owner. */
function sort(
  batch: readonly ImportedContact[],
  owners: Map<string, string>,
): { accepted: Map<string, Identified>; rejected: RejectedRow[] } {
  const accepted = new Map<string, Identified>();
  const rejected: RejectedRow[] = [];
  for (const contact of batch) {
    const { line, numbers } = contact;
    const id = contact.id ?? contactId(ownerAmong(numbers, owners) ?? newIdOf(numbers));
    const taken = numbers.find((number) => (owners.get(number) ?? id) !== id);
    if (taken !== undefined) {
      rejected.push({ line, reason: `${taken} belongs to ${owners.get(taken)}` });
      continue;
    }
    for (const number of numbers) owners.set(number, id);
    const isWhole = contact.id !== undefined;
    const before = isWhole ? undefined : accepted.get(id);
    const all = [...new Set([...(before?.numbers ?? []), ...numbers])];
    accepted.set(id, { ...contact, id, numbers: all, isWhole });
  }
  return { accepted, rejected };
}

const ownerAmong = (numbers: readonly string[], owners: ReadonlyMap<string, string>) =>
  numbers.map((number) => owners.get(number)).find((owner) => owner !== undefined);

/** `+525555550001` → `n525555550001`: the same number makes the same contact. */
const newIdOf = ([first = '']: readonly string[]): string => `n${first.slice(1)}`;

/** How many contacts are new, and how many there is anything new of. */
async function writeAll(
  db: PoolClient,
  contacts: readonly Identified[],
): Promise<{ created: number; changed: number }> {
  const upserted = await db.query<{ id: string; created: boolean }>({
    ...UPSERT,
    values: [
      contacts.map(({ id }) => id),
      contacts.map(({ name }) => name),
      contacts.map(({ status }) => status),
      contacts.map(({ language }) => language ?? null),
    ],
  });
  const places = contacts.flatMap(({ id, numbers }) =>
    numbers.map((e164, position) => ({ e164, id, position: position + 1 })),
  );
  const [numbers, ids] = [places.map(({ e164 }) => e164), places.map(({ id }) => id)];
  const removed = await db.query<{ contact_id: string }>({
    ...REMOVE_NUMBERS,
    values: [contacts.filter(({ isWhole }) => isWhole).map(({ id }) => id), numbers, ids],
  });
  const added = await db.query<{ contact_id: string }>({
    ...ADD_NUMBERS,
    values: [numbers, ids, places.map(({ position }) => position)],
  });
  const changed = new Set([
    ...upserted.rows.map(({ id }) => id),
    ...[...removed.rows, ...added.rows].map((row) => row.contact_id),
  ]);
  return {
    created: upserted.rows.filter(({ created }) => created).length,
    changed: changed.size,
  };
}
