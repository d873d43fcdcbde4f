def config
  { type: "event", name: "value", subscribes: ["t.value"] }
end

def handler(input)
  input
end
