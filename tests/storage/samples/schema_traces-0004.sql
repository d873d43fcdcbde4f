PRAGMA application_id = 1299149929;
PRAGMA user_version = 4;
BEGIN TRANSACTION;
CREATE TABLE indexed (
  what TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "indexed" VALUES('logs',0);
INSERT INTO "indexed" VALUES('spans',0);
CREATE TABLE logs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  level INTEGER NOT NULL,
  trace_id TEXT,
  step TEXT,
  body TEXT NOT NULL
) STRICT;
INSERT INTO "logs" VALUES(1,5,1,'T-1',NULL,'{"id":"l1","time":5,"level":"info","msg":"hello","trace_id":"T-1","step":null,"flows":[],"invocation":null,"source":"logger","fields":{}}');
CREATE TABLE packs (
  number INTEGER PRIMARY KEY,
  inputs INTEGER NOT NULL,
  size INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE TABLE parts (
  what TEXT NOT NULL,
  part INTEGER NOT NULL,
  PRIMARY KEY (what, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE running (
  id TEXT PRIMARY KEY,
  trace_id TEXT NOT NULL,
  start INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE spans (
  number INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  start INTEGER NOT NULL,
  body TEXT NOT NULL
, root INTEGER NOT NULL DEFAULT 1, error TEXT) STRICT;
INSERT INTO "spans" VALUES(1,'T-1','mail',5,'{"id":"s1","trace_id":"T-1","name":"mail","kind":"event","status":"completed","start":5}',1,NULL);
CREATE INDEX spans_roots ON spans (start, trace_id) WHERE root;
CREATE INDEX spans_trace ON spans (substr(trace_id, 7) || substr(trace_id, 1, 6), start);
CREATE INDEX logs_trace ON logs (substr(trace_id, 7) || substr(trace_id, 1, 6), number) WHERE trace_id IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('logs',1);
COMMIT;
