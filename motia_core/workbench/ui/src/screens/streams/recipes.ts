/** Code that follows a group of a stream: by the published clients, by Server-Sent Events, by a bare socket. Pure. */
import type { StreamDetails } from '../../data'

export interface Recipe {
  title: string
  /** How to get what it needs. */
  install?: string
  code: string
}

export function recipesOf(stream: StreamDetails, group: string, origin: string): Recipe[] {
  const socket = origin.replace(/^http/, 'ws')
  const [name, groupId] = [text(stream.name), text(group)]
  const recipes: Recipe[] = [
    {
      title: 'In a browser',
      install: 'npm install @motiadev/stream-client-browser',
      code: [
        `import { Stream } from '@motiadev/stream-client-browser'`,
        '',
        `const stream = new Stream('${socket}')`,
        `const items = stream.subscribeGroup(${name}, ${groupId})`,
        'items.addChangeListener((all) => console.log(all))',
      ].join('\n'),
    },
    {
      title: 'In React',
      install: 'npm install @motiadev/stream-client-react',
      code: [
        `import { MotiaStreamProvider, useStreamGroup } from '@motiadev/stream-client-react'`,
        '',
        'function Items() {',
        `  const { data } = useStreamGroup({ streamName: ${name}, groupId: ${groupId} })`,
        '  return data.map((item) => <p key={item.id}>{JSON.stringify(item)}</p>)',
        '}',
        '',
        `<MotiaStreamProvider address="${socket}"><Items /></MotiaStreamProvider>`,
      ].join('\n'),
    },
  ]
  if (stream.sse) {
    const path = stream.sse.replace(':groupId', encodeURIComponent(group)).replace(':id', 'ITEM')
    recipes.push(
      {
        title: 'Without a client, by Server-Sent Events',
        code: [
          `const source = new EventSource('${origin}${path}')`,
          `for (const kind of ['sync', 'create', 'update', 'delete'])`,
          '  source.addEventListener(kind, ({ data }) => console.log(kind, JSON.parse(data)))',
        ].join('\n'),
      },
      { title: 'In a shell', code: `curl -N '${origin}${path}'` },
    )
  }
  recipes.push({
    title: 'By a bare socket',
    code: [
      `const socket = new WebSocket('${socket}')`,
      'socket.onmessage = ({ data }) => console.log(JSON.parse(data))',
      'socket.onopen = () => socket.send(JSON.stringify({',
      `  type: 'join', data: { streamName: ${name}, groupId: ${groupId}, subscriptionId: 'any text' },`,
      '}))',
    ].join('\n'),
  })
  return recipes
}

/** As JavaScript source. */
function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}
