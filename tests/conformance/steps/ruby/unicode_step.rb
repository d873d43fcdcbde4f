def config
  { type: "event", name: "unicode", subscribes: ["t.unicode"] }
end

def handler(_input, _context)
  { text: "a\u2028b", lone: "\xED\xA0\x80" }
end
