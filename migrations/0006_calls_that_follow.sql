-- What follows a call: the call back that was asked for, the transfer, the answers to a survey. A call that we place
-- is `outbound`, and says which promise it keeps and which call it was made in.

ALTER TABLE cdrs
  ADD COLUMN direction        text NOT NULL DEFAULT 'inbound' CHECK (direction IN ('inbound', 'outbound')),
  ADD COLUMN callback_id      text,
  ADD COLUMN original_call_id text,
  ADD COLUMN transferred_to   text,
  ADD COLUMN survey           jsonb;
CREATE INDEX cdrs_callback_id ON cdrs (callback_id, arrived_at DESC) WHERE callback_id IS NOT NULL;
CREATE INDEX cdrs_survey ON cdrs (arrived_at DESC, call_id DESC) WHERE survey IS NOT NULL;
