"""How the Python runner runs handlers: both styles, what they may ask, what they return, how they end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_worker import Worker, api, event, write

STYLES = ("async def handler(input, context)", "def handler(input, context)")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def worker(project: Path) -> Iterator[Worker]:
    with Worker(project) as started:
        yield started


def run_event(project: Path, worker: Worker, body: str, input: Any = None, **more: str) -> Any:
    write(project, {"steps/x_step.py": event(body, **more)})
    return worker.run("steps/x_step.py", input)


def run_api(project: Path, worker: Worker, body: str, given: Any = None, **more: str) -> Any:
    write(project, {"steps/x_step.py": api(body, **more)})
    return worker.request("steps/x_step.py", given)


def test_the_handshake(worker: Worker) -> None:
    assert worker.hello["protocol"] == 1
    assert worker.hello["runtime"].startswith("cpython 3.")


# Values


def test_values_of_every_kind_become_json(project: Path, worker: Worker) -> None:
    head = """
        import collections, dataclasses, datetime as dt, decimal, enum, fractions, pathlib, types, uuid

        @dataclasses.dataclass
        class Data:
            a: int
            when: dt.date

        class Colour(enum.Enum):
            RED = "red"

        class Level(enum.IntEnum):
            HIGH = 3

        class Own:
            def __init__(self):
                self.a, self._b = 1, 2

        class Told:
            def toJSON(self):
                return {"told": {1}}

        Point = collections.namedtuple("Point", "x y")
        PLUS = dt.timezone(dt.timedelta(hours=2))
    """
    body = """
        return {
            "data": Data(1, dt.date(2024, 1, 2)), "enum": [Colour.RED, Level.HIGH], "own": Own(), "told": Told(),
            "point": Point(1, 2), "set": {3, 1, 2}, "tuple": (1, (2,)), "deque": collections.deque([1]),
            "at": dt.datetime(2024, 1, 2, 3, 4, 5, 600, PLUS), "whole": dt.datetime(2024, 1, 2, tzinfo=dt.timezone.utc),
            "decimals": [decimal.Decimal("19.99"), decimal.Decimal("3"), decimal.Decimal("0.1000000000000000000001")],
            "id": uuid.UUID(int=1), "path": pathlib.Path("a/b"), "ns": types.SimpleNamespace(z=[1]),
            "keys": {1: "a", False: "b", None: "c", Colour.RED: "d", dt.date(2024, 1, 2): "e"},
            "bytes": b"\\x00\\xff", "view": {"a": 1}.keys(), "for": dt.timedelta(minutes=1), "error": ValueError("e"),
            "half": fractions.Fraction(1, 2), "ordered": collections.OrderedDict(b=1), "big": 2**70,
        }
    """
    told = run_event(project, worker, body, head=head)
    assert told.pop("error")["message"] == "e"
    assert told == {
        "data": {"a": 1, "when": "2024-01-02"}, "enum": ["red", 3], "own": {"a": 1}, "told": {"told": [1]},
        "point": {"x": 1, "y": 2}, "set": [1, 2, 3], "tuple": [1, [2]], "deque": [1],
        "at": "2024-01-02T01:04:05.000600Z", "whole": "2024-01-02T00:00:00.000Z",
        "decimals": [19.99, 3, "0.1000000000000000000001"], "id": "00000000-0000-0000-0000-000000000001",
        "path": "a/b", "ns": {"z": [1]},
        "keys": {"1": "a", "false": "b", "null": "c", "red": "d", "2024-01-02": "e"}, "bytes": {"$bytes": "AP8="},
        "view": ["a"], "for": 60, "half": 0.5, "ordered": {"b": 1}, "big": 2**70,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("return {'a': [1, {'b': float('nan')}]}", "result.a[1].b"),
        ("return {'a': [float('inf')]}", "result.a[0]"),
        ("return {'run': lambda: 1}", "result.run: a function"),
        ("a = {}\na['me'] = [a]\nreturn a", "result.me[0]: contains itself"),
        ("return {'a': {(1, 2): 3}}", "result.a: a key must be text"),
        ("return {'s': context.state.get('a', 'b')}", "result.s: a call under way (await it)"),
        ("return {'c': complex(1, 2)}", "result.c"),
        ("a = []\nfor _ in range(200): a = [a]\nreturn a", "nested too deep"),
        ("return [10 ** 9999]", "result"),
    ],
)
def test_what_has_no_json_names_its_key_path(project: Path, worker: Worker, body: str, path: str) -> None:
    error = run_event(project, worker, body)
    assert (error["code"], path in error["message"]) == (1012, True), error


def test_surrogates_are_mended_and_pairs_joined(project: Path, worker: Worker) -> None:
    told = run_event(project, worker, "return ['a\\ud800', '\\ud83d' + '\\ude00', {'\\udc00': '\\u2028'}]")
    assert told == ["a\ufffd", "😀", {"\ufffd": "\u2028"}]


def test_many_containers_are_not_taken_for_deep_ones(project: Path, worker: Worker) -> None:
    rows = [{"a": [n]} for n in range(500)]
    assert run_event(project, worker, "return input", rows) == rows


def test_a_call_with_a_value_that_has_no_form_fails_in_the_handler(project: Path, worker: Worker) -> None:
    body = "try:\n    await context.state.set('g', 'k', {'a': [print]})\nexcept Exception as error:\n    return str(error)"
    assert "state.set.value.a[0]: a function" in run_event(project, worker, body)


# The context


@pytest.mark.parametrize("signature", STYLES)
def test_both_styles_have_the_whole_context(project: Path, worker: Worker, signature: str) -> None:
    body = """
        state, logger = context["state"], context.logger
        AWAIT state.set("g", "a", {"n": 1})
        AWAIT state.set(trace_id="g", key="b", value=2, ttl=5)
        first = AWAIT state.get("g", "a")
        named = AWAIT state.get(group_id="g", key="b")
        group = AWAIT state.get_group("g")
        gone = AWAIT state.get("g", "none")
        item = AWAIT context.streams.todo.set("g", "1", {"n": 1})
        AWAIT context["emit"]({"topic": "t", "data": 1, "message_group_id": "m"})
        AWAIT context.emit("two", {"a": 1})
        paid = AWAIT context.once("pay", lambda: "receipt")
        triggered = AWAIT motia.trigger("other", {"a": 1})
        logger.info("hello %s", "ann")
        now = context.utils.dates.now()
        return {
            "first": first, "named": named, "gone": gone, "item": item, "paid": paid, "triggered": triggered,
            "group": [list(group), list(group.keys()), list(group.values()), dict(group.items())],
            "ids": [context.trace_id, context.traceId, context.flows, context.attempt, context.step, context.topic],
            "later": context.deadline > now, "cancelled": context.cancelled, "zone": str(now.tzinfo),
        }
    """
    body = body.replace("AWAIT ", "await " if signature.startswith("async") else "")
    write(project, {"steps/x_step.py": event(body, signature=signature)})
    assert worker.run("steps/x_step.py", topic="x", attempt=2) == {
        "first": {"n": 1}, "named": 2, "gone": None, "item": {"n": 1}, "paid": "receipt",
        "triggered": {"id": "e1", "traceId": "t2"},
        "group": [[{"n": 1}, 2], ["a", "b"], [{"n": 1}, 2], {"a": {"n": 1}, "b": 2}],
        "ids": ["t1", "t1", [], 2, "x", "x"], "later": True, "cancelled": False, "zone": "UTC",
    }  # fmt: skip
    emits = [params for method, params in worker.calls if method == "events.emit"]
    assert [(e["topic"], e["data"], e.get("messageGroupId")) for e in emits] == [("t", 1, "m"), ("two", {"a": 1}, None)]
    assert ("state.set", 5) in [(method, params.get("ttl")) for method, params in worker.calls]
    assert worker.messages == ["hello ann"]


def test_calls_work_wherever_the_author_is(project: Path, worker: Worker) -> None:
    body = """
        await asyncio.gather(context.state.set("g", "1", 1), asyncio.create_task(context.state.set("g", "2", 2)))
        threaded = await asyncio.to_thread(context.state.get, "g", "1")
        own_loop = await asyncio.to_thread(lambda: asyncio.run(elsewhere(context)))
        waited = await asyncio.wait_for(context.state.get("g", "2"), 5)
        return [threaded, own_loop, waited]
    """
    head = "import asyncio\nasync def elsewhere(context):\n    return await context.state.get('g', '2')"
    assert run_event(project, worker, body, head=head) == [1, 2, 2]


def test_a_plain_function_that_returns_a_coroutine_is_awaited(project: Path, worker: Worker) -> None:
    head = """
        import functools
        def logged(function):
            @functools.wraps(function)
            def around(*args):
                return function(*args)
            return around
    """
    body = "return await context.state.get('g', 'k')"
    signature = "@logged\nasync def handler(input, context)"
    worker.state[("g", "k")] = 7
    assert run_event(project, worker, body, head=head, signature=signature) == 7


def test_fewer_parameters_and_a_callable_object(project: Path, worker: Worker) -> None:
    for signature, wanted in (("def handler()", None), ("def handler(data)", {"a": 1}), ("def handler(context)", "t1")):
        write(project, {"steps/y_step.py": event(f"return {dict(zip(['def handler()', 'def handler(data)'], ['None', 'data'])).get(signature, 'context.trace_id')}", signature=signature)})  # fmt: skip # noqa: E501
        worker.describe("steps/y_step.py", changed=("steps/y_step.py",))
        assert worker.run("steps/y_step.py", {"a": 1}) == wanted
    body = "pass\nclass Handler:\n    async def __call__(self, input, context):\n        return 'called'\nhandler = Handler()"
    write(project, {"steps/z_step.py": event("pass") + "\n" + body.partition("\n")[2] + "\n"})
    assert worker.run("steps/z_step.py") == "called"


def test_refused_calls_raise_with_their_code_and_unawaited_ones_are_logged(project: Path, worker: Worker) -> None:
    worker.refuse["events.emit"] = {"code": 1013, "message": "backlog full"}
    body = """
        context.emit({"topic": "a", "data": 1})
        try:
            await context.emit({"topic": "b", "data": 1})
        except Exception as error:
            return [error.code, str(error)]
    """
    assert run_event(project, worker, body) == [1013, "backlog full"]
    assert any("not awaited failed: backlog full" in message for message in worker.messages)
    failure = run_event(project, worker, "context.emit({'topic': 'a'})", signature=STYLES[1])
    worker.describe("steps/x_step.py", changed=("steps/x_step.py",))
    failure = worker.run("steps/x_step.py")
    assert (failure["code"], failure["data"]["code"]) == (1001, 1013)


def test_unawaited_calls_end_before_the_answer(project: Path, worker: Worker) -> None:
    worker.hold.add("state.set")
    write(project, {"steps/x_step.py": event("context.state.set('g', 'a', 1)\nreturn 'early'")})
    id = worker.begin("steps/x_step.py")
    worker.until(lambda: bool(worker.held))
    assert worker.ask("ping", {}) == {}
    assert not worker.settled(id)
    worker.release()
    assert worker.answer(id) == {"value": "early"}


@pytest.mark.parametrize("signature", STYLES)
def test_a_transaction_collects_and_runs_again_on_conflict(project: Path, worker: Worker, signature: str) -> None:
    worker.refuse["transaction.commit"] = {"code": 1010, "message": "conflict"}
    worker.state[("acc", "a")] = 5
    body = """
        runs = []
        ASYNC def block(tx):
            runs.append(1)
            n = AWAIT tx.state.get("acc", "a")
            AWAIT context.state.set("acc", "a", n + 1)
            AWAIT tx.state.update("acc", "l", [{"op": "append", "path": "x.y", "value": 1}])
            tx.state.set("acc", "unawaited", {"n": 1})
            stored = AWAIT tx.state.set_if_absent("acc", "a", 0)
            AWAIT tx.state.delete("acc", "b")
            AWAIT tx.emit({"topic": "t", "data": n})
            AWAIT tx.streams.todo.send({"groupId": "g"}, {"type": "hi", "data": 1})
            group = AWAIT tx.state.get_group("acc")
            return [n, AWAIT tx.state.get("acc", "a"), stored, dict(group.items())]
        try:
            AWAIT context.transaction(block)
        except Exception as error:
            return [len(runs), error.code, type(error).__name__]
    """
    style = signature.startswith("async")
    body = body.replace("AWAIT ", "await " if style else "").replace("ASYNC ", "async " if style else "")
    write(project, {"steps/x_step.py": event(body, signature=signature)})
    assert worker.run("steps/x_step.py") == [4, 1010, "TransactionConflict"]
    commits = [params for method, params in worker.calls if method == "transaction.commit"]
    assert [write["method"] for write in commits[0]["writes"]] == [
        "state.set", "state.set", "state.set", "state.delete", "events.emit", "streams.send"
    ]  # fmt: skip
    assert commits[0]["writes"][1]["params"]["value"] == {"x": {"y": [1]}}
    assert [read.get("key") for read in commits[0]["reads"]] == ["a", "l", "b", None]
    worker.refuse.clear()
    worker.describe("steps/x_step.py", changed=("steps/x_step.py",))
    mended = body.replace("        try:\n", "        return " + ("await " if style else "") + "context.transaction(block)\n        try:\n")
    write(project, {"steps/x_step.py": event(mended, signature=signature)})
    worker.describe("steps/x_step.py", changed=("steps/x_step.py",))
    assert worker.run("steps/x_step.py") == [
        5, 6, False, {"a": 6, "l": {"x": {"y": [1]}}, "unawaited": {"n": 1}}
    ]  # fmt: skip


def test_a_plain_block_in_an_async_handler_blocks_and_gets_values(project: Path, worker: Worker) -> None:
    worker.state[("acc", "a")] = 1
    body = """
        def block(tx):
            return tx.state.get("acc", "a") + 1
        return [await context.transaction(block), await context.once("k", lambda: context.state.get("acc", "a"))]
    """
    assert run_event(project, worker, body) == [2, 1]


# How invocations end


@pytest.mark.parametrize("signature", STYLES)
@pytest.mark.parametrize("leave", ["sys.exit(3)", "exit()", "raise SystemExit", "raise KeyboardInterrupt"])
def test_exits_fail_their_invocation_only(project: Path, worker: Worker, signature: str, leave: str) -> None:
    error = run_event(project, worker, leave, head="import sys", signature=signature)
    assert (error["code"], error["data"]["name"]) == (1001, "KeyboardInterrupt" if "Key" in leave else "Exit")
    assert worker.ask("ping", {}) == {}


def test_an_exit_in_a_task_does_not_end_the_worker(project: Path, worker: Worker) -> None:
    head = "import asyncio, sys\nasync def leave():\n    sys.exit(1)"
    body = "task = asyncio.create_task(leave())\nawait asyncio.sleep(0)\nawait asyncio.sleep(0)\nreturn 'stayed'"
    assert run_event(project, worker, body, head=head) == "stayed"
    awaited = event("await asyncio.gather(leave())", head=head)
    write(project, {"steps/y_step.py": awaited})
    left = worker.run("steps/y_step.py")
    assert left.get("data", {}).get("name") == "Exit", left
    assert worker.run("steps/x_step.py") == "stayed"


def test_errors_have_their_cause_code_and_a_stack_of_the_source(project: Path, worker: Worker) -> None:
    head = "class Refused(Exception):\n    code = 'E_PAY'\ndef pay():\n    raise KeyError('card')"
    body = "try:\n    pay()\nexcept KeyError as error:\n    raise Refused('no money') from error"
    error = run_event(project, worker, body, head=head)
    data = error["data"]
    assert (error["code"], error["message"]) == (1001, "no money")
    assert (data["name"], data["code"], data["cause"]["name"]) == ("Refused", "E_PAY", "KeyError")
    assert "raise KeyError('card')" in data["stack"]
    assert "x_step.py" in data["stack"]
    assert "motia_runner" not in data["stack"]


def test_cancel_stops_async_code_at_once_and_shows_in_threads(project: Path, worker: Worker) -> None:
    write(
        project,
        {
            "steps/a_step.py": event(
                "try:\n    print('waiting')\n    await asyncio.sleep(60)\nfinally:\n    await context.state.set('g', 'cleaned', 1)",
                head="import asyncio",
            ),
            "steps/b_step.py": event(
                "print('waiting')\nwhile not context.cancelled:\n    time.sleep(0.01)\nreturn 'seen'",
                head="import time",
                signature=STYLES[1],
            ),
            "steps/c_step.py": event(
                "def mixed():\n    print('waiting')\n    while not context.cancelled:\n        time.sleep(0.01)\n"
                "    print('stopped')\nreturn await context.once('k', mixed)",
                head="import time",
            ),
        },
    )
    for name in "abc":
        worker.logs.clear()
        id = worker.begin(f"steps/{name}_step.py")
        worker.until(lambda: "waiting" in worker.messages)
        worker.send({"method": "cancel", "params": {"invocation": f"i{id}", "reason": "user"}})
        assert worker.answer(id)["code"] == -32800
    assert worker.state[("g", "cleaned")] == 1
    assert worker.messages[-1] == "stopped"


def test_many_plain_handlers_block_side_by_side(project: Path, worker: Worker) -> None:
    head = "import threading\nBARRIER = threading.Barrier(20)"
    write(project, {"steps/x_step.py": event("BARRIER.wait(10)\nreturn input", head=head, signature=STYLES[1])})
    ids = [worker.begin("steps/x_step.py", n) for n in range(20)]
    assert [worker.answer(id)["value"] for id in ids] == list(range(20))


def test_shutdown_runs_exit_functions(project: Path, worker: Worker) -> None:
    head = "import atexit, pathlib\natexit.register(lambda: pathlib.Path('bye').write_text('bye'))"
    assert run_event(project, worker, "return 1", head=head) == 1
    assert worker.ask("shutdown", {"graceMs": 1000}) == {}
    assert worker.process.wait(10) == 0
    assert (project / "bye").read_text() == "bye"


# Output


@pytest.mark.parametrize("signature", STYLES)
def test_what_is_printed_belongs_to_its_invocation(project: Path, worker: Worker, signature: str) -> None:
    body = """
        print("one", input, end="")
        sys.stdout.buffer.write("é\\n".encode())
        sys.stderr.write("err\\nhalf")
        sys.stdout.writelines(["a\\n", "b"])
        return [sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.fileno()]
    """
    assert run_event(project, worker, body, 1, head="import sys\nprint('at load')", signature=signature) == [False, "utf-8", 1]
    at_load, *rest = worker.logs
    assert (at_load["msg"], at_load.get("invocation"), at_load["source"]) == ("at load", None, "stdout")
    assert [(log["msg"], log["source"]) for log in rest] == [
        ("one 1é", "stdout"), ("err", "stderr"), ("a", "stdout"), ("b", "stdout"), ("half", "stderr")
    ]  # fmt: skip
    assert {log["invocation"] for log in rest} == {"i2"}


def test_the_logger_takes_whatever_it_is_given(project: Path, worker: Worker) -> None:
    head = "from motia import logger as shared\nclass Order:\n    def __init__(self): self.id = 1"
    body = """
        log = context.logger
        log.info("dict", {"a": 1, "level": "kept"}); log.info("fields", b=2); log.warning("list", [1]); log.error("x", Order())
        log.info("odd", {"f": print, "ok": 1}); log.error(ValueError("e")); shared.info("shared", {"s": 1})
        log.info("100%"); log.info("%s of %d", "one", 2)
        try:
            raise KeyError("k")
        except KeyError:
            log.exception("caught")
    """
    assert run_event(project, worker, body, head=head) is None
    told = [(log["level"], log["msg"], log.get("fields", {})) for log in worker.logs]
    assert told[:4] == [
        ("info", "dict", {"a": 1, "level": "kept"}), ("info", "fields", {"b": 2}),
        ("warn", "list", {"data": [1]}), ("error", "x", {"id": 1}),
    ]  # fmt: skip
    assert (told[4][2]["ok"], "built-in function print" in told[4][2]["f"]) == (1, True)
    assert told[5][2]["error"]["name"] == "ValueError"
    assert [one[1] for one in told[6:]] == ["shared", "100%", "one of 2", "caught"]
    assert {log["invocation"] for log in worker.logs} == {"i2"}


def test_forked_children_do_not_touch_the_wire(project: Path, worker: Worker) -> None:
    head = "import multiprocessing, sys\ndef work(n):\n    print('in the child')\n    return n * 2"
    body = "with multiprocessing.get_context('fork').Pool(2) as pool:\n    return pool.map(work, [1, 2, 3])"
    assert run_event(project, worker, body, head=head, signature=STYLES[1]) == [2, 4, 6]
    assert "in the child" in worker.stderr
    assert worker.messages == []


# HTTP


def test_the_request_answers_by_key_attribute_and_both_cases(project: Path, worker: Worker) -> None:
    body = """
        req.user = "ann"
        return {"status": 200, "body": [
            req["body"] == req.body == req.get("body"), req.raw_body, req["raw_body"] == req.get("rawBody"), req.cookies,
            req.headers["X-Sig"], req.headers.get("x-sig"), "path_params" in req, req.get("none", 1), req["user"], req.ip,
        ]}
    """
    write(project, {"steps/x_step.py": api(body)})
    headers = {"x-sig": "s", "cookie": 'a=1; b="q%20r"; a=2'}
    told = worker.request("steps/x_step.py", {"a": 1}, headers=headers)
    assert told["body"] == [True, '{"a": 1}', True, {"a": "1", "b": "q r"}, "s", "s", True, 1, "ann", "1.2.3.4"]


def test_uploaded_files_are_read_when_asked(project: Path, worker: Worker) -> None:
    write(project, {"steps/x_step.py": api("return {'body': [[f.name, f['filename'], f.bytes] for f in req.files]}")})
    (project / "run/part").write_bytes(b"\x01")
    file = {"name": "doc", "filename": "a.bin", "contentType": "x/y", "size": 1, "path": str(project / "run/part")}
    assert worker.request("steps/x_step.py", bodyKind="multipart", files=[file])["body"] == [["doc", "a.bin", "AQ=="]]


HTML, PLAIN = {"content-type": "text/html; charset=utf-8"}, {"content-type": "text/plain; charset=utf-8"}


@pytest.mark.parametrize(
    ("returned", "status", "headers", "kind", "body"),
    [
        ("{'status': 201, 'body': {'a': 1}, 'extra': 1}", 201, {}, "json", {"a": 1}),
        ("{'status': '202', 'headers': {'a': 1, 'b': ['x', 2], 'c': None, 'd': True}}", 202, {"a": "1", "b": ["x", "2"], "d": "true"}, "none", None),  # fmt: skip # noqa: E501
        ("{'status': 'queued'}", 200, {}, "json", {"status": "queued"}),
        ("{'status': 900, 'body': 1}", 200, {}, "json", {"status": 900, "body": 1}),
        ("{'body': 'x', 'headers': {}}", 200, HTML, "text", "x"),
        ("{'body': 'x', 'other': 1}", 200, {}, "json", {"body": "x", "other": 1}),
        ("{'status': 200, 'body': 't', 'headers': {'Content-Type': 'text/csv'}}", 200, {"Content-Type": "text/csv"}, "text", "t"),  # fmt: skip # noqa: E501
        ("'hello'", 200, PLAIN, "text", "hello"),
        ("{}", 200, {}, "json", {}),
        ("[1, b'x']", 200, {}, "json", [1, "eA=="]),
        ("{'status': 200, 'body': None}", 200, {}, "json", None),
        ("{'status': 200, 'body': {'$bytes': 'x'}}", 200, {}, "json", {"$bytes": "x"}),
        ("{'status': 200, 'body': {'type': 'Buffer', 'data': [1, 2]}}", 200, {}, "bytes", {"$bytes": "AQI="}),
        ("b'ab'", 200, {}, "bytes", {"$bytes": "YWI="}),
        ("None", 204, {}, "none", None),
        ("SimpleNamespace(status=203, body={'a': 1}, headers={'h': 'v'})", 203, {"h": "v"}, "json", {"a": 1}),
        ("SimpleNamespace(status='new', body=1)", 200, {}, "json", {"status": "new", "body": 1}),
    ],
)
def test_responses(
    project: Path, worker: Worker, returned: str, status: int, headers: object, kind: str, body: object
) -> None:
    told = run_api(project, worker, f"return {returned}", head="from types import SimpleNamespace")
    assert (told["status"], told["headers"], told["kind"], told.get("body")) == (status, headers, kind, body)


def test_big_bytes_leave_in_a_file(project: Path, worker: Worker) -> None:
    told = run_api(project, worker, "return {'status': 200, 'body': b'x' * 300_000}")
    assert told["body"]["size"] == 300_000
    assert Path(told["body"]["$file"]).read_bytes() == b"x" * 300_000


@pytest.mark.parametrize("signature", ["async def handler(req, context)", "def handler(req, context)"])
@pytest.mark.parametrize("make", ["async def parts()", "def parts()"])
def test_bodies_stream_in_every_mixture(project: Path, worker: Worker, signature: str, make: str) -> None:
    body = f"{make}:\n    print('made')\n    yield 'a'\n    yield b'b'\n    yield {{'c': 1}}\n"
    told = run_api(project, worker, f"{body}return {{'status': 206, 'body': parts()}}", signature=signature)
    assert told == {"status": 206, "headers": {}, "kind": "streamed"}
    chunks = [params for method, params in worker.calls if method == "response.chunk"]
    assert [chunk["data"] for chunk in chunks] == ["a", {"$bytes": "Yg=="}, '{"c":1}']
    assert [chunk.get("status") for chunk in chunks] == [206, None, None]
    assert worker.messages == ["made"]


def test_a_client_that_leaves_closes_the_source(project: Path, worker: Worker) -> None:
    worker.refuse["response.chunk"] = {"code": 1016, "message": "gone"}
    body = "async def parts():\n    try:\n        while True:\n            yield 'a'\n    finally:\n        print('closed')\nreturn {'body': parts()}"
    assert run_api(project, worker, body)["kind"] == "streamed"
    assert worker.messages == ["closed"]


MIDDLEWARE = """
    {0}def outer(req, context, next_fn):
        context.user = "ann"
        response = {1}next_fn()
        response["body"].append("outer")
        return response

    {2}def inner(req, context, next_fn):
        if req.body.get("stop"):
            return {{"status": 401, "body": ["stopped"]}}
        return {3}next_fn({{**req, "body": {{"replaced": True}}}})
