"""Secrets are taken out before anything is stored or printed, in every language."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving

from .history import told

SECRET = "swordfish-42"
FIELDS = "{ password: 'swordfish-42', deep: { 'X-Api-Key': 'swordfish-42' }, customer: { email: 'swordfish-42' }, open: 'shown' }"
EVENT = "type: 'event', subscribes: ['leak'], emits: [], infrastructure: { queue: { maxRetries: 0 } }"
HANDLER = f"""async (input, {{ logger, state }}) => {{
  logger.info('leaking', {FIELDS})
  await state.set('keys', 'LANG', {FIELDS})
  await state.set('keys', 'apiToken', 'swordfish-42')
  const error = new Error('leaked')
  error.code = {{ token: 'swordfish-42', open: 'shown' }}
  error.cause = {{ secret: 'swordfish-42' }}
  throw error
}}
"""
STEPS = {
    "motia.toml": """
        redact = ["customer.email"]
        [traces]
        payload = 1000
        [replay]
        store = false
        """,
    "steps/leak.step.ts": f"export const config = {{ name: 'LeakTs', {EVENT} }}\nexport const handler = "
    + HANDLER.replace("input, {", "input: any, {")
    .replace("state })", "state }: any)")
    .replace("new Error('leaked')", "new Error('leaked') as any")
    .replace("LANG", "ts"),
    "steps/leak_js.step.js": f"exports.config = {{ name: 'LeakJs', {EVENT} }}\nexports.handler = "
    + HANDLER.replace("LANG", "js"),
    "steps/leak_step.py": """
        config = {"type": "event", "name": "LeakPy", "subscribes": ["leak"], "emits": [],
                  "infrastructure": {"queue": {"maxRetries": 0}}}

        FIELDS = {"password": "swordfish-42", "deep": {"X-Api-Key": "swordfish-42"},
                  "customer": {"email": "swordfish-42"}, "open": "shown"}

        class Leak(Exception):
            code = {"token": "swordfish-42", "open": "shown"}

        async def handler(input, context):
            context.logger.info("leaking", FIELDS)
            await context.state.set("keys", "py", FIELDS)
            await context.state.set("keys", "apiToken", "swordfish-42")
            raise Leak("leaked")
        """,
    "steps/leak.step.rb": """
        def config
          { type: 'event', name: 'LeakRb', subscribes: ['leak'], emits: [],
            infrastructure: { queue: { maxRetries: 0 } } }
        end

        FIELDS = { password: 'swordfish-42', deep: { 'X-Api-Key' => 'swordfish-42' },
                   customer: { email: 'swordfish-42' }, open: 'shown' }

        def handler(input, context)
          context.logger.info('leaking', FIELDS)
          context.state.set('keys', 'rb', FIELDS)
          context.state.set('keys', 'apiToken', 'swordfish-42')
          raise 'leaked'
        end
        """,
}
HIDDEN = "[redacted]"
REDACTED = {"password": HIDDEN, "deep": {"X-Api-Key": HIDDEN}, "customer": {"email": HIDDEN}, "open": "shown"}


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("leaky"), STEPS)) as running:
        yield running


def test_no_secret_is_stored_or_printed(leaky: Server) -> None:
    trace = leaky.post("/emit", {"topic": "leak", "data": 1}).json["traceId"]
    end = time.monotonic() + 30
    while sum(one["status"] == "failed" for one in told(leaky, "trace", trace)) < 4:
        assert time.monotonic() < end, leaky.output
        time.sleep(0.1)
    found = told(leaky, "trace", trace)
    logged = {one["name"]: line for one in found for line in one["logs"] if line["msg"] == "leaking"}
    assert set(logged) == {"LeakTs", "LeakJs", "LeakPy", "LeakRb"}
    for name, line in logged.items():
        assert {key: line[key] for key in REDACTED} == REDACTED, name
    for one in found:
        values = [event["data"]["value"] for event in one["events"]]
        assert values == [REDACTED, HIDDEN], one["name"]
    leaky.stop()
    for file in (leaky.project / ".motia").glob("motia.traces.db*"):
        assert SECRET.encode() not in file.read_bytes(), file.name
    assert SECRET not in leaky.output
    assert '"password":"[redacted]"' in leaky.output
