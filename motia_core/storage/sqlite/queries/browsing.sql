-- What people look at, page by page.

-- name: deliveries
SELECT d.id, d.step, d.status, d.due, d.attempt, d.lease, d.failure, e.topic,
  CASE WHEN length(e.data) <= :longest THEN e.data END, length(e.data), e.trace_id, e.flows, e.group_name, e.created
FROM deliveries d JOIN events e ON e.id = d.event
WHERE d.id > :after AND (:step IS NULL OR d.step = :step) AND (:status IS NULL OR d.status = :status)
  AND (:delayed IS NULL OR (d.due > :now) = :delayed)
ORDER BY d.id LIMIT :limit;

-- name: delivery
SELECT d.id, d.step, d.status, d.due, d.attempt, d.lease, d.failure, e.topic,
  e.data, length(e.data), e.trace_id, e.flows, e.group_name, e.created
FROM deliveries d JOIN events e ON e.id = d.event
WHERE d.id = ?;

-- name: hasten
UPDATE deliveries SET due = :now
WHERE id IN (SELECT value FROM json_each(:ids)) AND status = 'waiting' AND due > :now;

-- name: drop
-- When a blocked one goes, the first of its lane is given its turn: it must have it already.
DELETE FROM deliveries WHERE id = ? AND (status = 'waiting' OR status = 'blocked' AND 'blocked' <> (
  SELECT first.status FROM deliveries first
  WHERE first.step = deliveries.step AND first.lane = deliveries.lane ORDER BY first.id LIMIT 1
));

-- name: values
SELECT group_name, key, CASE WHEN length(value) <= :longest THEN value END, length(value), expires FROM entries
WHERE space = :space AND (group_name, key) {than} (:group, :key) AND (expires IS NULL OR expires > :now)
ORDER BY group_name, key LIMIT :limit;

-- name: values_of
SELECT group_name, key, CASE WHEN length(value) <= :longest THEN value END, length(value), expires FROM entries
WHERE space = :space AND group_name = :group AND key {than} :key AND (expires IS NULL OR expires > :now)
ORDER BY key LIMIT :limit;

-- name: value
SELECT value, length(value), expires FROM entries
WHERE space = ? AND group_name = ? AND key = ? AND (expires IS NULL OR expires > ?);

-- name: groups
SELECT group_name, count(*), sum(length(value)) FROM entries
WHERE space = :space AND group_name > :after AND (expires IS NULL OR expires > :now)
GROUP BY group_name ORDER BY group_name LIMIT :limit;

-- name: group
SELECT count(*), coalesce(sum(length(value)), 0) FROM entries
WHERE space = :space AND group_name = :name AND (expires IS NULL OR expires > :now);
