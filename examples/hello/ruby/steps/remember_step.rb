def config
  { type: 'event', name: 'Remember', subscribes: ['hello.said'], emits: [] }
end

def handler(input, context)
  context.state.set('greeted', input.name, { at: Time.now })
  context.logger.info('Remembered', name: input.name)
end
