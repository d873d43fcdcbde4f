"""What crosses HTTP besides JSON, in four languages: forms, files, bytes, streams, and clients that leave."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving, until

NODE = """
    %(export)sconfig = { type: 'api', name: 'Bodies%(name)s', method: 'POST', path: '/%(path)s/:how', emits: [] }

    %(export)shandler = async (req, { state, signal }) => {
      const { body, rawBody, files } = req
      switch (req.pathParams.how) {
        case 'echo': return { status: 200, body: { body, raw: typeof rawBody === 'string' ? rawBody : null } }
        case 'bytes': return { status: 200, body: Buffer.isBuffer(body) || body instanceof Uint8Array ? body : Buffer.from(rawBody) }
        case 'files': {
          const [file] = files
          const bytes = await file.bytes
          return { status: 200, body: { name: file.name, filename: file.filename, type: file.contentType, size: file.size, length: bytes.length, field: body.field } }
        }
        case 'stream': return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: (async function* () { for (const n of [1, 2, 3]) yield `data: ${n}\\n\\n` })() }
        case 'forever': return { status: 200, body: (async function* () { try { for (let n = 0; ; n++) { yield 'tick\\n'; await new Promise((r) => setTimeout(r, 20)) } } finally { await state.set('left', '%(path)s', true).catch(() => {}) } })() }
        case 'big': return { status: 200, body: { text: 'x'.repeat(2_000_000) } }
      }
    }
"""
PYTHON = """
    import asyncio

    config = {"type": "api", "name": "BodiesPy", "method": "POST", "path": "/python/:how", "emits": []}

    async def handler(req, context):
        how, body, raw = req["pathParams"]["how"], req["body"], req["rawBody"]
        if how == "echo":
            return {"status": 200, "body": {"body": body, "raw": raw if isinstance(raw, str) else None}}
        if how == "bytes":
            return {"status": 200, "body": raw if isinstance(raw, bytes) else raw.encode()}
        if how == "files":
            file = req["files"][0]
            return {"status": 200, "body": {"name": file["name"], "filename": file["filename"], "type": file["contentType"],
                    "size": file["size"], "length": len(file.bytes), "field": body["field"]}}
        if how == "stream":
            async def events():
                for n in (1, 2, 3):
                    yield f"data: {n}\\n\\n"
            return {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": events()}
        if how == "forever":
            async def ticks():
                try:
                    while True:
                        yield "tick\\n"
                        await asyncio.sleep(0.02)
                finally:
                    print("left")
            return {"status": 200, "body": ticks()}
        if how == "big":
            return {"status": 200, "body": {"text": "x" * 2_000_000}}
"""
RUBY = """
    def config = { type: 'api', name: 'BodiesRb', method: 'POST', path: '/ruby/:how', emits: [] }

    def handler(req, context)
      body, raw = req.body, req.rawBody
      case req.pathParams['how']
      when 'echo' then { status: 200, body: { body: body, raw: raw.encoding == Encoding::BINARY ? nil : raw } }
      when 'bytes' then { status: 200, body: raw.dup.force_encoding('BINARY') }
      when 'files'
        file = req.files.first
        { status: 200, body: { name: file[:name], filename: file[:filename], type: file[:contentType], size: file[:size],
                               length: file.bytes.bytesize, field: body['field'] } }
      when 'stream'
        { status: 200, headers: { 'content-type' => 'text/event-stream' },
          body: Enumerator.new { |out| [1, 2, 3].each { |n| out << "data: #{n}\\n\\n" } } }
      when 'forever'
        { status: 200, body: Enumerator.new { |out| loop { out << "tick\\n"; sleep 0.02 } } }
      when 'big' then { status: 200, body: { text: 'x' * 2_000_000 } }
      end
    end
"""
LANGUAGES = ["typescript", "javascript", "python", "ruby"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = write(
        tmp_path_factory.mktemp("bodies"),
        {
            "steps/a.step.ts": NODE % {"export": "export const ", "name": "Ts", "path": "typescript"},
            "steps/b.step.js": NODE % {"export": "exports.", "name": "Js", "path": "javascript"},
            "steps/c_step.py": PYTHON,
            "steps/d_step.rb": RUBY,
        },
    )
    with serving(project) as running:
        yield running


@pytest.fixture(params=LANGUAGES)
def path(request: pytest.FixtureRequest) -> str:
    return f"/{request.param}"


def test_raw_body_is_exactly_what_was_sent(server: Server, path: str) -> None:
    sent = '{ "a" :  [1,2.50, "é\u2028"],"$bytes": "eA==" }'
    answer = server.post(f"{path}/echo", sent.encode())
    assert answer.json["raw"] == sent
    assert answer.json["body"] == {"a": [1, 2.5, "é\u2028"], "$bytes": "eA=="}


def test_form(server: Server, path: str) -> None:
    body = urllib.parse.urlencode([("a", "1"), ("b", "x"), ("b", "y")]).encode()
    answer = server.post(f"{path}/echo", body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.json["body"] == {"a": "1", "b": ["x", "y"]}


def test_text(server: Server, path: str) -> None:
    answer = server.post(f"{path}/echo", "schön".encode(), headers={"content-type": "text/plain; charset=utf-8"})
    assert answer.json["body"] == "schön"


@pytest.mark.parametrize("size", [1000, 600_000])
def test_bytes_there_and_back(server: Server, path: str, size: int) -> None:
    data = bytes(range(256)) * (size // 256)
    answer = server.post(f"{path}/bytes", data, headers={"content-type": "application/octet-stream"})
    assert answer.body == data


def test_multipart(server: Server, path: str) -> None:
    data = bytes(range(256)) * 40
    body = (
        b'--B\r\ncontent-disposition: form-data; name="field"\r\n\r\nvalue\r\n'
        b'--B\r\ncontent-disposition: form-data; name="up"; filename="a b.bin"\r\ncontent-type: image/png\r\n\r\n'
        + data
        + b"\r\n--B--\r\n"
    )
    answer = server.post(f"{path}/files", body, headers={"content-type": "multipart/form-data; boundary=B"})
    assert answer.json == {
        "name": "up", "filename": "a b.bin", "type": "image/png", "size": len(data), "length": len(data), "field": "value",
    }  # fmt: skip


def test_streamed_response(server: Server, path: str) -> None:
    answer = server.post(f"{path}/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.body == b"data: 1\n\ndata: 2\n\ndata: 3\n\n"


def test_large_json(server: Server, path: str) -> None:
    assert len(server.post(f"{path}/big").json["text"]) == 2_000_000


def test_a_client_that_leaves_cancels_the_handler(server: Server, path: str) -> None:
    host = server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.request("POST", f"{path}/forever")
    answer = connection.getresponse()
    assert answer.read(10) == b"tick\ntick\n"
    answer.close()
    connection.close()

    def idle() -> bool:
        from tests.kit.server import motia

        pools = json.loads(motia(server.project, "workers", "--json").stdout)
        return all(worker["inFlight"] == 0 for pool in pools for worker in pool["workers"])

    until(idle)


def test_spilled_files_are_gone(server: Server, path: str) -> None:
    server.post(f"{path}/bytes", b"x" * 600_000, headers={"content-type": "application/octet-stream"})
    run = Path(server.project) / ".motia" / "run"
    until(lambda: not [file for folder in run.glob("files-*") for file in folder.iterdir()])
