-- People who use the API and the console, the sessions that they have open, and what a key is limited to.

-- `password_hash`: scrypt with its costs and salt in front. No reference to the agent: a user whose agent has gone
-- keeps the limit to that agent, and so reaches nobody.
CREATE TABLE users (
  id            text PRIMARY KEY,
  name          text NOT NULL,
  role          text NOT NULL CHECK (role IN ('admin', 'supervisor', 'agent', 'auditor')),
  teams         text[],
  agent_id      text,
  password_hash text NOT NULL,
  disabled      boolean NOT NULL DEFAULT false,
  revision      integer NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_agent_has_one CHECK (role <> 'agent' OR agent_id IS NOT NULL)
);

-- A token is 256 random bits, so one round of SHA-256 is enough to keep it secret.
CREATE TABLE sessions (
  id           text PRIMARY KEY,
  token_hash   bytea NOT NULL UNIQUE,
  user_id      text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at   timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  address      text NOT NULL,
  user_agent   text NOT NULL
);
CREATE INDEX sessions_user_id ON sessions (user_id, created_at DESC);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

ALTER TABLE api_keys
  ADD COLUMN teams        text[],
  ADD COLUMN created_by   text NOT NULL DEFAULT '',
  ADD COLUMN expires_at   timestamptz,
  ADD COLUMN last_used_at timestamptz,
  ADD COLUMN revision     integer NOT NULL DEFAULT 1,
  ADD COLUMN updated_at   timestamptz NOT NULL DEFAULT now();
