-- name: publish
INSERT INTO messages (origin, channel, message, created) VALUES (?, ?, ?, ?);

-- name: last
SELECT coalesce(max(id), 0) FROM messages;

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
