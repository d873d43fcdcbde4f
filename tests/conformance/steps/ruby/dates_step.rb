def config
  { type: "event", name: "dates", subscribes: ["t.dates"] }
end

def handler(_input, _context)
  { at: Time.utc(2024, 1, 2, 3, 4, 5), error: ArgumentError.new("e") }
end
