"""A real Node worker in a project made for one test, and a core small enough to read: state and streams in a dict."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.conformance.harness import Worker
from tests.conformance.manifests import Project, runners

Json = dict[str, object]
NODE = next((one for one in runners() if one.name == "node"), None)


class Refused(Exception):
    """The worker answered with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(str(error))
        self.code = error["code"]
        self.message = str(error["message"])
        self.data = error.get("data", {})


class Node:
    """Start it with `with`; `write` files first or later, then `describe`, `run` or `ask`."""

    def __init__(self, folder: Path, **limits: int) -> None:
        assert NODE is not None and not NODE.problem
        run = folder / ".motia" / "run"
        run.mkdir(parents=True, mode=0o700, exist_ok=True)
        self.folder, self.limits = folder, limits
        self.worker = Worker(NODE, Project(folder, run, {}))
        self.calls: list[Json] = []
        self.logs: list[Json] = []
        self.store: dict[tuple[str, str], object] = {}
        self.answers: dict[str, Callable[[Json], object]] = {}
        self.early: dict[object, Json] = {}
        self.number = 1

    def __enter__(self) -> Node:
        self.worker.__enter__()
        self.worker.handshake(self.limits)
        return self

    def __exit__(self, *problem: object) -> None:
        self.worker.__exit__(*problem)

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return name

    def begin(self, method: str, **params: object) -> int:
        self.number += 1
        self.worker.ask({"id": self.number, "method": method, "params": params})
        return self.number

    def ask(self, method: str, **params: object) -> Json:
        return self.wait(self.begin(method, **params))

    def wait(self, number: int) -> Json:
        """The answer to request `number`; what the worker asks meanwhile is answered, what it logs is kept."""
        while number not in self.early:
            line = self.worker.line()
            assert line is not None, f"the worker ended: {self.worker.stderr[-3000:]}"
            message = json.loads(line)
            if message.get("method") == "log":
                self.logs.append(message["params"])
            elif "method" in message:
                self._serve(message)
            else:
                self.early[message["id"]] = message
        answer = self.early.pop(number)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def describe(self, *files: str, changed: tuple[str, ...] = ()) -> list[Json]:
        return self.ask("step.describe", snapshot=1, files=files, changed=changed)["files"]

    def start(self, file: str, input: object = None, trigger: str = "event", member: str = "", **more: object) -> int:
        invocation = f"i{self.number + 1}"
        named = {"invocation": invocation, "file": file, "member": member, "traceId": "TRACE"}
        more = {"snapshot": 1, **more}
        return self.begin("step.run", **named, trigger=trigger, deadlineMs=60_000, input=input, **more)

    def run(self, file: str, input: object = None, trigger: str = "event", **more: object) -> object:
        """The value an event or cron step returns, or the response of an api step."""
        result = self.wait(self.start(file, input, trigger, **more))
        return result["response"] if trigger == "api" else result["value"]

    def call(self, file: str, **request: object) -> Json:
        """An api step's response to a request of which only what matters is given."""
        whole = {"method": "POST", "path": "/", "url": "/", "headers": {}, "bodyKind": "none", "ip": "127.0.0.1"}
        more = {name: request.pop(name) for name in ("issues", "validation", "member") if name in request}
        if "json" in request:
            whole |= {"bodyKind": "json", "raw": json.dumps(request.pop("json"))}
        return self.run(file, whole | request, "api", **more)  # type: ignore[return-value]

    def said(self, level: str = "") -> list[str]:
        return [str(log["msg"]) for log in self.logs if not level or log["level"] == level]

    def _serve(self, message: Json) -> None:
        method, params = str(message["method"]), message["params"]
        assert isinstance(params, dict)
        self.calls.append({"method": method, **params})
        answer = self.answers.get(method, self._usual(method))(params)
        reply = {"error": answer.args[0]} if isinstance(answer, Exception) else {"result": answer}
        self.worker.ask({"id": message["id"], **reply})

    def _usual(self, method: str) -> Callable[[Json], object]:
        store = self.store

        def where(params: Json) -> tuple[str, str]:
            return f"{params.get('stream', '')}/{params['group']}", str(params.get("key", params.get("id")))

        def put(params: Json) -> Json:
            store[where(params)] = params["value"]
            return {"value": params["value"]}

        def group(params: Json) -> Json:
            return {
                "items": [
                    [key, value] for (name, key), value in store.items() if name == where({**params, "key": ""})[0]
                ]
            }

        match method.split("."):
            case ["state" | "streams", "get"]:
                return lambda p: {"value": store.get(where(p))}
            case ["state" | "streams", "set"]:
                return put
            case ["state" | "streams", "delete"]:
                return lambda p: {"value": store.pop(where(p), None)}
            case ["state" | "streams", "getGroup"]:
                return group
            case ["events", "emit"]:
                return lambda p: {"id": "e1", "deliveries": 1}
            case ["events", "trigger"]:
                return lambda p: {"id": "e1", "traceId": "t2"}
            case ["once", "get"]:
                return lambda p: {"found": False, "value": None}
            case ["once", "put"]:
                return lambda p: {"value": p["value"]}
            case ["transaction", "read"]:
                return lambda p: {"value": store.get(where(p)), "version": "1"}
            case ["transaction", "commit"]:
                return lambda p: {"results": []}
            case _:
                return lambda p: {}
