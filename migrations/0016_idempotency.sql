-- What was answered to a POST with an Idempotency-Key, for a day. A row without a status is under way.
CREATE TABLE idempotency_keys (
  owner       text NOT NULL,
  key         text NOT NULL,
  fingerprint bytea NOT NULL,
  begun_at    timestamptz NOT NULL,
  status      integer,
  headers     jsonb,
  body        text,
  PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_keys_begun_at ON idempotency_keys (begun_at);
