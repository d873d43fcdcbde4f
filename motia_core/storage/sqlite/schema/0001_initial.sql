-- State and streams. `space` is '' for state and ':NAME' for a stream; `id` is the order first set.
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  space TEXT NOT NULL,
  group_name TEXT NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  version INTEGER NOT NULL,
  expires INTEGER
) STRICT;
CREATE UNIQUE INDEX entries_key ON entries (space, group_name, key);
CREATE INDEX entries_expiry ON entries (expires) WHERE expires IS NOT NULL;

-- An event lives as long as deliveries of it are left.
CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  topic TEXT NOT NULL,
  data BLOB NOT NULL,
  trace_id TEXT NOT NULL,
  flows TEXT NOT NULL,
  parent TEXT,
  group_name TEXT,
  hops INTEGER NOT NULL,
  created INTEGER NOT NULL,
  remaining INTEGER NOT NULL
) STRICT;

-- `status`: waiting (until `due`), claimed (by `owner` until `lease`), blocked (an earlier one of its lane is there).
-- `lane` is the group of a fifo delivery; every lane has at most one delivery that is not blocked.
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  event INTEGER NOT NULL,
  step TEXT NOT NULL,
  lane TEXT,
  status TEXT NOT NULL,
  due INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  deaths INTEGER NOT NULL DEFAULT 0,
  suspect INTEGER NOT NULL DEFAULT 0,
  owner TEXT,
  lease INTEGER,
  failure BLOB
) STRICT;
-- Claims read the left edge of one step's range here: their cost does not depend on how many wait.
CREATE INDEX deliveries_waiting ON deliveries (step, due, id) WHERE status = 'waiting';
CREATE INDEX deliveries_claimed ON deliveries (lease) WHERE status = 'claimed';
CREATE INDEX deliveries_lane ON deliveries (step, lane, id) WHERE lane IS NOT NULL;

-- What follows from the end of a delivery, whoever ended it: its event goes with the last one, the next of its lane has
-- its turn, and what `once` remembered for it is forgotten unless it can be redriven.
CREATE TRIGGER deliveries_end AFTER DELETE ON deliveries BEGIN
  DELETE FROM events WHERE id = OLD.event AND remaining = 1;
  UPDATE events SET remaining = remaining - 1 WHERE id = OLD.event;
  UPDATE deliveries SET status = 'waiting' WHERE OLD.lane IS NOT NULL AND status = 'blocked' AND id = (
    SELECT min(id) FROM deliveries WHERE step = OLD.step AND lane = OLD.lane
  );
  DELETE FROM once WHERE scope = 'delivery:' || OLD.id
    AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE id = OLD.id);
END;

-- A delivery given up, with its event, under its old id.
CREATE TABLE dead_letters (
  id INTEGER PRIMARY KEY,
  event INTEGER NOT NULL,
  step TEXT NOT NULL,
  lane TEXT,
  topic TEXT NOT NULL,
  data BLOB NOT NULL,
  trace_id TEXT NOT NULL,
  flows TEXT NOT NULL,
  parent TEXT,
  group_name TEXT,
  hops INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  reason TEXT NOT NULL,
  failure BLOB,
  created INTEGER NOT NULL,
  buried INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letters_step ON dead_letters (step, id);
CREATE INDEX dead_letters_buried ON dead_letters (buried);

-- Ids given to emits, kept for the window in which a second one is the same event.
CREATE TABLE emit_ids (
  topic TEXT NOT NULL,
  dedup TEXT NOT NULL,
  event INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (topic, dedup)
) STRICT, WITHOUT ROWID;
CREATE INDEX emit_ids_created ON emit_ids (created);

CREATE TABLE once (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ticks (
  name TEXT PRIMARY KEY,
  tick INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Wake-ups between servers on this file; rows live for seconds.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL,
  channel TEXT NOT NULL,
  message BLOB NOT NULL,
  created INTEGER NOT NULL
) STRICT;
CREATE TABLE listeners (
  origin TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row. `sequence` is the last id given out; `pending` counts deliveries that wait or are blocked.
CREATE TABLE counters (
  sequence INTEGER NOT NULL,
  pending INTEGER NOT NULL
) STRICT;
INSERT INTO counters VALUES (0, 0);

CREATE TABLE probes (
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
