PRAGMA application_id = 1299149929;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE logs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  level INTEGER NOT NULL,
  trace_id TEXT,
  step TEXT,
  body TEXT NOT NULL
) STRICT;
INSERT INTO "logs" VALUES(1,5,1,'T-1',NULL,'{"id":"l1","time":5,"level":"info","msg":"hello","trace_id":"T-1","step":null,"flows":[],"invocation":null,"source":"logger","fields":{}}');
CREATE TABLE spans (
  number INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  start INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
INSERT INTO "spans" VALUES(1,'T-1','mail',5,'{"id":"s1","trace_id":"T-1","name":"mail","kind":"event","status":"completed","start":5}');
CREATE INDEX spans_trace ON spans (trace_id, start);
CREATE INDEX spans_start ON spans (start);
CREATE INDEX logs_trace ON logs (trace_id, number) WHERE trace_id IS NOT NULL;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('logs',1);
COMMIT;
