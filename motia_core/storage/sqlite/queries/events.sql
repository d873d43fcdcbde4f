-- Events, deliveries, dead letters and what `once` remembers.

-- name: add_events
INSERT INTO events (id, topic, data, trace_id, flows, parent, group_name, hops, created, remaining) VALUES {rows};

-- name: add_deliveries
INSERT INTO deliveries (id, event, step, lane, status, due) VALUES {rows};

-- name: emit_id
SELECT event, deliveries FROM emit_ids WHERE topic = ? AND dedup = ? AND created >= ?;

-- name: remember_emit_id
INSERT OR REPLACE INTO emit_ids (topic, dedup, event, deliveries, created) VALUES (?, ?, ?, ?, ?);

-- name: lane_taken
SELECT 1 FROM deliveries WHERE step = ? AND lane = ? LIMIT 1;

-- name: expire_leases
-- The servers that held these are gone or stuck. The old due puts them before what came later. What
-- was lost before waits as long as `spread` of the memory store says.
UPDATE deliveries
SET status = 'waiting', owner = NULL, lease = NULL, suspect = 1, lost = lost + 1, due = CASE WHEN lost = 0 THEN due
  ELSE max(due, :now + (((id % 65536) * 40503 >> lost + 1) & 7) * 500) END
WHERE status = 'claimed' AND lease < :now;

-- name: claimed_of
-- Claimed ones are few: what runs on all servers.
SELECT step, count(*) FROM deliveries
WHERE status = 'claimed' AND step IN (SELECT value FROM json_each(?)) GROUP BY step;

-- name: steps_waiting
-- One step along the index per step: cheap when few of many steps have anything.
WITH RECURSIVE names (name) AS (
  SELECT min(step) FROM deliveries WHERE status = 'waiting'
  UNION ALL
  SELECT (SELECT min(step) FROM deliveries WHERE status = 'waiting' AND step > name)
  FROM names WHERE name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL;

-- name: candidates
-- For each step the first of its range in the index, and all in one row: each row would be a wait of its own.
SELECT json_group_array(json_array(d.due, d.id, d.step))
FROM json_each(:steps) wanted JOIN deliveries d ON d.id IN (
  SELECT id FROM deliveries
  WHERE status = 'waiting' AND step = wanted.value AND due <= :now
  ORDER BY due, id LIMIT :limit
);

-- name: claim
UPDATE deliveries SET status = 'claimed', owner = ?, lease = ?, attempt = attempt + 1
WHERE id IN (SELECT value FROM json_each(?));

-- name: claimed
-- In the order of `Claimed` in deliveries.py. Data is quoted as a string, so that it comes back byte for byte.
SELECT json_group_array(json_array(
  d.id, d.event, d.step, e.topic, CAST(e.data AS TEXT), e.trace_id, e.flows, e.parent, e.group_name, e.hops,
  d.attempt, d.deaths, d.suspect, e.created, d.lost, d.due, d.begun
))
FROM deliveries d JOIN events e ON e.id = d.event
WHERE d.id IN (SELECT value FROM json_each(?));

-- name: renew
UPDATE deliveries SET lease = :lease
WHERE id IN (SELECT value FROM json_each(:ids)) AND owner = :owner AND status = 'claimed'
RETURNING id;

-- name: end
DELETE FROM deliveries
WHERE id IN (SELECT value FROM json_each(?)) AND owner = ? AND status = 'claimed';

-- name: retry
UPDATE deliveries
SET status = 'waiting', owner = NULL, lease = NULL, due = :due, failure = :failure, begun = 0,
  suspect = suspect OR :died IS NOT NULL, deaths = deaths + (:died IS 'alone'), lost = lost + (:died IS 'among others')
WHERE id = :id AND owner = :owner AND status = 'claimed';

-- name: begin
UPDATE deliveries SET begun = begun + 1 WHERE id = ? AND owner = ? AND status = 'claimed';

-- name: release
UPDATE deliveries SET status = 'waiting', owner = NULL, lease = NULL, begun = 0, attempt = max(0, attempt - :uncount)
WHERE id IN (SELECT value FROM json_each(:ids)) AND owner = :owner AND status = 'claimed';

-- name: bury
INSERT INTO dead_letters (id, event, step, lane, topic, data, trace_id, flows, parent, group_name, hops, attempts,
  reason, failure, created, buried)
SELECT d.id, d.event, d.step, d.lane, e.topic, e.data, e.trace_id, e.flows, e.parent, e.group_name, e.hops, d.attempt,
  ?, coalesce(?, d.failure), e.created, ?
FROM deliveries d JOIN events e ON e.id = d.event
WHERE d.id = ? AND d.owner = ? AND d.status = 'claimed';

-- name: due
SELECT min((SELECT min(due) FROM deliveries WHERE status = 'waiting' AND step = value)) FROM json_each(?);

-- name: backlog_waiting
SELECT step, count(*), sum(due > ?), min(id) FROM deliveries WHERE status = 'waiting' GROUP BY step;

-- name: backlog_claimed
SELECT step, count(*) FROM deliveries WHERE status = 'claimed' GROUP BY step;

-- name: backlog_blocked
SELECT step, count(*), min(id) FROM deliveries WHERE lane IS NOT NULL AND status = 'blocked' GROUP BY step;

-- name: backlog_dead
SELECT step, count(*) FROM dead_letters GROUP BY step;

-- name: created
SELECT e.created FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ?;

-- name: dead
SELECT id, step, topic, data, trace_id, flows, group_name, attempts, reason, failure, created, buried
FROM dead_letters WHERE id > ? ORDER BY id LIMIT ?;

-- name: dead_of_step
SELECT id, step, topic, data, trace_id, flows, group_name, attempts, reason, failure, created, buried
FROM dead_letters WHERE step = ? AND id > ? ORDER BY id LIMIT ?;

-- name: exhume
-- Somebody wants it run, so its hops count anew.
DELETE FROM dead_letters WHERE id = ?
RETURNING event, step, lane, topic, data, trace_id, flows, parent, group_name, 0, created;

-- name: rejoin_event
-- The event is still there when others of its deliveries are.
INSERT INTO events (id, topic, data, trace_id, flows, parent, group_name, hops, created, remaining)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
ON CONFLICT (id) DO UPDATE SET remaining = remaining + 1, hops = excluded.hops;

-- name: discard
DELETE FROM dead_letters WHERE id IN (SELECT value FROM json_each(?)) RETURNING id;

-- name: redirected
SELECT d.id, d.lane, e.group_name FROM deliveries d JOIN events e ON e.id = d.event
WHERE d.status = 'waiting' AND d.step = ? ORDER BY d.due, d.id LIMIT ?;

-- name: redirect
UPDATE deliveries
SET step = :to, lane = :lane, status = :status, due = CASE WHEN attempt > 0 THEN :now ELSE due END,
  attempt = 0, deaths = 0, lost = 0, begun = 0, suspect = 0, failure = NULL
WHERE id = :id;

-- name: next_of_lane
-- Its turn has come: the one before it has left the lane without having ended.
UPDATE deliveries SET status = 'waiting' WHERE status = 'blocked' AND id = (
  SELECT min(id) FROM deliveries WHERE step = ? AND lane = ?
);

-- name: drop_blocked
DELETE FROM deliveries WHERE id IN (
  SELECT id FROM deliveries WHERE step = ? AND lane IS NOT NULL AND status = 'blocked' LIMIT ?
);

-- name: drop_waiting
DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE step = ? AND status = 'waiting' LIMIT ?);

