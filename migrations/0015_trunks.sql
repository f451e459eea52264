-- Ways to the telephone network (P8). What a trunk is like is one column of JSON, read whole and written whole; the
-- password is sealed (AES-256-GCM) with a key that is not in the database.
CREATE TABLE trunks (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  settings   jsonb NOT NULL,
  password   text,
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- What may be called: one row, or none as long as nobody has said.
CREATE TABLE dialling (
  singleton  boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  rules      jsonb NOT NULL,
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);
