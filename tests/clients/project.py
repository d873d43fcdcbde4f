"""The project the clients are shown: streams, who may follow them, and one step per language that does what it is told."""

from __future__ import annotations

from tests.kit.server import Server

LANGUAGES = ("ts", "js", "py", "rb")

STREAM_AUTH = """
    export default {
      streamAuth: {
        authenticate: async (request) => {
          const token = new URL(request.url, 'http://x').searchParams.get('authToken') ?? offered(request)
          if (token === 'bad.token') throw new Error('this token is not good')
          return token ? { user: token } : null
        },
      },
    }

    function offered(request) {
      return request.headers['sec-websocket-protocol']?.split(',')[1]?.trim()
    }
"""

FILES = {
    "steps/todo.stream.ts": """
        export const config = {
          name: 'todo',
          schema: { type: 'object', properties: { text: { type: 'string' } } },
          baseConfig: { storageType: 'default' },
        }
    """,
    # Whoever follows a group of this stream must be its owner; nobody in particular may follow `anybody`.
    "steps/private.stream.js": """
        exports.config = {
          name: 'private',
          baseConfig: { storageType: 'default' },
          canAccess: ({ groupId }, auth) => (groupId === 'anybody' ? auth == null : auth?.user === groupId),
        }
    """,
    "steps/guarded_stream.py": """
        def can_access(subscription, auth):
            if subscription["groupId"] == "broken":
                raise RuntimeError("no idea")
            return subscription["groupId"] == "open"

        config = {"name": "guarded", "schema": None, "baseConfig": {"storageType": "default"}, "canAccess": can_access}
    """,
    "steps/act_ts.step.ts": """
        import { ApiRouteConfig, Handlers } from 'motia'

        export const config: ApiRouteConfig = { type: 'api', name: 'ActTs', method: 'POST', path: '/act/ts', emits: [] }

        export const handler: Handlers['ActTs'] = async (req, { streams }) => {
          const done: unknown[] = []
          for (const [stream, verb, ...args] of req.body) done.push((await (streams as any)[stream][verb](...args)) ?? null)
          return { status: 200, body: done }
        }
    """,
    "steps/act_js.step.js": """
        exports.config = { type: 'api', name: 'ActJs', method: 'POST', path: '/act/js', emits: [] }

        exports.handler = async (req, { streams }) => {
          const done = []
          for (const [stream, verb, ...args] of req.body) done.push((await streams[stream][verb](...args)) ?? null)
          return { status: 200, body: done }
        }
    """,
    "steps/act_py_step.py": """
        config = {"type": "api", "name": "ActPy", "method": "POST", "path": "/act/py", "emits": []}

        async def handler(req, context):
            done = []
            for stream, verb, *args in req["body"]:
                done.append(await getattr(context.streams[stream], verb)(*args))
            return {"status": 200, "body": done}
    """,
    "steps/act_rb.step.rb": """
        def config
          { type: 'api', name: 'ActRb', method: 'POST', path: '/act/rb', emits: [] }
        end

        def handler(req, context)
          done = req.body.map { |stream, verb, *args| context.streams[stream].public_send(verb, *args) }
          { status: 200, body: done }
        end
    """,
    "steps/count.step.js": """
        exports.config = { type: 'api', name: 'Count', method: 'POST', path: '/count', emits: [] }

        exports.handler = async (req, { streams }) => {
          const { group, id, until, awaited } = req.body
          const calls = []
          for (let n = 1; n <= until; n++) {
            const call = streams.todo.set(group, id, { n })
            if (awaited) await call
            else calls.push(call)
          }
          await Promise.all(calls)
          return { status: 200, body: await streams.todo.get(group, id) }
        }
    """,
    # The item itself is the answer: what the workbench follows.
    "steps/put.step.js": """
        exports.config = { type: 'api', name: 'Put', method: 'PUT', path: '/todo/:group/:id', emits: [] }

        exports.handler = async (req, { streams }) => ({
          status: 200,
          body: await streams.todo.set(req.pathParams.group, req.pathParams.id, req.body),
        })
    """,
}


def act(server: Server, *calls: tuple[object, ...], language: str = "js") -> list[object]:
    """Makes these calls, `(stream, verb, *args)`, in a handler, one after another; what they answered."""
    answer = server.post(f"/act/{language}", calls)
    assert answer.status == 200, answer.body
    return list(answer.json)


def socket(server: Server, path: str = "/") -> str:
    return server.url.replace("http", "ws", 1) + path
