-- Whose hands a delivery is in, by the name of their connections to this database: who has none any more is dead, and
-- what was in their hands is taken up again at once. Empty: nobody has said.
ALTER TABLE webhook_deliveries ADD COLUMN leased_by text NOT NULL DEFAULT '';
