-- A trace id begins with letters drawn at random and goes on with the time: an index over ids whose letters are moved to
-- their end grows at its end, where one over ids as they are would change a page for each span.
DROP INDEX spans_trace;
CREATE INDEX spans_trace ON spans (substr(trace_id, 7) || substr(trace_id, 1, 6), start);
DROP INDEX logs_trace;
CREATE INDEX logs_trace ON logs (substr(trace_id, 7) || substr(trace_id, 1, 6), number) WHERE trace_id IS NOT NULL;
