-- So that nobody replaces or deletes what they have not seen.
ALTER TABLE contact_accounts ADD COLUMN revision integer NOT NULL DEFAULT 1;
ALTER TABLE recordings ADD COLUMN revision integer NOT NULL DEFAULT 1;
