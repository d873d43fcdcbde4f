def config
  { type: "event", name: "sleep", subscribes: ["t.sleep"] }
end

def handler(input, context)
  context.logger.info("sleeping")
  (input.seconds * 100).to_i.times do
    break if context.cancelled?

    sleep 0.01
  end
  "slept"
end
