-- Where events go, and every one that is on its way: an outbox that outlives the process.

-- `secret` is sealed with a key that is not in the database. While `previous_until` lasts, deliveries are signed with
-- the secret before, too. The breaker: `failures` in a row since `failing_since`; nothing is tried before `rest_until`,
-- and nothing at all once `disabled_at` is set.
CREATE TABLE webhooks (
  id              text PRIMARY KEY,
  name            text NOT NULL,
  url             text NOT NULL,
  events          text[] NOT NULL,
  personal_data   boolean NOT NULL,
  enabled         boolean NOT NULL DEFAULT true,
  secret          text NOT NULL,
  previous_secret text,
  previous_until  timestamptz,
  failures        integer NOT NULL DEFAULT 0,
  failing_since   timestamptz,
  rest_until      timestamptz,
  last_error      text,
  disabled_at     timestamptz,
  disabled_reason text,
  revision        integer NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now()
);

-- The order of `id` is the order in which things happened; those of one `order_key` (a call, an agent) are delivered in
-- it. Whoever delivers a row holds it until `leased_until`.
CREATE TABLE webhook_deliveries (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook_id   text NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
  message_id   text NOT NULL,
  type         text NOT NULL,
  order_key    text NOT NULL,
  at           timestamptz NOT NULL,
  data         jsonb NOT NULL,
  state        text NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts     integer NOT NULL DEFAULT 0,
  due_at       timestamptz NOT NULL,
  leased_until timestamptz NOT NULL DEFAULT '-infinity',
  last_status  integer,
  last_error   text,
  finished_at  timestamptz,
  CONSTRAINT webhook_deliveries_once UNIQUE (webhook_id, message_id)
);
CREATE INDEX webhook_deliveries_lane ON webhook_deliveries (webhook_id, order_key, id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (webhook_id, state, id DESC);
CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE state <> 'pending';
