def config
  { type: "event", name: "busy", subscribes: ["t.busy"] }
end

def handler(input, _context)
  sleep input.seconds
  "done"
end
