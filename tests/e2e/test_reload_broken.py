"""A broken edit under `motia dev`: the last good version serves on, and everybody who asks hears of it."""

from __future__ import annotations

import os
import re
import signal
import textwrap
from collections.abc import Iterator

import pytest

from tests.e2e.reloading import FILES, HELPERS, LANGUAGES, STEPS, answers, edit, reloading, save, says, text
from tests.kit.server import Server, motia, until

RETRIED = {
    "steps/fails_step.py": """
        config = {"type": "event", "name": "Fails", "subscribes": ["job"], "emits": [],
                  "infrastructure": {"queue": {"maxRetries": 5, "backoff": {"first": 3600, "cap": 3600}}}}
        async def handler(input, context):
            await context.state.set("jobs", "tried", input["n"])
            raise ValueError("not yet")
    """,
    "steps/emits.step.ts": """
        export const config = { name: 'Emits', type: 'api', method: 'POST', path: '/emits', emits: ['job'] }
        export const handler = async (req: any, { emit }: any) => {
          await emit({ topic: 'job', data: req.body })
          return { status: 202, body: {} }
        }
    """,
}
SYNTAX = {"ts": "const = 1\n", "js": "const = 1\n", "py": "def = 1\n", "rb": "def = 1\n"}
IMPORT = {
    "ts": "import { x } from './nowhere'; x()\n",
    "js": "require('./nowhere')\n",
    "py": "from . import nowhere\n",
    "rb": "require_relative 'nowhere'\n",
}
KIND = {
    "ts": ("type: 'api'", "type: 'apii'"),
    "js": ("type: 'api'", "type: 'apii'"),
    "py": ('"type": "api"', '"type": "apii"'),
    "rb": ("type: 'api'", "type: 'apii'"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with reloading(tmp_path_factory.mktemp("broken"), {**STEPS, **RETRIED}) as running:
        yield running


@pytest.fixture(autouse=True)
def whole(server: Server) -> Iterator[None]:
    """Every test begins and ends with whole files."""
    yield
    for file, good in STEPS.items():
        save(server, file, good)
    until(lambda: server.get("/health").json["status"] == "ok")
    for language in LANGUAGES:
        answers(server, f"/{language}", "one")
        answers(server, f"/{language}", "first", "helped")


def broken(language: str, how: str) -> str:
    """The text of a step with new words and a fault."""
    good = STEPS[FILES[language]].replace("'one'", "'new'").replace('"one"', '"new"')
    if how == "config":
        return good.replace(*KIND[language])
    return textwrap.dedent(good) + (SYNTAX if how == "syntax" else IMPORT)[language]


@pytest.mark.parametrize("how", ["syntax", "import", "config"])
def test_the_last_good_version_serves_on_until_the_file_is_mended(server: Server, how: str) -> None:
    before = len(server.output)
    for language in LANGUAGES:
        save(server, FILES[language], broken(language, how))
    said = says(server, *(f"✗ {file}" for file in FILES.values()), after=before)
    until(lambda: server.output[before:].count("the last good version serves on") == 4)
    places = [line for line in said.splitlines() if "✗" in line]
    assert how == "config" or all(re.search(r"\.\w+:\d+ ", line) for line in places), places
    for language in LANGUAGES:
        answers(server, f"/{language}", "one")
    assert server.get("/health").json["status"] == "degraded"
    checked = motia(server.project, "check")
    assert checked.returncode == 1 and all(file in checked.stdout + checked.stderr for file in FILES.values())
    for language in LANGUAGES:
        # Another save, as broken as the first, changes nothing; then the mended one serves.
        again = len(server.output)
        save(server, FILES[language], broken(language, how) + "\n")
        says(server, f"↻ {FILES[language]}", after=again)
        answers(server, f"/{language}", "one")
        save(server, FILES[language], STEPS[FILES[language]].replace("one", "mended"))
        answers(server, f"/{language}", "mended")
    says(server, *(f"✓ {file} is whole again" for file in FILES.values()), after=before)


def test_a_broken_helper_keeps_the_last_good_version_of_those_who_need_it(server: Server) -> None:
    before = len(server.output)
    for language in LANGUAGES:
        save(server, HELPERS[language], SYNTAX[language])
    says(server, *(f"✗ {file}" for file in HELPERS.values()), after=before)
    for language in LANGUAGES:
        answers(server, f"/{language}", "first", "helped")
        save(server, HELPERS[language], STEPS[HELPERS[language]].replace("first", "second"))
        answers(server, f"/{language}", "second", "helped")


@pytest.mark.parametrize("how", ["syntax", "config", "helper", "gone"])
def test_a_new_worker_loads_the_last_good_version_of_a_broken_file(server: Server, how: str) -> None:
    before = len(server.output)
    for language in LANGUAGES:
        if how == "helper":
            save(server, HELPERS[language], SYNTAX[language])
        elif how == "gone":
            (server.project / HELPERS[language]).unlink()
        else:
            save(server, FILES[language], broken(language, how))
    until(lambda: server.output[before:].count("the last good version serves on") == 4)
    old = set(server.workers())
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    until(lambda: server.get("/ready").status == 200 and not old & set(server.workers()))
    for language in LANGUAGES:
        answer = server.get(f"/{language}")
        assert (answer.status, answer.json) == (200, {"word": "one", "helped": "first"}), server.output[-3000:]


def test_a_file_that_never_was_whole_is_not_served(server: Server) -> None:
    before = len(server.output)
    save(server, "steps/z_step.py", "config = {\n")
    said = says(server, "✗ steps/z_step.py:1", after=before)
    assert "serves on" not in said
    (server.project / "steps/z_step.py").unlink()
    until(lambda: server.get("/health").json["status"] == "ok")


def test_a_broken_file_that_is_deleted_is_gone(server: Server) -> None:
    before = len(server.output)
    save(server, FILES["js"], SYNTAX["js"])
    says(server, "the last good version serves on", after=before)
    (server.project / FILES["js"]).unlink()
    until(lambda: server.get("/js").status == 404)
    assert "is whole again" not in server.output[before:]
    save(server, FILES["js"], STEPS[FILES["js"]])
    until(lambda: server.get("/js").status == 200)


def test_a_missing_helper_may_come_anywhere(server: Server) -> None:
    save(
        server,
        "steps/wants.step.js",
        "const { x } = require('../elsewhere/deep/x')\n"
        + "exports.config = { name: 'W', type: 'api', method: 'GET', path: '/wants', emits: [] }\nexports.handler = async () => ({ status: 200, body: { word: x } })\n",
    )
    until(lambda: server.get("/health").json["status"] == "degraded")
    save(server, "elsewhere/deep/x.ts", "export const x = 'found'\n")
    until(lambda: server.get("/wants").status == 200)
    (server.project / "steps/wants.step.js").unlink()
    until(lambda: server.get("/wants").status == 404)


def test_a_saved_fix_retries_what_waits_at_once(server: Server) -> None:
    assert server.post("/emits", {"n": 1}).status == 202
    until(lambda: server.state("jobs", "tried") == 1)
    edit(
        server, "steps/fails_step.py", 'raise ValueError("not yet")', 'await context.state.set("jobs", "n", input["n"])'
    )
    until(lambda: server.state("jobs", "n") == 1, patience=20)


def test_a_mended_import_retries_what_waits_at_once(server: Server) -> None:
    """While the file is broken its last good version goes on failing; the mended one is given the failures."""
    save(server, "steps/fails_step.py", RETRIED["steps/fails_step.py"])
    assert server.post("/emits", {"n": 2}).status == 202
    until(lambda: server.state("jobs", "tried") == 2)
    before = len(server.output)
    save(server, "steps/fails_step.py", "import nowhere_at_all\n" + text(server, "steps/fails_step.py"))
    says(server, "the last good version serves on", after=before)
    mended = text(server, "steps/fails_step.py").replace(
        'raise ValueError("not yet")', 'await context.state.set("jobs", "n", input["n"])'
    )
    save(server, "steps/fails_step.py", mended.replace("import nowhere_at_all\n", ""))
    until(lambda: server.state("jobs", "n") == 2, patience=20)
