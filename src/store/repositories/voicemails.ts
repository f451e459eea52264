import type { QueryResultRow } from 'pg';
import type { Language } from '../../model/contact.ts';
import {
  agentId,
  callId,
  contactId,
  queueId,
  type VoicemailId,
  voicemailId,
} from '../../model/ids.ts';
import type { StoredVoicemail, VoicemailState } from '../../model/voicemail.ts';
import type {
  VoicemailChange,
  VoicemailFilter,
  VoicemailRepository,
} from '../../runtime/ports/voicemails.ts';
import { byTime, Conditions, listPage } from '../listing.ts';
import { coded, codedTransaction, type Pool, type Queryable } from '../pool.ts';

interface Row extends QueryResultRow {
  readonly id: string;
  readonly call_id: string;
  readonly at: Date;
  readonly duration_ms: number;
  readonly dnis: string;
  readonly ani: string | null;
  readonly contact_id: string | null;
  readonly caller_name: string | null;
  readonly language: Language;
  readonly queue_id: string | null;
  readonly agent_id: string | null;
  readonly state: VoicemailState;
  readonly handled_at: Date | null;
  readonly revision: number;
}

const EXPIRED_MAX = 1_000;

const toVoicemail = (row: Row): StoredVoicemail => ({
  id: voicemailId(row.id),
  callId: callId(row.call_id),
  at: row.at.getTime(),
  durationMs: row.duration_ms,
  dnis: row.dnis,
  ...(row.ani === null ? {} : { ani: row.ani }),
  ...(row.contact_id === null ? {} : { contactId: contactId(row.contact_id) }),
  ...(row.caller_name === null ? {} : { callerName: row.caller_name }),
  language: row.language,
  ...(row.queue_id === null ? {} : { queueId: queueId(row.queue_id) }),
  ...(row.agent_id === null ? {} : { agentId: agentId(row.agent_id) }),
  state: row.state,
  ...(row.handled_at === null ? {} : { handledAt: row.handled_at.getTime() }),
  revision: row.revision,
});

async function locked(tx: Queryable, id: VoicemailId): Promise<StoredVoicemail | undefined> {
  const text = 'SELECT * FROM voicemails WHERE id = $1 FOR UPDATE';
  const { rows } = await tx.query<Row>(text, [id]);
  return rows[0] && toVoicemail(rows[0]);
}

async function change(
  tx: Queryable,
  id: VoicemailId,
  { state, queueId: queue, agentId: agent }: VoicemailChange,
): Promise<StoredVoicemail | undefined> {
  const { rows } = await tx.query<Row>(
    `UPDATE voicemails SET revision = revision + 1,
       state = coalesce($2, state),
       handled_at = CASE $2 WHEN 'handled' THEN coalesce(handled_at, now()) WHEN 'new' THEN NULL ELSE handled_at END,
       queue_id = CASE WHEN $3 THEN $4 ELSE queue_id END,
       agent_id = CASE WHEN $5 THEN $6 ELSE agent_id END
     WHERE id = $1 RETURNING *`,
    [id, state ?? null, queue !== undefined, queue ?? null, agent !== undefined, agent ?? null],
  );
  return rows[0] && toVoicemail(rows[0]);
}

export function voicemailRepository(pool: Pool): VoicemailRepository {
  const db = coded(pool);
  return {
    list: (filter, { order, ...page }) =>
      listPage<Row, StoredVoicemail>(
        db,
        {
          from: 'SELECT * FROM voicemails',
          by: byTime('at'),
          backwards: order !== 'oldest',
          toItem: toVoicemail,
        },
        conditions(filter),
        page,
      ),
    async get(id) {
      const { rows } = await db.query<Row>('SELECT * FROM voicemails WHERE id = $1', [id]);
      return rows[0] && toVoicemail(rows[0]);
    },
    change: (id, decide) =>
      codedTransaction(pool, async (tx) => {
        const now = await locked(tx, id);
        return now && change(tx, id, decide(now));
      }),
    remove: (id, demand) =>
      codedTransaction(pool, async (tx) => {
        const now = await locked(tx, id);
        if (!now) return false;
        demand(now);
        const { rowCount } = await tx.query('DELETE FROM voicemails WHERE id = $1', [id]);
        return rowCount === 1;
      }),
    async expire(before) {
      const { rows } = await db.query<{ id: string }>(
        `DELETE FROM voicemails WHERE id IN
           (SELECT id FROM voicemails WHERE at < $1 ORDER BY at LIMIT ${EXPIRED_MAX}) RETURNING id`,
        [new Date(before)],
      );
      return rows.map(({ id }) => voicemailId(id));
    },
  };
}

const conditions = ({ state, queueId, agentId: agent, within }: VoicemailFilter): Conditions =>
  new Conditions()
    .add(state, (p) => `state = ${p}`)
    .add(queueId, (p) => `queue_id = ${p}`)
    .add(agent, (p) => `agent_id = ${p}`)
    .add(within, (p) => `(agent_id IS NULL OR agent_id = ANY (${p}))`);
