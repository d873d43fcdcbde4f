def config
  { type: "event", name: "fails", subscribes: ["t.fails"] }
end

def handler(_input, _context)
  raise "boom"
end
