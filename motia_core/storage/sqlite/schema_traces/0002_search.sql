-- A trace is listed by its spans without a parent; `error` is what went wrong, in words.
ALTER TABLE spans ADD COLUMN root INTEGER NOT NULL DEFAULT 1;
ALTER TABLE spans ADD COLUMN error TEXT;
UPDATE spans SET root = (body ->> 'parent') IS NULL,
  error = (body ->> '$.failure.name') || ' ' || (body ->> '$.failure.message');
DROP INDEX spans_start;
CREATE INDEX spans_roots ON spans (start, trace_id) WHERE root;

-- Spans that have not ended; `seen` is when their server last said so.
CREATE TABLE running (
  id TEXT PRIMARY KEY,
  trace_id TEXT NOT NULL,
  start INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What runs were given, for their replay. Nothing else reads it.
CREATE TABLE inputs (
  number INTEGER PRIMARY KEY,
  span TEXT NOT NULL,
  trace_id TEXT NOT NULL,
  time INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX inputs_span ON inputs (span);

-- The words of rows up to `number` are indexed, in one table `TABLE_words_PART` per part: see words.sql.
CREATE TABLE indexed (
  what TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO indexed VALUES ('spans', 0), ('logs', 0);
CREATE TABLE parts (
  what TEXT NOT NULL,
  part INTEGER NOT NULL,
  PRIMARY KEY (what, part)
) STRICT, WITHOUT ROWID;
