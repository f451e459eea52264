-- What only some agents have: casual terms, zone, limits. Only what the operator set is kept.

ALTER TABLE agents ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';
