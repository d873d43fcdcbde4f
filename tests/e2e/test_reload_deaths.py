"""Files that end their worker when they load, under `motia dev`: they cost no request, and no step its last good version."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.e2e.reloading import HELPERS, LANGUAGES, STEPS, answers, reloading, save, says
from tests.kit.server import Server, until

DEADLY = {
    "ts": ("steps/deadly.step.ts", "process.reallyExit(7)\n"),
    "py": ("steps/deadly_step.py", "import os\nos._exit(7)\n"),
    "rb": ("steps/deadly.step.rb", "exit!(7)\n"),
}
CALM = {
    "ts": """
        export const config = { name: 'CalmTs', type: 'api', method: 'GET', path: '/calm/ts', emits: [] }
        export const handler = async () => ({ status: 200, body: { word: 'calm' } })
    """,
    "py": """
        config = {"name": "CalmPy", "type": "api", "method": "GET", "path": "/calm/py", "emits": []}
        async def handler(req, context):
            return {"status": 200, "body": {"word": "calm"}}
    """,
    "rb": """
        def config = { name: 'CalmRb', type: 'api', method: 'GET', path: '/calm/rb', emits: [] }
        def handler(req, context) = { status: 200, body: { word: 'calm' } }
    """,
}
SECOND = {
    f"steps/{language}/again{DEADLY[language][0].removeprefix('steps/deadly')}": CALM[language]
    .replace("Calm", "Again")
    .replace("/calm/", "/again/")
    for language in DEADLY
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with reloading(tmp_path_factory.mktemp("deaths"), {**STEPS, **SECOND, **dict(DEADLY.values())}) as running:
        until(lambda: running.output.count("did not survive loading it") >= len(DEADLY))
        yield running


def test_a_deadly_file_costs_no_request_when_a_helper_is_saved(server: Server) -> None:
    before = len(server.output)
    for number in range(3):
        for language in LANGUAGES:
            save(server, HELPERS[language], STEPS[HELPERS[language]].replace("first", f"n{number}"))
            answers(server, f"/{language}", f"n{number}", "helped")
    assert "reload failed" not in server.output[before:]


def test_a_deadly_file_that_is_mended_is_served_and_the_others_all_the_while(server: Server) -> None:
    for language, (file, _) in DEADLY.items():
        save(server, file, CALM[language])
        path = f"/calm/{language}"
        until(lambda path=path: server.get(path).status == 200 and server.get("/ts").status == 200)  # type: ignore[misc]
        answers(server, path, "calm")
        answers(server, f"/again/{language}", "calm")


def test_a_file_that_becomes_deadly_serves_on_beside_one_broken_earlier(server: Server) -> None:
    for language, (file, _) in DEADLY.items():
        save(server, file, CALM[language])
    for language in DEADLY:
        until(lambda path=f"/calm/{language}": server.get(path).status == 200)  # type: ignore[misc]
    for file, good in SECOND.items():
        before = len(server.output)
        save(server, file, good + "\n((\n")
        says(server, f"✗ {file}", after=before)
    before = len(server.output)
    for file, deadly in DEADLY.values():
        save(server, file, deadly)
        says(server, f"✗ {file}", after=before)
    for _ in range(2):
        until(lambda: server.get("/ready").status == 200)
        for language in DEADLY:
            for path in (f"/calm/{language}", f"/again/{language}"):
                answer = server.get(path)
                assert (answer.status, answer.json) == (200, {"word": "calm"}), server.output[-3000:]
        old = set(server.workers())
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        until(lambda old=old: not old & set(server.workers()))  # type: ignore[misc]


def test_a_deadly_file_that_is_mended_while_a_new_worker_loads_it_is_served(server: Server) -> None:
    """The worker dies of the earlier text; that says nothing of what was saved since."""
    file, loading = "steps/slow_deadly_step.py", server.project / "loading"
    before = len(server.output)
    # It takes its time to die, so that it can be saved meanwhile.
    save(server, file, f"import os, time\nopen({str(loading)!r}, 'w').close()\ntime.sleep(1.5)\nos._exit(7)\n")
    says(server, f"✗ {file}", "did not survive loading it", after=before)
    loading.unlink()
    save(server, HELPERS["py"], STEPS[HELPERS["py"]])
    until(loading.exists)
    save(server, file, CALM["py"].replace("Calm", "Slow").replace("/calm/", "/slow/"))
    until(lambda: server.get("/slow/py").status == 200)
