# Rescues everything for ever: a cancelled invocation of it goes on until it looks, others do not notice.
def config = { type: "event", name: "Swallows", subscribes: ["drill"] }

def handler(_input, context)
  10.times do
    context.state.get("slow", "key")
  rescue Exception
    context.logger.warn("swallowed")
  end
end
