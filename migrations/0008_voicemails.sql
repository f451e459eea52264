-- Messages that callers have left. The sound is a file of the data folder, by the id.

CREATE TABLE voicemails (
  id          text PRIMARY KEY,
  call_id     text NOT NULL,
  at          timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  dnis        text NOT NULL,
  ani         text,
  contact_id  text,
  caller_name text,
  language    text NOT NULL,
  queue_id    text,
  agent_id    text,
  state       text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'handled')),
  handled_at  timestamptz
);
CREATE INDEX voicemails_at ON voicemails (at DESC, id DESC);
CREATE INDEX voicemails_new ON voicemails (at DESC, id DESC) WHERE state = 'new';
