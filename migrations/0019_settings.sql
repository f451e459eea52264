-- What was set while the house was open; what is not in it is as the environment says. One row, always.
CREATE TABLE house_settings (
  singleton  boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  settings   jsonb NOT NULL DEFAULT '{}',
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO house_settings DEFAULT VALUES;
