def config
  { type: "event", name: "late", subscribes: ["t.late"] }
end

KEPT = []

def handler(input, context)
  unless input.again
    KEPT[0] = context
    return "over"
  end

  begin
    KEPT[0].state.set("g", "k", 1)
    false
  rescue Motia::InvocationEnded
    true
  end
end
