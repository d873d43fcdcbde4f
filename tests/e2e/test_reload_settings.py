"""What workers and the core are set up with: saved `.env`, configuration and package lists under `motia dev`, schedules,
and a project whose file system tells nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.reloading import answers, edit, reloading, save, says, text
from tests.kit.server import Server, until

FILES = {
    ".env": "WORD=old\n",
    "motia.toml": """
        [routes]
        "/also" = "Env"
        [watch]
        events = false
    """,
    "package.json": '{"name": "shop", "imports": {"#word": "./lib/old.js"}}',
    "requirements.txt": "left-pad==1\n",
    "lib/old.js": "exports.word = 'old'\n",
    "lib/new.js": "exports.word = 'new'\n",
    "steps/env_step.py": """
        import os
        WORD = os.environ.get("WORD")
        config = {"name": "Env", "type": "api", "method": "GET", "path": "/env", "emits": []}
        def handler(req, context):
            return {"status": 200, "body": {"word": WORD, "pid": os.getpid()}}
    """,
    "steps/imports.step.js": """
        const { word } = require('#word')
        exports.config = { name: 'Imports', type: 'api', method: 'GET', path: '/imports', emits: [] }
        exports.handler = async () => ({ status: 200, body: { word, pid: process.pid } })
    """,
    "steps/tick_step.py": """
        config = {"name": "Tick", "type": "cron", "cron": "0 0 1 1 *", "emits": []}
        async def handler(context):
            await context.state.set("ticks", "last", "ran")
    """,
    "steps/emits_step.py": """
        config = {"name": "Emits", "type": "api", "method": "POST", "path": "/emits", "emits": ["job"]}
        async def handler(req, context):
            await context.emit({"topic": "job", "data": req["body"]})
            return {"status": 202, "body": {}}
    """,
    "steps/works_step.py": """
        import asyncio
        config = {"name": "Works", "type": "event", "subscribes": ["job"], "emits": []}
        async def handler(input, context):
            await asyncio.sleep(0.02)
            await context.state.set("done", str(input["n"]), 1)
    """,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """It only looks at the files: `watch.events` is off."""
    folder = tmp_path_factory.mktemp("settings")
    (folder / ".venv/lib/python3.99/site-packages").mkdir(parents=True)
    with reloading(folder, FILES) as running:
        yield running


def pid(server: Server, path: str) -> int:
    return int(server.get(path).json["pid"])


def test_a_saved_env_file_reaches_every_language(server: Server) -> None:
    old = pid(server, "/imports")
    save(server, ".env", "WORD=new\n")
    answers(server, "/env", "new")
    until(lambda: pid(server, "/imports") != old)
    save(server, ".env", "OTHER=1\n")
    answers(server, "/env", None)


def test_an_env_file_that_cannot_be_read_is_told(server: Server) -> None:
    before = len(server.output)
    (server.project / ".env").write_bytes(b"WORD=\xff\xfe\n")
    says(server, ".env", "the last good configuration serves on", after=before)
    assert server.get("/health").json["status"] == "degraded"
    save(server, ".env", "OTHER=1\n")
    until(lambda: server.get("/health").json["status"] == "ok")


def test_a_saved_configuration_takes_effect_or_says_what_needs_a_restart(server: Server) -> None:
    assert server.get("/also").status == 200
    before = len(server.output)
    edit(server, "motia.toml", '"/also"', '"/instead"')
    until(lambda: server.get("/instead").status == 200)
    assert server.get("/also").status == 404
    save(server, "motia.toml", "drainTimeout = 3\n" + text(server, "motia.toml"))
    says(server, "restart motia dev to apply drainTimeout", after=before)


def test_a_configuration_with_a_wrong_value_leaves_the_last_good_one_in_force(server: Server) -> None:
    good = text(server, "motia.toml")
    for bad in (good.replace("drainTimeout = 3", "drainTimeout = 'long'"), good + "\n[[[\n"):
        before = len(server.output)
        save(server, "motia.toml", bad)
        said = says(server, "the last good configuration serves on", after=before)
        assert "✗ motia.toml" in said
        assert server.get("/instead").status == 200
        assert server.get("/health").json["status"] == "degraded"
        save(server, "motia.toml", good)
        until(lambda: server.get("/health").json["status"] == "ok")


def test_a_package_list_gives_a_hint_and_installed_packages_new_workers(server: Server) -> None:
    before, python, node = len(server.output), pid(server, "/env"), pid(server, "/imports")
    save(server, "requirements.txt", "left-pad==2\n")
    says(server, "requirements.txt: run pip install -r requirements.txt", after=before)
    assert pid(server, "/env") == python
    (server.project / ".venv/lib/python3.99/site-packages/left_pad").mkdir()
    until(lambda: pid(server, "/env") != python)
    assert pid(server, "/imports") == node, "one language's packages are no matter of another's"
    save(server, "package.json", text(server, "package.json").replace("old.js", "new.js"))
    says(server, "package.json: run npm install", after=before)
    answers(server, "/imports", "new")


def test_a_changed_schedule_fires(server: Server) -> None:
    edit(server, "steps/tick_step.py", "0 0 1 1 *", "* * * * * *")
    until(lambda: server.state("ticks", "last") == "ran")
    edit(server, "steps/tick_step.py", "* * * * * *", "0 0 1 1 *")


def test_no_delivery_is_lost_by_reloads(server: Server) -> None:
    for n in range(30):
        assert server.post("/emits", {"n": n}).status == 202
        if n % 5 == 0:
            save(server, "steps/works_step.py", text(server, "steps/works_step.py") + f"# {n}\n")
    until(lambda: server.state("done", "29") == 1)
    assert [n for n in range(0, 30, 7) if server.state("done", str(n)) != 1] == []


def test_deliveries_of_a_renamed_step_wait_for_its_name(server: Server) -> None:
    # With one worker busy for long, deliveries wait while the step loses its name.
    edit(server, "steps/works_step.py", '"name": "Works"', '"name": "WorksNot", "virtualSubscribes": ["x"]')
    edit(server, "steps/works_step.py", '"subscribes": ["job"]', '"subscribes": ["other"]')
    says(server, "steps/works_step.py")
    edit(server, "steps/works_step.py", '"subscribes": ["other"]', '"subscribes": ["job"]')
    edit(server, "steps/works_step.py", '"name": "WorksNot", "virtualSubscribes": ["x"]', '"name": "Works"')
    assert server.post("/emits", {"n": 77}).status == 202
    until(lambda: server.state("done", "77") == 1)