-- name: newest
SELECT sequence FROM counters;

-- name: of_trace
-- Only what is newer than the trace is read.
SELECT d.step, count(*) FROM deliveries d JOIN events e ON e.id = d.event
WHERE d.id > ? AND e.trace_id = ? GROUP BY d.step;

-- name: last_tick
SELECT tick FROM ticks WHERE name = ?;

-- name: take_tick
INSERT INTO ticks (name, tick) VALUES (:name, :tick)
ON CONFLICT (name) DO UPDATE SET tick = excluded.tick WHERE excluded.tick > ticks.tick OR ticks.tick > :latest;

-- name: lane_claimed
SELECT 1 FROM deliveries WHERE step = ? AND lane = ? AND status = 'claimed' LIMIT 1;

-- name: hurry
UPDATE deliveries SET due = :now
WHERE status = 'waiting' AND step = :step AND due > :now AND attempt > 0;

-- name: prune_dead
DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE buried < ? LIMIT ?) RETURNING id;

-- name: prune_emit_ids
DELETE FROM emit_ids WHERE (topic, dedup) IN (SELECT topic, dedup FROM emit_ids WHERE created < ? LIMIT ?);

-- name: prune_once
-- `delivery:` is 9 characters; what follows is the id.
DELETE FROM once WHERE created < ? AND NOT (scope LIKE 'delivery:%' AND (
  EXISTS (SELECT 1 FROM deliveries WHERE id = CAST(substr(scope, 10) AS INTEGER))
  OR EXISTS (SELECT 1 FROM dead_letters WHERE id = CAST(substr(scope, 10) AS INTEGER))
));

-- name: once_get
SELECT value FROM once WHERE scope = ? AND key = ?;

-- name: finished
SELECT NOT EXISTS (SELECT 1 FROM deliveries WHERE id = ?) AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE id = ?);

-- name: once_put
INSERT INTO once (scope, key, value, created) VALUES (?, ?, ?, ?) ON CONFLICT (scope, key) DO NOTHING;

-- name: once_end
DELETE FROM once WHERE scope IN (SELECT 'delivery:' || value FROM json_each(?));
