def config
  { type: "event", name: "busy", subscribes: ["t.busy"] }
end

def handler(input, _context)
  ends = Process.clock_gettime(Process::CLOCK_MONOTONIC) + input.seconds
  nil while Process.clock_gettime(Process::CLOCK_MONOTONIC) < ends
  "done"
end
