-- By which proxies a phone registered (RFC 3327), and over which of the connections that it holds open (RFC 5626).
ALTER TABLE bindings ADD COLUMN path jsonb, ADD COLUMN flow jsonb;
