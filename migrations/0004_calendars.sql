-- When a site may be called (V7). Hours, holidays and phones are one column of JSON; the closure is a column of its
-- own, because it is set and lifted by a call in progress while somebody may be editing the rest.
CREATE TABLE calendars (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  zone       text NOT NULL,
  settings   jsonb NOT NULL DEFAULT '{}',
  closure    jsonb,
  pin_hash   text,
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- The hours of the number: what a flow's `hours` node asks when it names no calendar.
ALTER TABLE numbers ADD COLUMN calendar_id text CONSTRAINT numbers_calendar_id_fkey REFERENCES calendars (id);
CREATE INDEX numbers_calendar_id ON numbers (calendar_id);
