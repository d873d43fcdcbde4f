def config
  { name: 'Nightly', type: 'cron', cron: '0 3 * * *', emits: [] }
end

def handler(context)
  context.logger.info('tidy')
end
