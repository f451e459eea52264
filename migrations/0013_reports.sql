-- Reports: figures by quarter of an hour, computed from the records; and the records' own upkeep by month.

-- ---- The order in which records came -----------------------------------------------------------------
-- What is new since the last look, also when it tells of yesterday: each row has the number of the transaction that
-- wrote it, and a transaction is looked at when all before it are over (pg_snapshot_xmin). Rows that were there
-- before have none; they are reported by day. A BRIN index costs the writer next to nothing.

ALTER TABLE call_events ADD COLUMN xact bigint;
ALTER TABLE call_events ALTER COLUMN xact SET DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX call_events_xact ON call_events USING brin (xact) WITH (pages_per_range = 32, autosummarize = on);
ALTER TABLE cdrs ADD COLUMN xact bigint;
ALTER TABLE cdrs ALTER COLUMN xact SET DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX cdrs_xact ON cdrs USING brin (xact) WITH (pages_per_range = 32, autosummarize = on);
ALTER TABLE agent_states ADD COLUMN xact bigint;
ALTER TABLE agent_states ALTER COLUMN xact SET DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX agent_states_xact ON agent_states USING brin (xact) WITH (pages_per_range = 32, autosummarize = on);

-- A day of events, and an export of them, in their order.
CREATE INDEX call_events_at ON call_events (at);
-- The after-call work of a call.
CREATE INDEX agent_states_wrap_up ON agent_states (call_id) WHERE kind = 'wrapUp';

-- ---- Partitions by month -------------------------------------------------------------------------------

-- Makes a table's partition of the month (UTC) that `moment` is in, if it is not there. What of that month went to the
-- default partition meanwhile moves into it: without that the month could never have a partition of its own.
CREATE OR REPLACE FUNCTION ensure_month_partition(parent text, moment timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  month_start timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
  starts      text := month_start::text || '+00';
  ends        text := (month_start + interval '1 month')::text || '+00';
  partition   text := format('%s_%s', parent, to_char(month_start, 'YYYY_MM'));
  rest        text := parent || '_default';
  by_column   text;
BEGIN
  IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
  SELECT attname INTO by_column FROM pg_partitioned_table JOIN pg_attribute
    ON attrelid = partrelid AND attnum = partattrs[0] WHERE partrelid = parent::regclass;
  -- Nothing goes there while it moves, and two who come at once do it one after the other.
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', rest);
  IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition, parent);
  EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
    rest, by_column, starts, by_column, ends, partition);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, partition, starts, ends);
END
$$;

