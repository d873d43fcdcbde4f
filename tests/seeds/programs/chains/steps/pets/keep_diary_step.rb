def config
  { type: 'event', name: 'KeepDiary', subscribes: ['order.placed'], emits: [], flows: ['pet-store'] }
end

# A second subscriber of the topic, in another language.
def handler(input, context)
  context.state.set('diary', input.orderId, { text: input[:text] })
end
