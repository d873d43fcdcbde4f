-- name: acquire
INSERT INTO leases (name, owner, until) VALUES (:name, :owner, :until)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
WHERE leases.owner = excluded.owner OR leases.until <= :now;

-- name: renew
UPDATE leases SET until = ? WHERE name = ? AND owner = ?;

-- name: release
DELETE FROM leases WHERE name = ? AND owner = ?;

-- name: last_tick
SELECT tick FROM ticks WHERE name = ?;

-- name: take_tick
INSERT INTO ticks (name, tick) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET tick = excluded.tick WHERE excluded.tick > ticks.tick;
