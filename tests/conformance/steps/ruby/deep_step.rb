def config
  { type: "event", name: "deep", subscribes: ["t.deep"] }
end

def handler(input, _context)
  (input.n - 1).times.reduce([]) { |inner, _| [inner] }
end
