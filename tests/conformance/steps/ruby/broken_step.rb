def config
  { type: "event", name: "broken", subscribes: ["t.broken"] }
end end
