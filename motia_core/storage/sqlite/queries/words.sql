-- The index of words over `spans` and `logs`: one contentless table per 16,384 numbers, so that old words go by
-- dropping a table, and no merge is larger than one. How long each text is, which only rankings ask for, is not kept.
-- {table} is its name, {what} the table of the rows.

-- name: create
CREATE VIRTUAL TABLE {table} USING fts5(words, tags, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');

-- name: drop
DROP TABLE IF EXISTS {table};

-- name: index_logs
-- As `searched` in summary.py. All levels up to its own are tags of a line: `level` is a lowest one.
INSERT INTO {table} (rowid, words, tags)
SELECT number, substr((body ->> '$.msg') || ' ' || coalesce(body ->> '$.fields', ''), 1, 2000),
  CASE level WHEN 0 THEN '' WHEN 1 THEN 'l1 ' WHEN 2 THEN 'l1 l2 ' ELSE 'l1 l2 l3 ' END
    || CASE WHEN step IS NULL THEN '' ELSE 's' || lower(hex(step)) END
FROM logs WHERE number > ? AND number <= ?;

-- name: index_spans
INSERT INTO {table} (rowid, words, tags)
SELECT number, name || ' ' || coalesce(error, ''),
  's' || lower(hex(name)) || CASE WHEN error IS NULL THEN '' ELSE ' failed' END
FROM spans WHERE number > ? AND number <= ?;

-- name: done
SELECT number FROM indexed WHERE what = ?;

-- name: set_done
UPDATE indexed SET number = ? WHERE what = ?;

-- name: parts
SELECT part FROM parts WHERE what = ? ORDER BY part;

-- name: add_part
INSERT INTO parts (what, part) VALUES (?, ?);

-- name: remove_part
DELETE FROM parts WHERE what = ? AND part = ?;

-- name: last
SELECT coalesce(max(number), 0) FROM {what};

-- name: first
SELECT min(number) FROM {what};
