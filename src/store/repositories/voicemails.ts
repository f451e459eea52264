import type { QueryResultRow } from 'pg';
import { decodeCursor } from '../../lib/cursor.ts';
import { refusal } from '../../lib/errors.ts';
import { err, ok } from '../../lib/result.ts';
import type { Language } from '../../model/contact.ts';
import { agentId, callId, contactId, queueId, voicemailId } from '../../model/ids.ts';
import type { StoredVoicemail, VoicemailState } from '../../model/voicemail.ts';
import type { VoicemailFilter, VoicemailRepository } from '../../runtime/ports.admin.ts';
import { pageOf } from '../paging.ts';
import type { Queryable } from '../pool.ts';

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
});

export function voicemailRepository(db: Queryable): VoicemailRepository {
  return {
    async list(filter, request) {
      const key = decodeCursor(request.cursor, 2);
      if (!key.ok) return key;
      const [at, id] = key.value ?? [];
      if (at !== undefined && Number.isNaN(Date.parse(at))) return err(forged);
      const { where, values } = conditions(filter, at === undefined ? undefined : { at, id });
      const { rows } = await db.query<Row>(
        `SELECT * FROM voicemails ${where} ORDER BY at DESC, id DESC LIMIT $${values.length + 1}`,
        [...values, request.limit + 1],
      );
      const keyOf = (row: Row) => [row.at.toISOString(), row.id];
      return ok(pageOf(rows, request.limit, keyOf, toVoicemail));
    },
    async get(id) {
      const { rows } = await db.query<Row>('SELECT * FROM voicemails WHERE id = $1', [id]);
      return rows[0] && toVoicemail(rows[0]);
    },
    async change(id, { state, queueId: queue, agentId: agent }) {
      const { rows } = await db.query<Row>(
        `UPDATE voicemails SET
           state = coalesce($2, state),
           handled_at = CASE $2 WHEN 'handled' THEN coalesce(handled_at, now()) WHEN 'new' THEN NULL ELSE handled_at END,
           queue_id = CASE WHEN $3 THEN $4 ELSE queue_id END,
           agent_id = CASE WHEN $5 THEN $6 ELSE agent_id END
         WHERE id = $1 RETURNING *`,
        [id, state ?? null, queue !== undefined, queue ?? null, agent !== undefined, agent ?? null],
      );
      return rows[0] && toVoicemail(rows[0]);
    },
    async remove(id) {
      const { rowCount } = await db.query('DELETE FROM voicemails WHERE id = $1', [id]);
      return rowCount === 1;
    },
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

const forged = refusal('CURSOR_INVALID', 'Use the cursor that the page before came with.');

function conditions(
  { state, queueId: queue, agentId: agent, within }: VoicemailFilter,
  before: { readonly at: string; readonly id: string | undefined } | undefined,
): { where: string; values: unknown[] } {
  const parts: string[] = [];
  const values: unknown[] = [];
  const place = (value: unknown) => `$${values.push(value)}`;
  if (state !== undefined) parts.push(`state = ${place(state)}`);
  if (queue !== undefined) parts.push(`queue_id = ${place(queue)}`);
  if (agent !== undefined) parts.push(`agent_id = ${place(agent)}`);
  if (within) parts.push(`(agent_id IS NULL OR agent_id = ANY (${place(within)}))`);
  if (before) {
    parts.push(`(at, id) < (${place(before.at)}::timestamptz, ${place(before.id)}::text)`);
  }
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
}
