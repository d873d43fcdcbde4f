def config
  { type: "event", name: "big", subscribes: ["t.big"] }
end

def handler(input, _context)
  { text: "x" * input.n }
end