-- Drops the partitions of months that ended at `before` or earlier, and what of them is in the default partition.
-- Returns how many months went.
CREATE FUNCTION drop_months_before(parent text, before timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  child     record;
  month     text;
  dropped   integer := 0;
  by_column text;
BEGIN
  FOR child IN SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = parent::regclass LOOP
    month := substring(child.relname from '_(\d{4}_\d{2})$');
    CONTINUE WHEN month IS NULL
      OR (to_date(month, 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' > before;
    EXECUTE format('DROP TABLE %I', child.relname);
    dropped := dropped + 1;
  END LOOP;
  SELECT attname INTO by_column FROM pg_partitioned_table JOIN pg_attribute
    ON attrelid = partrelid AND attnum = partattrs[0] WHERE partrelid = parent::regclass;
  EXECUTE format('DELETE FROM %I WHERE %I < %L', parent || '_default', by_column, before);
  RETURN dropped;
END
$$;

-- What is in the default partitions today gets months of its own.
DO $$
DECLARE
  parent text;
  moment timestamptz;
BEGIN
  FOREACH parent IN ARRAY ARRAY['cdrs', 'call_events', 'agent_states'] LOOP
    FOR moment IN EXECUTE format('SELECT DISTINCT date_trunc(''month'', %I, ''UTC'') FROM %I',
      CASE parent WHEN 'cdrs' THEN 'arrived_at' ELSE 'at' END, parent || '_default') LOOP
      PERFORM ensure_month_partition(parent, moment);
    END LOOP;
  END LOOP;
END
$$;

-- ---- What is known -------------------------------------------------------------------------------------

-- How far the figures are. One row.
CREATE TABLE report_progress (
  single      boolean PRIMARY KEY DEFAULT true CHECK (single),
  -- Records of transactions before it are in the figures.
  done_xact   bigint NOT NULL,
  -- Agents' time is told up to then.
  times_until timestamptz NOT NULL,
  -- Days (UTC) from here to `replay_to` are still to be computed from their records.
  replay_from timestamptz,
  replay_to   timestamptz,
  -- Records before it are gone: figures of that time stay as they are.
  kept_from   timestamptz
);

-- In which team an agent was, and which queues they answered, since when: figures of the past stay with the team
-- of the past.
CREATE TABLE report_agents (
  agent_id  text NOT NULL,
  since     timestamptz NOT NULL,
  team      text,
  queue_ids text[] NOT NULL,
  PRIMARY KEY (agent_id, since)
);

-- What each call adds to the figures of a slot. Replaced whole when anything of the call comes late.
CREATE TABLE call_facts (
  call_id  text NOT NULL,
  slot     timestamptz NOT NULL,
  n        smallint NOT NULL,
  queue_id text,
  agent_id text,
  dnis     text,
  flow_id  text,
  skills   text[] NOT NULL,
  facts    jsonb NOT NULL,
  PRIMARY KEY (call_id, slot, n)
) PARTITION BY RANGE (slot);
CREATE TABLE call_facts_default PARTITION OF call_facts DEFAULT;
CREATE INDEX call_facts_slot ON call_facts (slot);

-- What each agent did with a slot.
CREATE TABLE agent_times (
  agent_id text NOT NULL,
  slot     timestamptz NOT NULL,
  signed_in_ms bigint NOT NULL DEFAULT 0,
  ready_ms bigint NOT NULL DEFAULT 0,
  not_ready_ms bigint NOT NULL DEFAULT 0,
  ringing_ms bigint NOT NULL DEFAULT 0,
  talking_ms bigint NOT NULL DEFAULT 0,
  wrap_up_ms bigint NOT NULL DEFAULT 0,
  sign_ins integer NOT NULL DEFAULT 0,
  PRIMARY KEY (agent_id, slot)
) PARTITION BY RANGE (slot);
CREATE TABLE agent_times_default PARTITION OF agent_times DEFAULT;
CREATE INDEX agent_times_slot ON agent_times (slot);

-- The sums by which reports are told: `dimension` is all, queue, agent, team, number, flow or skill. The columns are
-- src/facts/names.ts, where their meaning is.
CREATE TABLE interval_facts (
  dimension text NOT NULL,
  key       text NOT NULL,
  slot      timestamptz NOT NULL,
  offered integer NOT NULL DEFAULT 0,
  answered integer NOT NULL DEFAULT 0,
  abandoned integer NOT NULL DEFAULT 0,
  short_abandoned integer NOT NULL DEFAULT 0,
  timed_out integer NOT NULL DEFAULT 0,
  overflowed_out integer NOT NULL DEFAULT 0,
  overflowed_in integer NOT NULL DEFAULT 0,
  transferred_in integer NOT NULL DEFAULT 0,
  left_for_callback integer NOT NULL DEFAULT 0,
  left_otherwise integer NOT NULL DEFAULT 0,
  regained integer NOT NULL DEFAULT 0,
  answered_in_target integer NOT NULL DEFAULT 0,
  abandoned_in_target integer NOT NULL DEFAULT 0,
  wait_answered_ms bigint NOT NULL DEFAULT 0,
  wait_abandoned_ms bigint NOT NULL DEFAULT 0,
  longest_wait_ms bigint NOT NULL DEFAULT 0,
  answered_in5 integer NOT NULL DEFAULT 0,
  answered_in10 integer NOT NULL DEFAULT 0,
  answered_in15 integer NOT NULL DEFAULT 0,
  answered_in20 integer NOT NULL DEFAULT 0,
  answered_in30 integer NOT NULL DEFAULT 0,
  answered_in45 integer NOT NULL DEFAULT 0,
  answered_in60 integer NOT NULL DEFAULT 0,
  answered_in90 integer NOT NULL DEFAULT 0,
  answered_in120 integer NOT NULL DEFAULT 0,
  answered_in180 integer NOT NULL DEFAULT 0,
  answered_in300 integer NOT NULL DEFAULT 0,
  answered_in600 integer NOT NULL DEFAULT 0,
  abandoned_in5 integer NOT NULL DEFAULT 0,
  abandoned_in10 integer NOT NULL DEFAULT 0,
  abandoned_in15 integer NOT NULL DEFAULT 0,
  abandoned_in20 integer NOT NULL DEFAULT 0,
  abandoned_in30 integer NOT NULL DEFAULT 0,
  abandoned_in45 integer NOT NULL DEFAULT 0,
  abandoned_in60 integer NOT NULL DEFAULT 0,
  abandoned_in90 integer NOT NULL DEFAULT 0,
  abandoned_in120 integer NOT NULL DEFAULT 0,
  abandoned_in180 integer NOT NULL DEFAULT 0,
  abandoned_in300 integer NOT NULL DEFAULT 0,
  abandoned_in600 integer NOT NULL DEFAULT 0,
  handled integer NOT NULL DEFAULT 0,
  talk_ms bigint NOT NULL DEFAULT 0,
  hold_ms bigint NOT NULL DEFAULT 0,
  holds integer NOT NULL DEFAULT 0,
  acw_ms bigint NOT NULL DEFAULT 0,
  longest_talk_ms bigint NOT NULL DEFAULT 0,
  transferred_out integer NOT NULL DEFAULT 0,
  conferenced integer NOT NULL DEFAULT 0,
  consulted integer NOT NULL DEFAULT 0,
  callbacks_handled integer NOT NULL DEFAULT 0,
  returned integer NOT NULL DEFAULT 0,
  rung integer NOT NULL DEFAULT 0,
  missed integer NOT NULL DEFAULT 0,
  rejected integer NOT NULL DEFAULT 0,
  busy integer NOT NULL DEFAULT 0,
  unreachable integer NOT NULL DEFAULT 0,
  withdrawn integer NOT NULL DEFAULT 0,
  ring_ms bigint NOT NULL DEFAULT 0,
  calls integer NOT NULL DEFAULT 0,
  calls_queued integer NOT NULL DEFAULT 0,
  calls_answered integer NOT NULL DEFAULT 0,
  calls_abandoned integer NOT NULL DEFAULT 0,
  calls_left_in_flow integer NOT NULL DEFAULT 0,
  calls_served_by_flow integer NOT NULL DEFAULT 0,
  calls_voicemail integer NOT NULL DEFAULT 0,
  calls_transferred_by_flow integer NOT NULL DEFAULT 0,
  calls_callback integer NOT NULL DEFAULT 0,
  calls_refused integer NOT NULL DEFAULT 0,
  calls_not_served integer NOT NULL DEFAULT 0,
  calls_failed integer NOT NULL DEFAULT 0,
  callbacks_requested integer NOT NULL DEFAULT 0,
  callback_attempts integer NOT NULL DEFAULT 0,
  callback_attempts_failed integer NOT NULL DEFAULT 0,
  callbacks_reached integer NOT NULL DEFAULT 0,
  callbacks_missed integer NOT NULL DEFAULT 0,
  casual_spent integer NOT NULL DEFAULT 0,
  casual_given_back integer NOT NULL DEFAULT 0,
  PRIMARY KEY (dimension, key, slot)
) PARTITION BY RANGE (slot);
CREATE TABLE interval_facts_default PARTITION OF interval_facts DEFAULT;
CREATE INDEX interval_facts_slot ON interval_facts (slot);

CREATE TABLE interval_times (
  dimension text NOT NULL,
  key       text NOT NULL,
  slot      timestamptz NOT NULL,
  signed_in_ms bigint NOT NULL DEFAULT 0,
  ready_ms bigint NOT NULL DEFAULT 0,
  not_ready_ms bigint NOT NULL DEFAULT 0,
  ringing_ms bigint NOT NULL DEFAULT 0,
  talking_ms bigint NOT NULL DEFAULT 0,
  wrap_up_ms bigint NOT NULL DEFAULT 0,
  sign_ins integer NOT NULL DEFAULT 0,
  PRIMARY KEY (dimension, key, slot)
) PARTITION BY RANGE (slot);
CREATE TABLE interval_times_default PARTITION OF interval_times DEFAULT;
CREATE INDEX interval_times_slot ON interval_times (slot);
