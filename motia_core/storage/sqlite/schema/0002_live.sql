-- The stamp of the last change of any stream. It begins at the clock, so that browsers which have followed an older
-- server see what comes next as newer.
ALTER TABLE counters ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
UPDATE counters SET stamp = CAST(strftime('%s', 'now') AS INTEGER) * 1000;

-- Items know their id since then.
UPDATE entries SET value = CAST(json_set(CAST(value AS TEXT), '$.id', key) AS BLOB)
WHERE space <> '' AND json_valid(CAST(value AS TEXT)) AND json_type(CAST(value AS TEXT)) = 'object';

-- `lost` counts attempts that prove nothing against the handler: their server ended, or their worker died among others.
-- `deaths` are from now on those of workers that a delivery had to itself.
ALTER TABLE deliveries ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
-- Of a delivery that was lost before: how many of its runs are known to have begun since one came to an end.
ALTER TABLE deliveries ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET lost = 1, deaths = deaths - 1 WHERE deaths > 0;

-- A run of a cron step is a delivery now, with a lease like any other.
DROP TABLE leases;
