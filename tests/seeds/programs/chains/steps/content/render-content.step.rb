def config
  {
    type: 'event',
    name: 'RenderContent',
    subscribes: ['content.analyzed'],
    emits: ['content.rendered'],
    flows: ['content']
  }
end

def handler(input, context)
  state = context[:state]
  content = state.get('content', input[:id])
  html = page(content['title'], input['analysis']['tags'])
  state.set('pages', input[:id], { html: html })
  context[:emit].call(topic: 'content.rendered', data: { id: input[:id] })
end

private

def page(title, tags)
  <<~HTML
    <h1>#{title}</h1>
    <ul>#{tags.map { |tag| "<li>#{tag}</li>" }.join}</ul>
  HTML
end
