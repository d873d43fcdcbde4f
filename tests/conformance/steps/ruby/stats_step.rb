def config
  { type: "event", name: "stats", subscribes: ["t.stats"] }
end

def handler(_input, _context)
  Motia.stats
end
