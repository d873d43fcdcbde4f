PRAGMA application_id = 1299149929;
PRAGMA user_version = 2;
BEGIN TRANSACTION;
CREATE TABLE counters (
  sequence INTEGER NOT NULL,
  pending INTEGER NOT NULL
, stamp INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "counters" VALUES(11,4,1795282556001);
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
INSERT INTO "dead_letters" VALUES(2,1,'doomed',NULL,'t',X'30','T-1','[]',NULL,NULL,0,1,'retries',X'7B22636F6465223A313030312C226E616D65223A224572726F72222C226D657373616765223A22626F6F6D222C22737461636B223A6E756C6C2C2264617461223A7B2261223A317D7D',100,1000);
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
, lost INTEGER NOT NULL DEFAULT 0, begun INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "deliveries" VALUES(4,3,'mail',NULL,'waiting',5,1,0,0,NULL,NULL,X'7B22636F6465223A313030312C226E616D65223A224572726F72222C226D657373616765223A22626F6F6D222C22737461636B223A6E756C6C2C2264617461223A7B2261223A317D7D',0,0);
INSERT INTO "deliveries" VALUES(5,3,'audit',NULL,'claimed',0,1,0,0,'dead server',2000,NULL,0,0);
INSERT INTO "deliveries" VALUES(7,6,'ship','g','waiting',0,0,0,0,NULL,NULL,NULL,0,0);
INSERT INTO "deliveries" VALUES(9,8,'ship','g','blocked',0,0,0,0,NULL,NULL,NULL,0,0);
INSERT INTO "deliveries" VALUES(11,10,'later',NULL,'waiting',4102444800000,0,0,0,NULL,NULL,NULL,0,0);
CREATE TABLE emit_ids (
  topic TEXT NOT NULL,
  dedup TEXT NOT NULL,
  event INTEGER NOT NULL,
  deliveries INTEGER NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (topic, dedup)
) STRICT, WITHOUT ROWID;
INSERT INTO "emit_ids" VALUES('t','once-1',3,2,100);
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  space TEXT NOT NULL,
  group_name TEXT NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  version INTEGER NOT NULL,
  expires INTEGER
) STRICT;
INSERT INTO "entries" VALUES(1,'','orders','a:1',X'7B22746F74616C223A31322E352C226E616D65223A22C3A974C3A9227D',461642523677294592,NULL);
INSERT INTO "entries" VALUES(2,'','orders','late',X'31',461642523677294593,4102444800000);
INSERT INTO "entries" VALUES(3,':chat','room','m1',X'7B2274657874223A226869222C226964223A226D31227D',461642523677294594,NULL);
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
INSERT INTO "events" VALUES(3,'t',X'7B226E223A317D','T-1','[]',NULL,NULL,0,100,2);
INSERT INTO "events" VALUES(6,'t',X'30','T-1','[]',NULL,'g',0,100,1);
INSERT INTO "events" VALUES(8,'t',X'31','T-1','[]',NULL,'g',0,100,1);
INSERT INTO "events" VALUES(10,'t',X'31','T-1','[]',NULL,NULL,0,100,1);
CREATE TABLE listeners (
  origin TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL,
  channel TEXT NOT NULL,
  message BLOB NOT NULL,
  created INTEGER NOT NULL
) STRICT;
CREATE TABLE once (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE probes (
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
CREATE TABLE ticks (
  name TEXT PRIMARY KEY,
  tick INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "ticks" VALUES('nightly',7);
CREATE UNIQUE INDEX entries_key ON entries (space, group_name, key);
CREATE INDEX entries_expiry ON entries (expires) WHERE expires IS NOT NULL;
CREATE INDEX deliveries_waiting ON deliveries (step, due, id) WHERE status = 'waiting';
CREATE INDEX deliveries_claimed ON deliveries (lease) WHERE status = 'claimed';
CREATE INDEX deliveries_lane ON deliveries (step, lane, id) WHERE lane IS NOT NULL;
CREATE TRIGGER deliveries_end AFTER DELETE ON deliveries BEGIN
  DELETE FROM events WHERE id = OLD.event AND remaining = 1;
  UPDATE events SET remaining = remaining - 1 WHERE id = OLD.event;
  UPDATE deliveries SET status = 'waiting' WHERE OLD.lane IS NOT NULL AND status = 'blocked' AND id = (
    SELECT min(id) FROM deliveries WHERE step = OLD.step AND lane = OLD.lane
  );
  DELETE FROM once WHERE scope = 'delivery:' || OLD.id
    AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE id = OLD.id);
END;
CREATE INDEX dead_letters_step ON dead_letters (step, id);
CREATE INDEX dead_letters_buried ON dead_letters (buried);
CREATE INDEX emit_ids_created ON emit_ids (created);
DELETE FROM "sqlite_sequence";
COMMIT;
