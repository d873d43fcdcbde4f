-- `body` is the whole span as JSON; the columns beside it are what is asked for. A rewritten span gets a new number.
CREATE TABLE spans (
  number INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  start INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX spans_id ON spans (trace_id, id);

-- When each trace began, so that listing traces does not read their spans.
CREATE TABLE traces (
  trace_id TEXT PRIMARY KEY,
  start INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX traces_start ON traces (start);

-- `level` from 0 (debug) to 3 (error). Numbers are never reused: readers remember the last they saw.
CREATE TABLE logs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  level INTEGER NOT NULL,
  trace_id TEXT,
  step TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX logs_trace ON logs (trace_id, number) WHERE trace_id IS NOT NULL;
