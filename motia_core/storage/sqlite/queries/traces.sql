-- Whole batches go in as one JSON array and one statement: SQLite takes it apart without holding up Python.

-- name: add_spans
INSERT INTO spans (trace_id, name, start, body)
SELECT value ->> 'trace_id', value ->> 'name', value ->> 'start', value
FROM json_each(?);

-- name: add_logs
INSERT INTO logs (time, level, trace_id, step, body)
SELECT json_extract(value, '$.time'),
  CASE json_extract(value, '$.level') WHEN 'debug' THEN 0 WHEN 'info' THEN 1 WHEN 'warn' THEN 2 ELSE 3 END,
  json_extract(value, '$.trace_id'), json_extract(value, '$.step'), value
FROM json_each(?);

-- name: began
-- A trace by its first span only. Read until there are enough.
SELECT trace_id FROM spans AS first
WHERE start < :before
  AND NOT EXISTS (SELECT 1 FROM spans s WHERE s.trace_id = first.trace_id AND s.start < first.start)
  AND (:step IS NULL OR EXISTS (SELECT 1 FROM spans s WHERE s.trace_id = first.trace_id AND s.name = :step))
ORDER BY start DESC, number DESC;

-- name: trace
SELECT body FROM spans WHERE trace_id = ? ORDER BY start, number;

-- name: logs_newest
SELECT number, body FROM logs
WHERE number > :after AND level >= :level AND (:step IS NULL OR step = :step)
ORDER BY number DESC LIMIT :limit;

-- name: logs_first
SELECT number, body FROM logs
WHERE number > :after AND level >= :level AND (:step IS NULL OR step = :step)
ORDER BY number LIMIT :limit;

-- name: logs_newest_of_trace
SELECT number, body FROM logs
WHERE trace_id = :trace AND number > :after AND level >= :level AND (:step IS NULL OR step = :step)
ORDER BY number DESC LIMIT :limit;

-- name: logs_first_of_trace
SELECT number, body FROM logs
WHERE trace_id = :trace AND number > :after AND level >= :level AND (:step IS NULL OR step = :step)
ORDER BY number LIMIT :limit;

-- name: prune_old_spans
DELETE FROM spans WHERE trace_id IN (SELECT trace_id FROM spans WHERE start < ?);

-- name: count_spans
SELECT count(*) FROM spans;

-- name: prune_spans
DELETE FROM spans WHERE number IN (SELECT number FROM spans ORDER BY number LIMIT ?);

-- name: prune_old_logs
-- The leading run of old ones only: it costs what it removes.
DELETE FROM logs WHERE number < coalesce(
  (SELECT number FROM logs WHERE time >= ? ORDER BY number LIMIT 1), 9223372036854775807
);

-- name: count_logs
SELECT count(*) FROM logs;

-- name: prune_logs
DELETE FROM logs WHERE number IN (SELECT number FROM logs ORDER BY number LIMIT ?);
