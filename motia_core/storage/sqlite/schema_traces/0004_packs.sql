-- Inputs of runs for their replay, many in one row: `body` is all of them, `size` the bytes of their bodies alone, `newest`
-- a time. What was kept before is not taken over: those runs say that they cannot be replayed.
DROP TABLE inputs;
CREATE TABLE packs (
  number INTEGER PRIMARY KEY,
  inputs INTEGER NOT NULL,
  size INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
