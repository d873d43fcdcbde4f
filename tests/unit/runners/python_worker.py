"""A real Python worker over pipes, with a small core beside it that answers its calls from a dict."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 20.0
Json = Any


class Worker:
    """One process in `project`. `state` answers the calls; `logs`, `emits` and `calls` remember what was said."""

    def __init__(self, project: Path, *, mode: str = "dev", **limits: int) -> None:
        self.project = project
        self.logs: list[Json] = []
        self.calls: list[tuple[str, Json]] = []
        self.state: dict[tuple[str, str], Json] = {}
        self.refuse: dict[str, Json] = {}
        self.hold: set[str] = set()
        self.held: list[int] = []
        self._answers: dict[int, Json] = {}
        self._next = 0
        self._rest = b""
        lifeline, self._lifeline = os.pipe()
        main = ROOT / "runners/python/motia_runner/main.py"
        env = {**os.environ, "MOTIA_LIFELINE": str(lifeline), "MOTIA_SDK": str(ROOT / "sdk/python")}
        self.process = subprocess.Popen(
            [os.environ.get("MOTIA_TEST_PYTHON", sys.executable), "-u", "-X", "utf8", str(main)],
            cwd=project,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(project / "stderr.txt").open("wb"),
            pass_fds=(lifeline,),
            start_new_session=True,
            bufsize=0,
        )
        os.close(lifeline)
        assert self.process.stdout is not None
        self._select = selectors.DefaultSelector()
        self._select.register(self.process.stdout, selectors.EVENT_READ)
        (project / "run").mkdir(exist_ok=True)
        agreed = {"frame": 1 << 24, "spill": 1 << 18, "depth": 100, "inFlight": 64, **limits}
        known = {"protocol": 1, "coreVersion": "0", "project": str(project), "runner": "python", "worker": "w1"}
        rest = {"mode": mode, "runDir": str(project / "run"), "parentPid": os.getpid(), "limits": agreed}
        self.hello = self.ask("initialize", {**known, **rest})

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._select.close()
        os.close(self._lifeline)
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    @property
    def stderr(self) -> str:
        return (self.project / "stderr.txt").read_text("utf-8", "replace")

    @property
    def invocation(self) -> str:
        """The last one begun."""
        return f"i{self._next}"

    @property
    def messages(self) -> list[str]:
        return [log["msg"] for log in self.logs]

    def reset(self) -> None:
        """As new, for the next test: no files, nothing said."""
        old = [path for path in self.project.rglob("*") if path.is_file() and path.name != "stderr.txt"]
        self.describe(changed=tuple(str(path.relative_to(self.project)) for path in old), snapshot=1_000_000)
        self.describe(snapshot=1_000_001)
        for path in old:
            path.unlink()
        for kept in (self.logs, self.calls, self.state, self.refuse, self.hold, self.held):
            kept.clear()

    def send(self, message: Json) -> None:
        assert self.process.stdin is not None
        data = json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"
        while data:
            data = data[self.process.stdin.write(data) or 0 :]

    def start(self, method: str, params: Json) -> int:
        self._next += 1
        self.send({"id": self._next, "method": method, "params": params})
        return self._next

    def ask(self, method: str, params: Json) -> Json:
        """The result, or the error as it came."""
        return self.answer(self.start(method, params))

    def answer(self, id: int) -> Json:
        self.until(lambda: id in self._answers)
        return self._answers.pop(id)

    def until(self, met: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not met():
            assert time.monotonic() < deadline, f"nothing came; stderr:\n{self.stderr}"
            for _ in self._select.select(0.2):
                self._read()

    def settled(self, id: int) -> bool:
        return id in self._answers

    def begin(self, file: str, input: Json = None, *, member: str = "", trigger: str = "event", **more: Json) -> int:
        number = self._next + 1
        params = {"invocation": f"i{number}", "snapshot": 1, "file": file, "member": member, "trigger": trigger}
        return self.start("step.run", {**params, "traceId": "t1", "deadlineMs": 60_000, "input": input, **more})

    def run(self, file: str, input: Json = None, **more: Json) -> Json:
        """The value, the response, or the error."""
        result = self.answer(self.begin(file, input, **more))
        return result.get("value", result.get("response", result)) if isinstance(result, dict) else result

    def request(self, file: str, body: Json = None, *, member: str = "", **more: Json) -> Json:
        """One HTTP request; `raw`, `headers`, `issues` and the like go where they belong."""
        raw = {"bodyKind": "none"} if body is None else {"bodyKind": "json", "raw": json.dumps(body)}
        inside = {name: more.pop(name) for name in ("raw", "bodyKind", "headers", "query", "files") if name in more}
        given = {"method": "POST", "path": "/x", "url": "/x", "headers": {}, "params": {}, "query": {}, "ip": "1.2.3.4"}
        return self.run(file, {**given, **raw, **inside}, member=member, trigger="api", **more)

    def describe(self, *files: str, changed: tuple[str, ...] = (), snapshot: int = 1) -> list[Json]:
        params = {"snapshot": snapshot, "files": list(files), "changed": list(changed)}
        return self.ask("step.describe", params)["files"]  # type: ignore[no-any-return]

    def release(self) -> None:
        """Answer the calls that were held back."""
        while self.held:
            self.send({"id": self.held.pop(0), "result": {"value": None}})

    def _read(self) -> None:
        assert self.process.stdout is not None
        data = os.read(self.process.stdout.fileno(), 1 << 18)
        assert data, f"the worker ended with {self.process.wait()}; stderr:\n{self.stderr}"
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if message.get("method") == "log":
                self.logs.append(message["params"])
            elif "method" in message:
                self._serve(message["id"], message["method"], message["params"])
            else:
                self._answers[message["id"]] = message.get("result", message.get("error"))

    def _serve(self, id: int, method: str, params: Json) -> None:
        self.calls.append((method, params))
        if method in self.hold:
            self.held.append(id)
        elif method in self.refuse:
            self.send({"id": id, "error": self.refuse[method]})
        else:
            self.send({"id": id, "result": self._result(method, params)})

    def _result(self, method: str, params: Json) -> Json:
        if method == "once.get":
            return {"found": False, "value": None}
        if method == "once.put":
            return {"value": params["value"]}
        place = (str(params.get("group")), str(params.get("key", params.get("id"))))
        verb = method.partition(".")[2]
        if verb == "set":
            self.state[place] = params["value"]
        if verb in ("get", "set"):
            return {"value": self.state.get(place)}
        if verb in ("getGroup", "readGroup"):
            items = [[key, value] for (group, key), value in self.state.items() if group == place[0]]
            return {"items": items, "version": "g1"}
        if method == "transaction.read":
            return {"value": self.state.get(place), "version": "v1"}
        if method == "transaction.commit":
            return {"results": []}
        fixed = {
            "emit": {"id": "e1", "deliveries": 1},
            "trigger": {"id": "e1", "traceId": "t2"},
            "delete": {"value": 1},
        }
        return fixed.get(verb, {})


def write(project: Path, files: dict[str, str]) -> None:
    """Files of a project, indented as is convenient in a test."""
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")


def event(body: str, *, head: str = "", signature: str = "async def handler(input, context)") -> str:
    """A step file with this handler."""
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    config = 'config = {"type": "event", "name": "x", "subscribes": ["x"]}'
    return f"{textwrap.dedent(head)}\n{config}\n\n\n{signature}:\n{lines}\n"


def api(body: str, *, head: str = "", signature: str = "async def handler(req, context)", more: str = "") -> str:
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    config = f'config = {{"type": "api", "name": "x", "method": "POST", "path": "/x"{more}}}'
    return f"{textwrap.dedent(head)}\n{config}\n\n\n{signature}:\n{lines}\n"


STYLES = ("async def handler(input, context)", "def handler(input, context)")


def run_event(worker: Worker, body: str, input: Json = None, **more: str) -> Json:
    """What an event handler with this body gives."""
    write(worker.project, {"steps/x_step.py": event(body, **more)})
    return worker.run("steps/x_step.py", input)


def run_api(worker: Worker, body: str, given: Json = None, **more: str) -> Json:
    """What an api handler with this body answers."""
    write(worker.project, {"steps/x_step.py": api(body, **more)})
    return worker.request("steps/x_step.py", given)
