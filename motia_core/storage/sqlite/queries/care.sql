-- name: counts
SELECT 'state', count(*) FROM entries WHERE space = ''
UNION ALL SELECT 'stream items', count(*) FROM entries WHERE space <> ''
UNION ALL SELECT 'events', count(*) FROM events
UNION ALL SELECT 'deliveries', count(*) FROM deliveries
UNION ALL SELECT 'dead letters', count(*) FROM dead_letters;

-- name: disorder
-- Each row is one contradiction, in words.
SELECT 'delivery ' || d.id || ' of step ' || d.step || ' has no event' FROM deliveries AS d
  WHERE NOT EXISTS (SELECT 1 FROM events WHERE id = d.event)
UNION ALL
SELECT 'event ' || e.id || ' counts ' || e.remaining || ' deliveries but has ' || count(d.id)
  FROM events AS e LEFT JOIN deliveries AS d ON d.event = e.id GROUP BY e.id HAVING count(d.id) <> e.remaining
UNION ALL
SELECT 'group ' || lane || ' of step ' || step || ' has ' || sum(status <> 'blocked') || ' deliveries in front'
  FROM deliveries WHERE lane IS NOT NULL GROUP BY step, lane HAVING sum(status <> 'blocked') <> 1
UNION ALL
SELECT 'the counter of waiting deliveries says ' || c.pending || ' but there are ' || d.n
  FROM counters AS c, (SELECT count(*) AS n FROM deliveries WHERE status <> 'claimed') AS d WHERE d.n <> c.pending
UNION ALL
SELECT 'id ' || m.top || ' was given out, but the counter stands at ' || c.sequence
  FROM counters AS c, (SELECT max((SELECT ifnull(max(id), 0) FROM events), (SELECT ifnull(max(id), 0) FROM deliveries))
  AS top) AS m WHERE m.top > c.sequence;
