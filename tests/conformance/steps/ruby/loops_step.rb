def config
  { type: "cron", name: "loops", cron: "*/5 * * * *" }
end

def handler(context)
  context.trace_id
end
