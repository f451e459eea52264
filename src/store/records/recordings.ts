/**
 * The beginning and the end of a recording, and who else speaks, come as records, perhaps in one batch: the last
 * counts. One that is over never runs again, and where its sound is, is not known here.
 */
export const UPSERT_RECORDINGS = {
  name: 'upsert_recordings',
  text: `INSERT INTO recordings AS r
      (id, call_id, why, started_at, ended_at, duration_ms, stereo, state, ended_by, loss, queue_id, agent_ids, ani,
       contact_id, notice, pauses)
    SELECT DISTINCT ON (id) id, "callId", why, to_timestamp("startedAt" / 1000), to_timestamp("endedAt" / 1000),
      round("durationMs"), stereo, state, "end", loss, "queueId",
      ARRAY(SELECT jsonb_array_elements_text("agentIds")), ani, "contactId", notice, pauses
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (id text, "callId" text, why text, "startedAt" float8,
      "endedAt" float8, "durationMs" float8, stereo boolean, state text, "end" text, loss text, "queueId" text,
      "agentIds" jsonb, ani text, "contactId" text, notice jsonb, pauses jsonb)) WITH ORDINALITY
      AS t (id, "callId", why, "startedAt", "endedAt", "durationMs", stereo, state, "end", loss, "queueId",
      "agentIds", ani, "contactId", notice, pauses, place)
    ORDER BY id, place DESC
    ON CONFLICT (id) DO UPDATE SET
      ended_at = excluded.ended_at, duration_ms = excluded.duration_ms, state = excluded.state,
      ended_by = excluded.ended_by, loss = excluded.loss, queue_id = excluded.queue_id,
      agent_ids = excluded.agent_ids, contact_id = excluded.contact_id, pauses = excluded.pauses,
      revision = r.revision + 1
    WHERE r.state = 'running'`,
};
