-- Call backs that were over because their customers rang themselves. Days before this have them once they are replayed
-- (`npm run reports -- replay`).
ALTER TABLE interval_facts
  ADD COLUMN callbacks_merged integer NOT NULL DEFAULT 0;
