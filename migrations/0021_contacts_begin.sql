-- A million contacts are looked through by how their name or their id begins.
CREATE INDEX contacts_name_begins ON contacts (lower(name) text_pattern_ops);
CREATE INDEX contacts_id_begins ON contacts (lower(id) text_pattern_ops);
