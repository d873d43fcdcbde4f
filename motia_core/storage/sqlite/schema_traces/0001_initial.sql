-- `body` is the whole span as JSON; the columns beside it are what is asked for. A span written again stands here twice:
-- the higher number counts. Traces are listed by the span that began first.
CREATE TABLE spans (
  number INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  start INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX spans_trace ON spans (trace_id, start);
CREATE INDEX spans_start ON spans (start);

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
