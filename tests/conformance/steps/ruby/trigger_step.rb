def config
  { type: "event", name: "trigger", subscribes: ["t.trigger"] }
end

def handler(input, _context)
  Motia.trigger("value", input)
end
