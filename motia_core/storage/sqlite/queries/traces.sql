-- Many rows go in with one statement: SQLite works on it without holding up Python. A trace is found by its id
-- turned round, as the index has it: see schema_traces/0003_ordered.sql.

-- name: add_spans
INSERT INTO spans (trace_id, name, start, root, error, body) VALUES {rows};

-- name: add_running
-- A span that has ended stays ended, however late this comes.
INSERT INTO running (id, trace_id, start, seen, body)
SELECT value ->> 'id', value ->> 'trace_id', value ->> 'start', :now, value
FROM json_each(:spans) AS one
WHERE NOT EXISTS (
  SELECT 1 FROM spans
  WHERE substr(trace_id, 7) || substr(trace_id, 1, 6)
    = substr(one.value ->> 'trace_id', 7) || substr(one.value ->> 'trace_id', 1, 6)
    AND start = (one.value ->> 'start') AND body ->> 'id' = (one.value ->> 'id')
)
ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, body = excluded.body;

-- name: any_running
SELECT EXISTS (SELECT 1 FROM running);

-- name: end_running
DELETE FROM running WHERE id IN (SELECT value FROM json_each(?));

-- name: lost
DELETE FROM running WHERE seen < ? RETURNING body, seen;

-- name: add_logs
INSERT INTO logs (time, level, trace_id, step, body) VALUES {rows};

-- name: began
-- A trace by its first span without a parent. Read until there are enough.
SELECT trace_id, start FROM spans AS first
WHERE root AND start <= :until AND start >= :since AND (start, trace_id) < (:start, :trace)
  AND NOT EXISTS (
    SELECT 1 FROM spans s
    WHERE substr(s.trace_id, 7) || substr(s.trace_id, 1, 6) = substr(first.trace_id, 7) || substr(first.trace_id, 1, 6)
      AND s.start < first.start AND s.root
  )
ORDER BY start DESC, trace_id DESC;

-- name: matching_spans
SELECT s.number, s.trace_id FROM {table} AS w CROSS JOIN spans AS s ON s.number = w.rowid
WHERE {table} MATCH :match AND w.rowid BETWEEN :low AND :high AND s.start <= :until
ORDER BY w.rowid {order};

-- name: matching_spans_of_trace
SELECT w.rowid FROM {table} AS w
WHERE {table} MATCH :match AND w.rowid BETWEEN :low AND :high
  AND w.rowid IN (
    SELECT number FROM spans
    WHERE substr(trace_id, 7) || substr(trace_id, 1, 6) = substr(:trace, 7) || substr(:trace, 1, 6)
  )
ORDER BY w.rowid {order};

-- name: running
SELECT body FROM running ORDER BY start DESC;

-- name: trace
SELECT body FROM spans WHERE substr(trace_id, 7) || substr(trace_id, 1, 6) = substr(:trace, 7) || substr(:trace, 1, 6)
UNION ALL SELECT body FROM running WHERE trace_id = :trace;

-- name: span
SELECT body FROM spans WHERE body ->> 'id' = :id
UNION ALL SELECT body FROM running WHERE id = :id
LIMIT 1;

-- name: last_number
SELECT coalesce(max(number), 0) FROM {what};

-- name: span_ended
SELECT coalesce(body ->> 'end', start) FROM spans WHERE number >= ? ORDER BY number LIMIT 1;

-- name: log_time
SELECT time FROM logs WHERE number >= ? ORDER BY number LIMIT 1;

-- name: logs
SELECT number, body FROM logs
WHERE number BETWEEN :low AND :high AND time BETWEEN :since AND :until
ORDER BY number {order};

-- name: logs_of_trace
SELECT number, body FROM logs
WHERE substr(trace_id, 7) || substr(trace_id, 1, 6) = substr(:trace, 7) || substr(:trace, 1, 6)
  AND trace_id IS NOT NULL AND number BETWEEN :low AND :high AND time BETWEEN :since AND :until
  AND level >= :level AND (:step IS NULL OR step = :step)
ORDER BY number {order};

-- name: matching_logs
SELECT l.number, l.body FROM {table} AS w CROSS JOIN logs AS l ON l.number = w.rowid
WHERE {table} MATCH :match AND w.rowid BETWEEN :low AND :high AND l.time BETWEEN :since AND :until
ORDER BY w.rowid {order};

-- name: old_spans
DELETE FROM spans WHERE number IN (
  SELECT s.number
  FROM (SELECT trace_id FROM spans WHERE root AND start < :before ORDER BY start LIMIT :most) AS old
  CROSS JOIN spans AS s
    ON substr(s.trace_id, 7) || substr(s.trace_id, 1, 6) = substr(old.trace_id, 7) || substr(old.trace_id, 1, 6)
);

-- name: old_orphans
DELETE FROM spans WHERE number IN (
  SELECT number FROM (SELECT number, start FROM spans ORDER BY number LIMIT :most) WHERE start < :before
);

-- name: old_logs
-- The leading run of old ones only: it costs what it removes.
DELETE FROM logs WHERE number IN (
  SELECT number FROM (SELECT number, time FROM logs ORDER BY number LIMIT :most) WHERE time < :before
);

-- name: oldest
DELETE FROM {what} WHERE number IN (SELECT number FROM {what} ORDER BY number LIMIT ?);

-- name: count
-- Numbers have next to no gaps.
SELECT coalesce(max(number) - min(number) + 1, 0) FROM {what};
