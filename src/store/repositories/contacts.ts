import { refusal } from '../../lib/errors.ts';
import { err } from '../../lib/result.ts';
import type { Contact, Language } from '../../model/contact.ts';
import { agentId, type ContactId, contactId } from '../../model/ids.ts';
import type { ContactRepository } from '../../runtime/ports/contacts.ts';
import type { Repository, Stored } from '../../runtime/ports/lists.ts';
import { coded, codedTransaction, type Pool, type Queryable } from '../pool.ts';
import { accountOf, removeAccount, setAccount } from './contact-accounts.ts';
import { contactHistory } from './history.ts';
import { type KeyedTable, keyedRepository, type RevisedRow } from './keyed.ts';

interface ContactRow extends RevisedRow {
  readonly name: string;
  readonly status: Contact['status'];
  readonly language: Language | null;
  readonly last_agent_id: string | null;
  readonly numbers: readonly string[];
}

const SELECT = `SELECT id AS key, name, status, language, last_agent_id, revision, updated_at,
  ARRAY(SELECT e164 FROM contact_numbers WHERE contact_id = contacts.id ORDER BY position) AS numbers
  FROM contacts`;

const BY_NUMBER = {
  name: 'contact_by_number',
  text: `${SELECT} WHERE id = (SELECT contact_id FROM contact_numbers WHERE e164 = $1)`,
};

const BY_ID = { name: 'contact_by_id', text: `${SELECT} WHERE id = $1` };

const table: KeyedTable<Contact, ContactRow> = {
  noun: 'contact',
  table: 'contacts',
  keyColumn: 'id',
  select: SELECT,
  columns: { id: 'text', name: 'text', status: 'text', language: 'text', last_agent_id: 'text' },
  lists: { numbers: 'text[]' },
  insertAlso: `added AS (
      INSERT INTO contact_numbers (e164, contact_id, position)
      SELECT e164, id, position FROM written, unnest(numbers) WITH ORDINALITY AS t (e164, position))`,
  // Numbers of one's own are moved, new ones inserted plainly: one that belongs to somebody else is a violation.
  updateAlso: `wanted AS (
      SELECT id, e164, position
      FROM written JOIN contacts USING (id), unnest(numbers) WITH ORDINALITY AS t (e164, position)
      WHERE id = ANY ($2)),
    gone AS (
      DELETE FROM contact_numbers AS n USING written
      WHERE n.contact_id = ANY ($2) AND n.contact_id = written.id AND n.e164 <> ALL (written.numbers)),
    moved AS (
      UPDATE contact_numbers AS n SET position = wanted.position FROM wanted
      WHERE n.contact_id = ANY ($2) AND n.contact_id = wanted.id AND n.e164 = wanted.e164),
    added AS (
      INSERT INTO contact_numbers (e164, contact_id, position)
      SELECT e164, id, position FROM wanted
      WHERE NOT EXISTS (
        SELECT 1 FROM contact_numbers AS n WHERE n.e164 = wanted.e164 AND n.contact_id = wanted.id))`,
  findsBeginnings: true,
  filters: { status: (place) => `status = ${place}`, language: (place) => `language = ${place}` },
  rowOf: (contact) => ({
    id: contact.id,
    name: contact.name,
    status: contact.status,
    language: contact.language,
    last_agent_id: contact.lastAgentId,
    numbers: [...new Set(contact.numbers)],
  }),
  toItem: (row) => ({
    id: contactId(row.key),
    name: row.name,
    status: row.status,
    numbers: row.numbers,
    ...(row.language ? { language: row.language } : {}),
    ...(row.last_agent_id ? { lastAgentId: agentId(row.last_agent_id) } : {}),
  }),
};

/** Contacts over a pool or inside a transaction. */
export const contactRows = (db: Queryable): Repository<Contact, ContactId> =>
  keyedRepository<Contact, ContactId, ContactRow>(db, table);

const missing = (id: ContactId) => refusal('NOT_FOUND', `There is no contact ${id}.`);

/** A refusal leaves nothing behind: the statements of a change are one each. */
const whileLocked = <T>(
  pool: Pool,
  id: ContactId,
  work: (contacts: Repository<Contact, ContactId>, now: Stored<Contact> | undefined) => Promise<T>,
): Promise<T> =>
  codedTransaction(pool, async (tx) => {
    await tx.query('SELECT 1 FROM contacts WHERE id = $1 FOR UPDATE', [id]);
    const contacts = contactRows(tx);
    return work(contacts, await contacts.get(id));
  });

/** Says after each write whose numbers may be known differently elsewhere. */
export function contactRepository(pool: Pool, onWrite: () => void): ContactRepository {
  const db = coded(pool);
  const base = contactRows(db);
  const told = async <T>(write: Promise<T>): Promise<T> => {
    const result = await write;
    onWrite();
    return result;
  };
  return {
    list: base.list,
    get: base.get,
    create: (contact) => told(base.create(contact)),
    change: (id, decide) =>
      told(
        whileLocked(pool, id, async (contacts, now) =>
          now ? contacts.replace(decide(now)) : err(missing(id)),
        ),
      ),
    remove: (id, demand) =>
      told(
        whileLocked(pool, id, (contacts, now) => {
          if (now) demand(now);
          return contacts.remove(id);
        }),
      ),
    history: (id, request) => contactHistory(db, id, request),
    account: (id) => accountOf(db, id),
    setAccount: (id, account, demand) => setAccount(pool, id, account, demand),
    removeAccount: (id, demand) => removeAccount(pool, id, demand),
    async byNumber(e164) {
      const { rows } = await db.query<ContactRow>({ ...BY_NUMBER, values: [e164] });
      const row = rows[0];
      return (
        row && { ...table.toItem(row), revision: row.revision, updatedAt: row.updated_at.getTime() }
      );
    },
  };
}

/** The contact of a number, for the look-up on a call's way. */
export async function contactByNumber(db: Queryable, e164: string): Promise<Contact | undefined> {
  const { rows } = await db.query<ContactRow>({ ...BY_NUMBER, values: [e164] });
  return rows[0] && table.toItem(rows[0]);
}

export async function contactById(db: Queryable, id: string): Promise<Contact | undefined> {
  const { rows } = await db.query<ContactRow>({ ...BY_ID, values: [id] });
  return rows[0] && table.toItem(rows[0]);
}
