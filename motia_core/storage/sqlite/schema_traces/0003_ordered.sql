-- A trace id begins with letters drawn at random and goes on with the time: an index over what follows the letters grows
-- at its end, where one over whole ids would change a page for each span.
DROP INDEX spans_trace;
CREATE INDEX spans_trace ON spans (substr(trace_id, 7), start);
DROP INDEX logs_trace;
CREATE INDEX logs_trace ON logs (substr(trace_id, 7), number) WHERE trace_id IS NOT NULL;
