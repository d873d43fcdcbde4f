-- name: publish
INSERT INTO messages (origin, channel, message, created) VALUES (?, ?, ?, ?);

-- name: last
-- Of those given, also where the message is there no more: what comes next has the number after it.
SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'messages';

-- name: news
SELECT id, origin, channel, message FROM messages WHERE id > ? ORDER BY id;

-- name: others
SELECT 1 FROM listeners WHERE origin <> ? AND until > ? LIMIT 1;

-- name: register
INSERT OR REPLACE INTO listeners (origin, until) VALUES (?, ?);

-- name: forget_listeners
DELETE FROM listeners WHERE origin = ? OR until < ?;

-- name: forget_messages
DELETE FROM messages WHERE created < ?;

-- name: stamp
-- The last of the numbers for `more` + 1 changes, and whether another server wants to hear of them. One statement for
-- both: each is a wait of its own.
UPDATE counters SET stamp = max(stamp + 1, :latest) + :more
RETURNING stamp, EXISTS (SELECT 1 FROM listeners WHERE origin <> :origin AND until > :now);
