"""A small stand-in for the core: drives one real Ruby worker over pipes and answers its calls from dictionaries."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.harness import Worker
from tests.conformance.manifests import Project, runners

RUBY = next(one for one in runners() if one.name == "ruby")
MARKS = [pytest.mark.ruby, pytest.mark.skipif(bool(RUBY.problem), reason=RUBY.problem)]

EVENT = 'def config = { type: "event", name: "n", subscribes: ["t"] }\n'
API = 'def config = { type: "api", name: "n", method: "POST", path: "/p" }\n'


def event(body: str) -> str:
    return EVENT + body


class Refusal(Exception):
    """The runner answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("message"))
        self.code: int = error["code"]
        self.data: dict[str, Any] = error.get("data") or {}


def project(folder: Path, files: dict[str, str]) -> Project:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    run = folder / ".motia" / "run"
    run.mkdir(parents=True, exist_ok=True)
    return Project(folder, run, {})


class Core:
    """Use as a context manager. `calls` and `logs` are what the runner sent; `state` answers the state calls."""

    def __init__(self, folder: Path, files: dict[str, str], **limits: int) -> None:
        self.folder = folder
        self.worker = Worker(RUBY, project(folder, files))
        self.limits = limits
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.logs: list[dict[str, Any]] = []
        self.state: dict[str, dict[str, Any]] = {}
        self.refusals: dict[str, list[dict[str, Any]]] = {}
        self.replies: dict[int, dict[str, Any]] = {}
        self._next = 10

    def __enter__(self) -> Core:
        self.worker.handshake(self.limits)
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.__exit__()

    def send(self, method: str, params: dict[str, Any]) -> int:
        self._next += 1
        self.worker.ask({"id": self._next, "method": method, "params": params})
        return self._next

    def wait(self, number: int) -> Any:
        while number not in self.replies:
            self.step()
        reply = self.replies.pop(number)
        if "error" in reply:
            raise Refusal(reply["error"])
        return reply["result"]

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        return self.wait(self.send(method, params))

    def step(self) -> dict[str, Any]:
        """Takes one message: answers a call, keeps a log or a reply."""
        line = self.worker.line()
        assert line is not None, f"the worker ended: {self.worker.stderr[-3000:]}"
        message: dict[str, Any] = json.loads(line)
        if message.get("method") == "log":
            self.logs.append(message["params"])
        elif "method" in message:
            self.calls.append((message["method"], message["params"]))
            self.worker.ask({"id": message["id"], **self._answer(message["method"], message["params"])})
        else:
            self.replies[message["id"]] = message
        return message

    def describe(self, *files: str, snapshot: int = 1, changed: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        params = {"snapshot": snapshot, "files": list(files), "changed": list(changed)}
        return self.ask("step.describe", params)["files"]  # type: ignore[no-any-return]

    def start(self, file: str, input: Any = None, trigger: str = "event", **more: Any) -> int:
        self.invocation = f"i{self._next + 1}"
        named = {"invocation": self.invocation, "snapshot": 1, "file": file, "member": "", "trigger": trigger}
        return self.send("step.run", {**named, "traceId": "t1", "deadlineMs": 60000, "input": input, **more})

    def run(self, file: str, input: Any = None, trigger: str = "event", **more: Any) -> Any:
        return self.wait(self.start(file, input, trigger, **more)).get("value")

    def api(self, file: str, issues: list[Any] | None = None, **request: Any) -> dict[str, Any]:
        plain = {"method": "POST", "path": "/p", "url": "/p", "headers": {"host": "x"}, "bodyKind": "none"}
        more = {"issues": issues} if issues is not None else {}
        return self.wait(self.start(file, {**plain, **request}, "api", **more))["response"]  # type: ignore[no-any-return]

    def cancel(self, invocation: str, reason: str = "user") -> None:
        self.worker.ask({"method": "cancel", "params": {"invocation": invocation, "reason": reason}})

    def named(self, method: str) -> list[dict[str, Any]]:
        return [params for name, params in self.calls if name == method]

    def _answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if self.refusals.get(method):
            return {"error": self.refusals[method].pop(0)}
        group = self.state.setdefault(params.get("group", ""), {})
        key = params.get("key", "")
        match method:
            case "state.get":
                return {"result": {"value": group.get(key)}}
            case "state.set":
                group[key] = params["value"]
                return {"result": {"value": params["value"]}}
            case "state.getGroup":
                return {"result": {"items": [[name, value] for name, value in group.items()]}}
            case "transaction.read":
                return {"result": {"value": group.get(key), "version": "1"}}
            case "transaction.readGroup":
                return {"result": {"items": [[name, value] for name, value in group.items()], "version": "1"}}
            case "once.get":
                return {"result": {"found": False, "value": None}}
            case "events.emit":
                return {"result": {"id": "e1", "deliveries": 1}}
            case _:
                return {"result": {"value": params.get("value")}}


def returning(core: Core, name: str, expression: str, input: Any = None) -> Any:
    """The value of a Ruby expression in a handler with `input` and `context`."""
    file = core.folder / f"steps/{name}_step.rb"
    file.parent.mkdir(exist_ok=True)
    file.write_text(event(f"def handler(input, context)\n{expression}\nend\n"), encoding="utf-8")
    return core.run(f"steps/{name}_step.rb", input)
