import type { Logger } from '../../lib/log.ts';
import type { AgentStateRecord } from '../../model/agent.ts';
import type { CallEvent, Cdr } from '../../model/call.ts';
import type { ConversationRecording } from '../../model/recording.ts';
import type { Voicemail } from '../../model/voicemail.ts';
import type { WebhookMessage } from '../../model/webhook.ts';
import { toDatabaseJson } from '../json.ts';
import type { Pool } from '../pool.ts';
import { UPSERT_RECORDINGS } from './recordings.ts';

/** What records there are, in the order in which a batch of them is written. */
export const RECORD_KINDS = ['event', 'agent', 'cdr', 'voicemail', 'recording', 'webhook'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** A record as it is kept in memory, on disk and on its way: one JSON object, and what it is sorted by. */
export interface QueuedRecord {
  readonly kind: RecordKind;
  readonly at: number;
  readonly json: string;
}

export const queuedEvent = (event: CallEvent): QueuedRecord => ({
  kind: 'event',
  at: event.at,
  json: toDatabaseJson(event),
});

export const queuedAgentState = (record: AgentStateRecord): QueuedRecord => ({
  kind: 'agent',
  at: record.at,
  json: toDatabaseJson(record),
});

export const queuedCdr = (cdr: Cdr): QueuedRecord => ({
  kind: 'cdr',
  at: cdr.arrivedAt,
  json: toDatabaseJson(cdr),
});

export const queuedVoicemail = (voicemail: Voicemail): QueuedRecord => ({
  kind: 'voicemail',
  at: voicemail.at,
  json: toDatabaseJson(voicemail),
});

export const queuedRecording = (recording: ConversationRecording): QueuedRecord => ({
  kind: 'recording',
  at: recording.startedAt,
  json: toDatabaseJson(recording),
});

export const queuedWebhook = (message: WebhookMessage): QueuedRecord => ({
  kind: 'webhook',
  at: message.at,
  json: toDatabaseJson(message),
});

/**
 * A delivery for every endpoint that wants the message, in the order of the messages; for one that is given up it is a dead
 * letter from the start: how many of these.
 */
const INSERT_WEBHOOKS = {
  name: 'insert_webhooks',
  text: `WITH written AS (
      INSERT INTO webhook_deliveries
        (webhook_id, message_id, type, order_key, at, data, due_at, state, finished_at, last_error)
      SELECT w.id, m.id, m.type, m."orderKey", to_timestamp(m.at / 1000), m.data, to_timestamp(m.at / 1000),
        CASE WHEN w.disabled_at IS NULL THEN 'pending' ELSE 'dead' END,
        CASE WHEN w.disabled_at IS NULL THEN NULL ELSE now() END,
        CASE WHEN w.disabled_at IS NULL THEN NULL ELSE 'disabled' END
      FROM ROWS FROM (jsonb_to_recordset($1::jsonb)
        AS (id text, type text, at float8, "orderKey" text, data jsonb)) WITH ORDINALITY
        AS m (id, type, at, "orderKey", data, place)
      JOIN webhooks AS w ON w.enabled AND w.events && ARRAY['*', m.type, split_part(m.type, '.', 1) || '.*']
      ORDER BY m.place
      ON CONFLICT DO NOTHING
      RETURNING state)
    SELECT count(*)::int AS dead FROM written WHERE state = 'dead'`,
};

const INSERT_VOICEMAILS = {
  name: 'insert_voicemails',
  text: `INSERT INTO voicemails
      (id, call_id, at, duration_ms, dnis, ani, contact_id, caller_name, language, queue_id, agent_id)
    SELECT id, "callId", to_timestamp(at / 1000), round("durationMs"), dnis, ani, "contactId", "callerName",
      language, "queueId", "agentId"
    FROM jsonb_to_recordset($1::jsonb)
      AS t (id text, "callId" text, at float8, "durationMs" float8, dnis text, ani text, "contactId" text,
        "callerName" text, language text, "queueId" text, "agentId" text)
    ON CONFLICT DO NOTHING`,
};

const INSERT_EVENTS = {
  name: 'insert_events',
  text: `INSERT INTO call_events (call_id, seq, at, type, data)
    SELECT "callId", seq, to_timestamp(at / 1000), type, data
    FROM jsonb_to_recordset($1::jsonb)
      AS t ("callId" text, seq int, at float8, type text, data jsonb)
    ON CONFLICT DO NOTHING`,
};

const INSERT_AGENT_STATES = {
  name: 'insert_agent_states',
  text: `INSERT INTO agent_states (agent_id, at, seq, kind, reason, call_id)
    SELECT "agentId", to_timestamp(at / 1000), seq, kind, reason, "callId"
    FROM jsonb_to_recordset($1::jsonb)
      AS t ("agentId" text, at float8, seq bigint, kind text, reason text, "callId" text)
    ON CONFLICT DO NOTHING`,
};

/** The contact remembers who spoke to them last, in the same statement and only for records that are new. */
const INSERT_CDRS = {
  name: 'insert_cdrs',
  text: `WITH written AS (
      INSERT INTO cdrs (call_id, sip_call_id, dnis, ani, status, contact_id, caller_name, intent, queue_id,
        agent_id, arrived_at, queued_at, connected_at, ended_at, wait_ms, talk_ms, outcome, ended_by, variables,
        direction, callback_id, original_call_id, transferred_to, survey, recording_ids, recording_refused,
        hold_ms, agents)
      SELECT "callId", "sipCallId", dnis, ani, status, "contactId", "callerName", intent, "queueId",
        "agentId", to_timestamp("arrivedAt" / 1000), to_timestamp("queuedAt" / 1000),
        to_timestamp("connectedAt" / 1000), to_timestamp("endedAt" / 1000),
        round("waitMs"), round("talkMs"), outcome, "endedBy", variables,
        coalesce(direction, 'inbound'), "callbackId", "originalCallId", "transferredTo", survey,
        "recordingIds", coalesce("recordingRefused", false),
        round(coalesce("holdMs", 0)), agents
      FROM jsonb_to_recordset($1::jsonb)
        AS t ("callId" text, "sipCallId" text, dnis text, ani text, status text, "contactId" text,
          "callerName" text, intent text, "queueId" text, "agentId" text, "arrivedAt" float8,
          "queuedAt" float8, "connectedAt" float8, "endedAt" float8, "waitMs" float8, "talkMs" float8,
          outcome text, "endedBy" text, variables jsonb,
          direction text, "callbackId" text, "originalCallId" text, "transferredTo" text, survey jsonb,
          "recordingIds" jsonb, "recordingRefused" boolean,
          "holdMs" float8, agents jsonb)
      ON CONFLICT DO NOTHING
      RETURNING contact_id, agent_id, ended_at)
    UPDATE contacts SET last_agent_id = last.agent_id
    FROM (
      SELECT DISTINCT ON (contact_id) contact_id, agent_id FROM written
      WHERE contact_id IS NOT NULL AND agent_id IS NOT NULL
      ORDER BY contact_id, ended_at DESC) AS last
    WHERE contacts.id = last.contact_id`,
};

/** Writes records, each of them once however often it comes (its key says which it is). */
export class RecordInserter {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #onDeadLetters: (count: number) => void;
  readonly #months = new Set<string>();

  constructor(pool: Pool, log: Logger, onDeadLetters: (count: number) => void = () => undefined) {
    this.#pool = pool;
    this.#log = log;
    this.#onDeadLetters = onDeadLetters;
  }

  /** Rejects when the database is away, or when one of the records cannot be stored. */
  async insert(records: readonly QueuedRecord[]): Promise<void> {
    await this.#insertKind('event', 'call_events', INSERT_EVENTS, records);
    await this.#insertKind('agent', 'agent_states', INSERT_AGENT_STATES, records);
    await this.#insertKind('cdr', 'cdrs', INSERT_CDRS, records);
    await this.#insertKind('voicemail', undefined, INSERT_VOICEMAILS, records);
    await this.#insertKind('recording', undefined, UPSERT_RECORDINGS, records);
    const dead = await this.#insertKind('webhook', undefined, INSERT_WEBHOOKS, records);
    if (dead > 0) this.#onDeadLetters(dead);
  }

  /** How many of them were dead letters at once. */
  async #insertKind(
    kind: QueuedRecord['kind'],
    /** The one with partitions by month. */
    table: string | undefined,
    statement: { readonly name: string; readonly text: string },
    all: readonly QueuedRecord[],
  ): Promise<number> {
    const records = all.filter((record) => record.kind === kind);
    if (records.length === 0) return 0;
    if (table !== undefined) await this.#ensurePartitions(table, records);
    const json = `[${records.map((record) => record.json).join(',')}]`;
    const { rows } = await this.#pool.query<{ dead?: number }>({ ...statement, values: [json] });
    return rows[0]?.dead ?? 0;
  }

  /** A month whose partition cannot be made goes to the default one: not tidy, but nothing is lost. */
  async #ensurePartitions(table: string, records: readonly QueuedRecord[]): Promise<void> {
    for (const { at } of records) {
      const moment = new Date(at);
      const known = `${table} ${moment.getUTCFullYear()}-${moment.getUTCMonth()}`;
      if (this.#months.has(known) || Number.isNaN(moment.getTime())) continue;
      this.#months.add(known);
      await this.#pool
        .query('SELECT ensure_month_partition($1, $2)', [table, moment])
        .catch((error: Error) =>
          this.#log.warn({ table, error: error.message }, 'No partition for a month'),
        );
    }
  }
}
