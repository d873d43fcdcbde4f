def config
  { type: "event", name: "logs", subscribes: ["t.logs"] }
end

def handler(_input, context)
  logger = context[:logger]
  logger.info("one", a: 1)
  logger.warn("two")
  logger.error("three", { error: ArgumentError.new("e") })
  logger.debug("four")
end
