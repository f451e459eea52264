-- A flow has versions, which are never changed, and at most one draft, which nobody hears (V2). A draft may stand for a
-- flow that does not exist yet, so it refers to none.
CREATE TABLE flow_drafts (
  flow_id    text PRIMARY KEY,
  document   json NOT NULL,
  comment    text,
  author     text NOT NULL,
  revision   integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE flow_versions ADD COLUMN author text, ADD COLUMN comment text;

-- Which version went live when, and by whom: one row each time, also when an older version comes back.
CREATE TABLE flow_publications (
  flow_id  text NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
  seq      integer NOT NULL,
  version  integer NOT NULL,
  previous integer,
  author   text NOT NULL,
  comment  text,
  at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (flow_id, seq)
);
