"""The project under attack: small limits, one step of each kind an attacker could want."""

from __future__ import annotations

LIMITS = """
    [http]
    headerTimeout = 0.5
    bodyTimeout = 0.5
    keepAlive = 1.0
    sendTimeout = 1.0
    sendMemory = 8000000
    linger = 0.2
    connections = 60
    connectionsPerAddress = 40
    requestLine = 1000
    headerCount = 50
    headerSize = 1000
    headerTotal = 4000
    bodyLimit = 200000
    bodyMemory = 500000
    params = 100
    paramDepth = 3
    parts = 10
    partHeader = 1000
    partField = 5000

    [wire]
    depth = 20

    [validation]
    regexTime = 0.1
    explain = 100

    [deadlines]
    api = 20

    [workers]
    python = { max = 1 }
    node = { max = 1 }
    ruby = { max = 1 }
"""
PYTHON = {
    "steps/plain_step.py": """
        config = {"type": "api", "name": "Plain", "method": "GET", "path": "/plain", "emits": []}

        async def handler(req, context):
            return {"status": 200, "body": {"query": req["queryParams"], "headers": req["headers"]}}
    """,
    "steps/path_step.py": """
        config = {"type": "api", "name": "Path", "method": "GET", "path": "/path/:name", "emits": []}

        async def handler(req, context):
            return {"status": 200, "body": {"name": req["pathParams"]["name"]}}
    """,
    "steps/body_step.py": """
        config = {"type": "api", "name": "Body", "method": "POST", "path": "/body", "emits": []}

        async def handler(req, context):
            body = req["body"]
            raw = req["rawBody"]
            files = [[file["filename"], file["path"]] for file in req["files"]]
            size = None if raw is None else len(raw)
            return {"status": 200, "body": {"kind": type(body).__name__, "body": body if size and size < 500 else None, "size": size, "files": files}}
    """,
    "steps/checked_step.py": """
        config = {"type": "api", "name": "Checked", "method": "POST", "path": "/checked", "emits": [],
                  "bodySchema": {"type": "object", "properties": {
                      "name": {"type": "string", "pattern": "(a+)+$"},
                      "word": {"type": "string", "pattern": "^(a|a?)+(?<!b)$"},
                      "words": {"type": "array", "items": {"type": "string", "pattern": "^(?:(a|a?)+(?<!b)$|.*)"}},
                      "either": {"anyOf": [{"type": "array", "items": {"type": "string"}},
                                           {"type": "array", "items": {"type": "boolean"}}]},
                      "numbers": {"type": "array", "items": {"type": "number"}}}}}

        async def handler(req, context):
            return {"status": 200, "body": {}}
    """,
    "steps/large_step.py": """
        config = {"type": "api", "name": "Large", "method": "GET", "path": "/large/:how", "emits": []}

        async def chunks():
            while True:
                yield b"x" * 50_000

        async def handler(req, context):
            how = req["pathParams"]["how"]
            if how == "json":
                return {"status": 200, "body": {"text": "x" * 6_000_000}}
            if how == "bytes":
                return {"status": 200, "body": b"x" * 6_000_000}
            return {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": chunks()}
    """,
    "steps/answers_step.py": """
        config = {"type": "api", "name": "AnswersPy", "method": "POST", "path": "/answers/python", "emits": []}

        async def chunks():
            yield "one"

        async def handler(req, context):
            given = req["body"]
            return {**given, "body": chunks()} if given.pop("streamed", False) else given
    """,
}
NODE = """
    %(export)sconfig = { type: 'api', name: 'Answers%(name)s', method: 'POST', path: '/answers/%(path)s', emits: [] }

    async function* chunks() { yield 'one' }

    %(export)shandler = async (req) => {
      const { streamed, ...given } = req.body
      return streamed ? { ...given, body: chunks() } : given
    }
"""
RUBY = """
    def config = { type: 'api', name: 'AnswersRb', method: 'POST', path: '/answers/ruby', emits: [] }

    def handler(req, context)
      given = req.body.to_h
      streamed = given.delete('streamed')
      streamed ? given.merge('body' => Enumerator.new { |out| out << 'one' }) : given
    end
"""
STEPS = {
    **PYTHON,
    "steps/answers.step.ts": NODE % {"export": "export const ", "name": "Ts", "path": "typescript"},
    "steps/answers_js.step.js": NODE % {"export": "exports.", "name": "Js", "path": "javascript"},
    "steps/answers_rb_step.rb": RUBY,
    "motia.toml": LIMITS,
}
LANGUAGES = ("typescript", "javascript", "python", "ruby")
TOKEN = "a-token-of-the-tests"
