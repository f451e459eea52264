-- What agents did all day, one row for each change of state: for reports, and for days that are played again.
-- `seq` counts the changes of one process, so that two of one millisecond have an order and a row that comes twice
-- is known again.
CREATE TABLE agent_states (
  agent_id text NOT NULL,
  at       timestamptz NOT NULL,
  seq      bigint NOT NULL,
  kind     text NOT NULL,
  reason   text,
  call_id  text,
  PRIMARY KEY (agent_id, at, seq)
) PARTITION BY RANGE (at);
CREATE TABLE agent_states_default PARTITION OF agent_states DEFAULT;
CREATE INDEX agent_states_at ON agent_states (at);
