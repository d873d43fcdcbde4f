def config
  { type: "event", name: "leaves", subscribes: ["t.leaves"] }
end

def handler(input)
  input
end

exit 3
