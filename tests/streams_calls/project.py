"""One project: a stream in every spelling of every language, and in each a step that makes any call on any of them."""

from __future__ import annotations

_SCHEMA = '"schema": {"type": "object", "properties": {"n": {"type": "number"}}}'
_BODY = f'"name": "NAME", {_SCHEMA}, "baseConfig": {{"storageType": "default"}}'
_WRITTEN = {
    "module": f"export const config = {{ {_BODY} }};\n",
    "typed": f"import type {{ StreamConfig }} from 'motia';\nexport const config: StreamConfig = {{ {_BODY} }};\n",
    "common": f"exports.config = {{ {_BODY} }};\n",
    "py": f"config = {{{_BODY}}}\n",
    "rb": f"def config\n  {{ {_BODY} }}\nend\n".replace('": ', '" => '),
}
SPELLINGS = {
    "steps/a.stream.ts": "typed", "steps/b_stream.ts": "typed", "src/c.stream.mts": "typed", "src/d_stream.cts": "typed",
    "steps/e.stream.js": "common", "steps/f_stream.js": "module", "src/g.stream.mjs": "module", "src/deep/h_stream.cjs": "common",
    "steps/i_stream.py": "py", "src/j.stream.py": "py", "steps/k.stream.rb": "rb", "src/l_stream.rb": "rb",
    "m.stream.ts": "typed",
}  # fmt: skip
NAMES = "abcdefghijklm"


def stream(file: str, name: str) -> str:
    """The text of a stream file."""
    return _WRITTEN[SPELLINGS.get(file) or file.rpartition(".")[2]].replace("NAME", name)


NODE = """
export const config = { type: 'api', name: 'LANG', method: 'POST', path: '/LANG' };
export const handler = async ({ body }, { streams, logger }) => {
  const { stream, call, args, times = 0 } = body;
  const waiting = [];
  for (let n = 0; n < times; n++) waiting.push(streams[stream].set('loop-LANG', 'one', { n }));
  await Promise.all(waiting);
  if (times) return { status: 200, body: null };
  try {
    return { status: 200, body: { value: (await streams[stream][call](...args)) ?? null } };
  } catch (error) {
    return { status: 200, body: { code: error.code, message: error.message, data: error.data } };
  }
};
"""
PYTHON = """
from motia import MotiaError

config = {"type": "api", "name": "LANG", "method": "POST", "path": "/LANG"}


def handler(req, context):
    stream = context.streams[req.body["stream"]]
    for n in range(req.body.get("times", 0)):
        stream.set("loop-LANG", "one", {"n": n})
    if "call" not in req.body:
        return {"status": 200, "body": None}
    try:
        return {"status": 200, "body": {"value": getattr(stream, req.body["call"])(*req.body["args"])}}
    except MotiaError as error:
        return {"status": 200, "body": {"code": error.code, "message": str(error), "data": error.data}}
"""
RUBY = """
def config
  { type: "api", name: "LANG", method: "POST", path: "/LANG" }
end

def handler(req, context)
  stream = context.streams[req.body["stream"]]
  (req.body["times"] || 0).times { |n| stream.set("loop-LANG", "one", { n: n }) }
  return { status: 200, body: nil } unless req.body["call"]

  { status: 200, body: { value: stream.public_send(req.body["call"], *req.body["args"]) } }
rescue Motia::Error => error
  { status: 200, body: { code: error.code, message: error.message, data: error.data } }
end
"""
BARE = """
export default async (event) => {
  const { body } = event;
  for (let n = 1; n <= 3; n++) await event.stream('progress', { n, who: body.who });
  return { done: body.who };
};
"""
LANGUAGES = ("ts", "js", "py", "async", "rb")


def files() -> dict[str, str]:
    """The whole project."""
    node = NODE.replace("({ body }, { streams, logger })", "({ body }: any, { streams }: any)")
    steps = {
        "steps/ts.step.ts": node.replace("waiting = []", "waiting: Promise<unknown>[] = []").replace("(error)", "(error: any)"),
        "steps/js.step.js": NODE,
        "steps/py_step.py": PYTHON,
        "steps/async_step.py": PYTHON.replace("def handler", "async def handler").replace('"value": getattr', '"value": await getattr'),
        "steps/rb.step.rb": RUBY,
    }  # fmt: skip
    calls = {file: text.replace("LANG", name) for name, (file, text) in zip(LANGUAGES, steps.items(), strict=True)}
    streams = {file: stream(file, name) for name, file in zip(NAMES, SPELLINGS, strict=True)}
    bare = {"steps/bare/typed.step.ts": BARE.replace("(event)", "(event: any)"), "steps/bare/plain.step.js": BARE}
    config = {"motia.toml": '[validation]\nstreams = "enforce"\n'}
    return {**streams, **calls, **bare, **config, "steps/zz_again.stream.js": stream("x.common", "a")}
