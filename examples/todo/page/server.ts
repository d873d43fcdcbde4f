/** What the page asks the steps to do. Nothing is read here: what has changed arrives over the stream. */

export type Todo = { id: string; text: string; done: boolean; createdAt: string; updatedAt: string }
export type Counts = { id: string; open: number; done: number }

export const actions = (list: string) => {
  const lists = `/lists/${encodeURIComponent(list)}`
  return {
    add: (text: string) => ask('POST', `${lists}/todos`, { text }),
    edit: (id: string, changes: { text?: string; done?: boolean }) => ask('PATCH', `${lists}/todos/${id}`, changes),
    remove: (id: string) => ask('DELETE', `${lists}/todos/${id}`),
    typing: (who: string) => ask('POST', `${lists}/typing`, { who }),
  }
}

async function ask(method: string, path: string, body?: object) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
}
