-- What runs were given: many inputs in one row, see inputs.py.

-- name: add
INSERT INTO packs (inputs, size, newest, body) VALUES (?, ?, ?, ?);

-- name: replace
UPDATE packs SET inputs = ?, size = ?, newest = ?, body = ? WHERE number = ?;

-- name: newest
-- Read until it is found.
SELECT body FROM packs ORDER BY number DESC;

-- name: oldest
SELECT number, inputs, size, newest FROM packs ORDER BY number LIMIT ?;

-- name: body
SELECT body FROM packs WHERE number = ?;

-- name: remove
DELETE FROM packs WHERE number = ?;

-- name: held
SELECT coalesce(sum(inputs), 0), coalesce(sum(size), 0) FROM packs;
