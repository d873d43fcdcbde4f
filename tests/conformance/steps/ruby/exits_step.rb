def config
  { type: "event", name: "exits", subscribes: ["t.exits"] }
end

def handler(_input, _context)
  exit 3
end
