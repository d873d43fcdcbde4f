def config
  { type: 'event', name: 'OperationRb', subscribes: ['operation.ruby'], emits: [] }
end

def handler(input, context)
  logger, emit = context[:logger], context[:emit]
  begin
    # Step logic
    raise 'broken in Ruby'
  rescue => error
    logger.error("Operation failed", error: error.message)
    # Emit error event or re-raise
    emit.call(topic: 'error.occurred', data: { error: error.message })
  end
end
