-- What callers prove themselves by, how often they have failed to, and where their earlier calls are found.

-- The PIN's hash is scrypt with its salt and costs in front, as agents' are.
CREATE TABLE contact_accounts (
  account    text CONSTRAINT contact_accounts_pkey PRIMARY KEY CHECK (account ~ '^[0-9]{1,32}$'),
  contact_id text NOT NULL CONSTRAINT contact_accounts_contact_unique UNIQUE
    REFERENCES contacts (id) ON DELETE CASCADE,
  pin_hash   text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- By a hash of what was typed, because callers type other numbers than accounts: of cards, of telephones. There is a
-- row for an account that does not exist as well: whether it locks tells nobody whether it exists.
CREATE TABLE verification_attempts (
  account_hash bytea PRIMARY KEY,
  failures     integer NOT NULL,
  last_at      timestamptz NOT NULL,
  locked_until timestamptz
);
CREATE INDEX verification_attempts_last_at ON verification_attempts (last_at);

CREATE INDEX cdrs_contact_id ON cdrs (contact_id, arrived_at DESC);
