-- The configuration, the people and the records of the first call. Forward only: a later file mends this one.

-- ---- Configuration ---------------------------------------------------------------------------------
-- `revision` counts the changes of a row from 1; it becomes the ETag.

CREATE TABLE flows (
  id           text PRIMARY KEY,
  live_version integer NOT NULL,
  updated_at   timestamptz NOT NULL DEFAULT now()
);

-- The document is `json`, not `jsonb`: its author finds it again as it was written, in the order it was written.
CREATE TABLE flow_versions (
  flow_id    text NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
  version    integer NOT NULL CHECK (version > 0),
  document   json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (flow_id, version)
);

-- Deferred, because a flow and its first version are made in one transaction.
ALTER TABLE flows ADD CONSTRAINT flows_live_version_exists
  FOREIGN KEY (id, live_version) REFERENCES flow_versions (flow_id, version)
  DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE numbers (
  dnis       text PRIMARY KEY,
  name       text NOT NULL,
  flow_id    text NOT NULL REFERENCES flows (id),
  language   text NOT NULL,
  country    text NOT NULL,
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX numbers_flow_id ON numbers (flow_id);

-- Only what the operator set is kept; the rest are the product's defaults, which may get better.
CREATE TABLE queues (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  settings   jsonb NOT NULL DEFAULT '{}',
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE agents (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  extension  text NOT NULL CONSTRAINT agents_extension_unique UNIQUE,
  skills     jsonb NOT NULL DEFAULT '{}',
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE agent_queues (
  agent_id text NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
  queue_id text NOT NULL REFERENCES queues (id),
  position integer NOT NULL,
  PRIMARY KEY (agent_id, queue_id)
);
CREATE INDEX agent_queues_queue_id ON agent_queues (queue_id);

-- HA1 as of RFC 7616 section 3.4.2, hexadecimal. The PIN's hash is scrypt with its salt and costs in front.
CREATE TABLE credentials (
  agent_id   text PRIMARY KEY REFERENCES agents (id) ON DELETE CASCADE,
  ha1_md5    text,
  ha1_sha256 text,
  pin_hash   text,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- ---- People ----------------------------------------------------------------------------------------

CREATE TABLE contacts (
  id            text PRIMARY KEY,
  name          text NOT NULL,
  status        text NOT NULL CHECK (status IN ('vip', 'customer', 'prospect', 'blocked')),
  language      text,
  -- No reference: an agent who has left is no reason to forget a customer.
  last_agent_id text,
  revision      integer NOT NULL DEFAULT 1,
  updated_at    timestamptz NOT NULL DEFAULT now()
);

-- The primary key is what a caller is looked up by.
CREATE TABLE contact_numbers (
  e164       text CONSTRAINT contact_numbers_pkey PRIMARY KEY CHECK (e164 ~ '^\+[1-9][0-9]{1,14}$'),
  contact_id text NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  position   integer NOT NULL
);
CREATE INDEX contact_numbers_contact_id ON contact_numbers (contact_id);

-- ---- Phones ----------------------------------------------------------------------------------------

CREATE TABLE bindings (
  extension     text NOT NULL,
  contact_uri   text NOT NULL,
  received_from text NOT NULL,
  transport     text NOT NULL,
  call_id       text NOT NULL,
  cseq          bigint NOT NULL,
  user_agent    text NOT NULL,
  q             real NOT NULL,
  expires_at    timestamptz NOT NULL,
  PRIMARY KEY (extension, contact_uri)
);

-- ---- Records ---------------------------------------------------------------------------------------
-- Partitioned by month. The writer makes the months it needs; a row for which that failed goes to the default
-- partition, so that a record is never refused for want of a place.

CREATE TABLE cdrs (
  call_id      text NOT NULL,
  sip_call_id  text NOT NULL,
  dnis         text NOT NULL,
  ani          text,
  status       text NOT NULL,
  contact_id   text,
  caller_name  text,
  intent       text,
  queue_id     text,
  agent_id     text,
  arrived_at   timestamptz NOT NULL,
  queued_at    timestamptz,
  connected_at timestamptz,
  ended_at     timestamptz NOT NULL,
  wait_ms      integer NOT NULL,
  talk_ms      integer NOT NULL,
  outcome      text NOT NULL,
  ended_by     text NOT NULL,
  variables    jsonb NOT NULL,
  PRIMARY KEY (call_id, arrived_at)
) PARTITION BY RANGE (arrived_at);
CREATE TABLE cdrs_default PARTITION OF cdrs DEFAULT;
CREATE INDEX cdrs_arrived_at ON cdrs (arrived_at DESC, call_id DESC);
CREATE INDEX cdrs_queue_id ON cdrs (queue_id, arrived_at DESC);
CREATE INDEX cdrs_agent_id ON cdrs (agent_id, arrived_at DESC);
CREATE INDEX cdrs_ani ON cdrs (ani, arrived_at DESC);

CREATE TABLE call_events (
  call_id text NOT NULL,
  seq     integer NOT NULL,
  at      timestamptz NOT NULL,
  type    text NOT NULL,
  data    jsonb NOT NULL,
  PRIMARY KEY (call_id, seq, at)
) PARTITION BY RANGE (at);
CREATE TABLE call_events_default PARTITION OF call_events DEFAULT;

-- Makes a table's partition of the month (UTC) that `moment` is in, if it is not there.
CREATE FUNCTION ensure_month_partition(parent text, moment timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  month_start timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
  partition   text := format('%s_%s', parent, to_char(month_start, 'YYYY_MM'));
BEGIN
  IF to_regclass(partition) IS NULL THEN
    EXECUTE format(
      'CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
      partition, parent, month_start::text || '+00', (month_start + interval '1 month')::text || '+00');
  END IF;
END
$$;

-- ---- Access and the rest ---------------------------------------------------------------------------

-- A key is 256 random bits, so one round of SHA-256 is enough to keep it secret.
CREATE TABLE api_keys (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  key_hash   bytea NOT NULL UNIQUE,
  scopes     text[] NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

CREATE TABLE settings (
  key        text PRIMARY KEY,
  value      jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);