"""


@pytest.mark.parametrize("outer", [True, False])
@pytest.mark.parametrize("inner", [True, False])
@pytest.mark.parametrize("handler", [True, False])
def test_middleware_in_every_mixture(project: Path, worker: Worker, outer: bool, inner: bool, handler: bool) -> None:
    words = [word if flag else "" for flag in (outer, inner) for word in ("async ", "await ")]
    write(
        project,
        {
            "steps/x_step.py": api(
                "return {'status': 200, 'body': [req['body'], context.user, context['user']]}",
                head=MIDDLEWARE.format(*words),
                signature=("async " if handler else "") + "def handler(req, context)",
                more=', "middleware": [outer, inner]',
            )
        },
    )
    assert worker.request("steps/x_step.py", {})["body"] == [{"replaced": True}, "ann", "ann", "outer"]
    stopped = worker.request("steps/x_step.py", {"stop": True})
    assert (stopped["status"], stopped["body"]) == (401, ["stopped", "outer"])


@pytest.mark.parametrize("style", ["async ", ""])
def test_the_cores_verdict_is_raised_through_next(project: Path, worker: Worker, style: str) -> None:
    head = f"""
        from motia import ValidationError
        {style}def guard(req, context, next_fn):
            if not req.headers.get("auth"):
                return {{"status": 401}}
            try:
                return {"await " if style else ""}next_fn()
            except ValidationError as error:
                if req.headers["auth"] == "raise":
                    raise
                return {{"status": 422, "body": error.issues}}
    """
    write(project, {"steps/x_step.py": api("return 'never'", head=head, more=', "middleware": [guard]')})
    issues = [{"path": "a", "message": "m", "code": "c"}]
    assert worker.request("steps/x_step.py", {}, issues=issues)["status"] == 401
    assert worker.request("steps/x_step.py", {}, issues=issues, headers={"auth": "x"})["body"] == issues
    raised = worker.request("steps/x_step.py", {}, issues=issues, headers={"auth": "raise"})
    assert (raised["code"], raised["data"]["issues"]) == (1002, issues)


def test_config_files_and_authenticate(project: Path, worker: Worker) -> None:
    text = """
        config = {"port": 1, "stream_auth": {"authenticate": lambda request: {"who": request.headers["X-User"]}},
                  "production": {"max_things": 2}, "routes": {"/a_b": "c"}}
    """
    write(project, {"motia_config.py": text, "broken_config.py": "config = [1]\n"})
    told = worker.ask("config.load", {"file": "motia_config.py"})
    assert told["config"] == {"port": 1, "streamAuth": {}, "production": {"maxThings": 2}, "routes": {"/a_b": "c"}}
    assert told["functions"] == ["streamAuth.authenticate"]
    asked = {"file": "motia_config.py", "request": {"headers": {"x-user": "ann"}, "query": {}}}
    assert worker.ask("stream.authenticate", asked) == {"context": {"who": "ann"}}
    assert "error" in worker.ask("config.load", {"file": "broken_config.py"})
