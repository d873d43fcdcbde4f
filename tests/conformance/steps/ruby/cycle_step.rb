def config
  { type: "event", name: "cycle", subscribes: ["t.cycle"] }
end

def handler(_input, _context)
  owner = { name: "ann" }
  owner[:owner] = owner
  owner
end
