-- What was done about a message counts, too, so that nobody overwrites what they have not seen.
ALTER TABLE voicemails ADD COLUMN revision integer NOT NULL DEFAULT 1;

-- Lists by name and by change, of what there may be a million of.
CREATE INDEX contacts_name ON contacts (name, id);
CREATE INDEX contacts_updated_at ON contacts (updated_at, id);
