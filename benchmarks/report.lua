-- The request comes from the environment; the result leaves as one line of JSON.
wrk.method = os.getenv("BENCH_METHOD") or "POST"
wrk.body = os.getenv("BENCH_BODY") or '{"name":"ada"}'
local length = tonumber(os.getenv("BENCH_LENGTH") or "0")
if length > 0 then wrk.body = '{"name":"' .. string.rep("x", length) .. '"}' end
wrk.headers["content-type"] = "application/json"

done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50":%.6f,"p99":%.6f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
