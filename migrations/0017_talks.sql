-- What became of a conversation: how long the caller was on hold, and each agent's share.
ALTER TABLE cdrs
  ADD COLUMN hold_ms bigint NOT NULL DEFAULT 0,
  ADD COLUMN agents jsonb;
