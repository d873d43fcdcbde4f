-- State and streams: one table, told apart by `space`.

-- name: get
SELECT value FROM entries
WHERE space = ? AND group_name = ? AND key = ? AND (expires IS NULL OR expires > ?);

-- name: read
SELECT value, version FROM entries
WHERE space = ? AND group_name = ? AND key = ? AND (expires IS NULL OR expires > ?);

-- name: group
SELECT key, value, version FROM entries
WHERE space = ? AND group_name = ? AND (expires IS NULL OR expires > ?)
ORDER BY id;

-- name: versions
SELECT version FROM entries
WHERE space = ? AND group_name = ? AND (expires IS NULL OR expires > ?)
ORDER BY id;

-- name: keys
SELECT key FROM entries
WHERE space = ? AND group_name = ? AND (expires IS NULL OR expires > ?)
ORDER BY id;

-- name: groups
-- One step along the index per group, not per key; a group of expired keys only is left out.
WITH RECURSIVE names (name) AS (
  SELECT min(group_name) FROM entries WHERE space = :space
  UNION ALL
  SELECT (SELECT min(group_name) FROM entries WHERE space = :space AND group_name > name)
  FROM names WHERE name IS NOT NULL
)
SELECT name FROM names
WHERE name IS NOT NULL AND EXISTS (
  SELECT 1 FROM entries
  WHERE space = :space AND group_name = name AND (expires IS NULL OR expires > :now)
);

-- name: spaces
WITH RECURSIVE names (name) AS (
  SELECT min(space) FROM entries
  UNION ALL
  SELECT (SELECT min(space) FROM entries WHERE space > name) FROM names WHERE name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL;

-- name: overwrite
UPDATE entries SET value = ?, version = ?, expires = ?
WHERE space = ? AND group_name = ? AND key = ? AND (expires IS NULL OR expires > ?);

-- name: overwrite_keeping_expiry
UPDATE entries SET value = ?, version = ?
WHERE space = ? AND group_name = ? AND key = ? AND (expires IS NULL OR expires > ?);

-- name: insert
-- REPLACE takes away an expired value, so that the new one is last in its group.
INSERT OR REPLACE INTO entries (space, group_name, key, value, version, expires)
VALUES (?, ?, ?, ?, ?, ?);

-- name: present
-- Which of many keys are there. One row answers for all: each row would be a wait of its own.
SELECT json_group_array(json_array(e.space, e.group_name, e.key, e.expires))
FROM (VALUES {rows}) wanted CROSS JOIN entries e
  ON e.space = wanted.column1 AND e.group_name = wanted.column2 AND e.key = wanted.column3;

-- name: upsert
INSERT INTO entries (space, group_name, key, value, version, expires) VALUES {rows}
ON CONFLICT (space, group_name, key)
DO UPDATE SET value = excluded.value, version = excluded.version, expires = excluded.expires;

-- name: delete
DELETE FROM entries WHERE space = ? AND group_name = ? AND key = ?
RETURNING value, expires;

-- name: count
SELECT count(*) FROM entries
WHERE space = ? AND group_name = ? AND (expires IS NULL OR expires > ?);

-- name: clear
DELETE FROM entries WHERE space = ? AND group_name = ?;

-- name: empty
-- As `clear`, with what was there.
DELETE FROM entries WHERE space = ? AND group_name = ?
RETURNING id, key, value, expires;

-- name: page
SELECT key, value, version FROM entries
WHERE space = ? AND group_name = ? AND (expires IS NULL OR expires > ?)
ORDER BY id LIMIT ? OFFSET ?;

-- name: stamp
SELECT stamp FROM counters;

-- name: pass_over
UPDATE counters SET stamp = max(stamp, ?);

-- name: expired
SELECT 1 FROM entries WHERE expires IS NOT NULL AND expires <= ? LIMIT 1;

-- name: sweep
-- The value of a stream's item is told to those who follow it; that of the state interests nobody.
DELETE FROM entries WHERE id IN (
  SELECT id FROM entries WHERE expires IS NOT NULL AND expires <= ? ORDER BY expires LIMIT ?
)
RETURNING expires, id, space, group_name, key, CASE space WHEN '' THEN NULL ELSE value END;
