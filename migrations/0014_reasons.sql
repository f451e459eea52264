-- What agents say about conversations, and about themselves. A code is what is typed on a phone.

CREATE TABLE dispositions (
  id         text PRIMARY KEY,
  label      jsonb NOT NULL,
  code       text CONSTRAINT dispositions_code_unique UNIQUE,
  queue_ids  text[],
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE not_ready_reasons (
  id         text PRIMARY KEY,
  label      jsonb NOT NULL,
  code       text CONSTRAINT not_ready_reasons_code_unique UNIQUE,
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);
