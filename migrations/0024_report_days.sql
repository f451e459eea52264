-- Of each day (UTC), what its figures are now: another version, other figures. Rows of reports that were written for a
-- day are kept in memory and serve again as long as its version is the same.
CREATE TABLE report_days (
  day     timestamptz PRIMARY KEY,
  version uuid NOT NULL
);

INSERT INTO report_days (day, version)
SELECT day, gen_random_uuid() FROM (
  SELECT DISTINCT date_trunc('day', slot, 'UTC') AS day FROM interval_facts
  UNION
  SELECT DISTINCT date_trunc('day', slot, 'UTC') FROM interval_times) AS days;
