-- Recorded conversations. The sound is a file of the data folder, or an object of the store, by the id.

CREATE TABLE recordings (
  id          text PRIMARY KEY,
  call_id     text NOT NULL,
  why         text NOT NULL CHECK (why IN ('all', 'share', 'onDemand')),
  started_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  duration_ms integer,
  stereo      boolean NOT NULL,
  state       text NOT NULL CHECK (state IN ('running', 'kept', 'lost', 'deleted')),
  ended_by    text,
  loss        text,
  queue_id    text,
  agent_ids   text[] NOT NULL,
  ani         text,
  contact_id  text,
  -- What the caller was told before: the evidence of consent.
  notice      jsonb,
  pauses      jsonb NOT NULL,
  -- Where the sound is; null: nowhere, or not known yet.
  storage     text CHECK (storage IN ('folder', 's3')),
  octets      bigint
);
CREATE INDEX recordings_started_at ON recordings (started_at DESC, id DESC);
CREATE INDEX recordings_call_id ON recordings (call_id);
CREATE INDEX recordings_queue_id ON recordings (queue_id, started_at DESC, id DESC);
CREATE INDEX recordings_agent_ids ON recordings USING gin (agent_ids);
CREATE INDEX recordings_running ON recordings (started_at) WHERE state = 'running';
CREATE INDEX recordings_sound ON recordings (started_at) WHERE storage IS NOT NULL;

ALTER TABLE cdrs
  ADD COLUMN recording_ids jsonb,
  ADD COLUMN recording_refused boolean NOT NULL DEFAULT false;
