"""How the Python runner runs handlers: both styles, what they may ask, how they end, what they print."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_worker import STYLES, Worker, event, run_event, write


def test_the_handshake(worker: Worker) -> None:
    assert worker.hello["protocol"] == 1
    assert worker.hello["runtime"].startswith("cpython 3.")


@pytest.mark.parametrize("signature", STYLES)
def test_both_styles_have_the_whole_context(worker: Worker, signature: str) -> None:
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
    write(worker.project, {"steps/x_step.py": event(body, signature=signature)})
    assert worker.run("steps/x_step.py", topic="x", attempt=2) == {
        "first": {"n": 1},
        "named": 2,
        "gone": None,
        "item": {"n": 1},
        "paid": "receipt",
        "triggered": {"id": "e1", "traceId": "t2"},
        "group": [[{"n": 1}, 2], ["a", "b"], [{"n": 1}, 2], {"a": {"n": 1}, "b": 2}],
        "ids": ["t1", "t1", [], 2, "x", "x"],
        "later": True,
        "cancelled": False,
        "zone": "UTC",
    }
    emits = [params for method, params in worker.calls if method == "events.emit"]
    assert [(e["topic"], e["data"], e.get("messageGroupId")) for e in emits] == [("t", 1, "m"), ("two", {"a": 1}, None)]
    assert ("state.set", 5) in [(method, params.get("ttl")) for method, params in worker.calls]
    assert worker.messages == ["hello ann"]


def test_calls_work_wherever_the_author_is(worker: Worker) -> None:
    body = """
        await asyncio.gather(context.state.set("g", "1", 1), asyncio.create_task(context.state.set("g", "2", 2)))
        threaded = await asyncio.to_thread(context.state.get, "g", "1")
        own_loop = await asyncio.to_thread(lambda: asyncio.run(elsewhere(context)))
        waited = await asyncio.wait_for(context.state.get("g", "2"), 5)
        return [threaded, own_loop, waited]
    """
    head = "import asyncio\nasync def elsewhere(context):\n    return await context.state.get('g', '2')"
    assert run_event(worker, body, head=head) == [1, 2, 2]


def test_a_plain_function_that_returns_a_coroutine_is_awaited(worker: Worker) -> None:
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
    assert run_event(worker, body, head=head, signature=signature) == 7


@pytest.mark.parametrize(
    ("signature", "returned", "wanted"),
    [
        ("def handler()", "None", None),
        ("def handler(data)", "data", {"a": 1}),
        ("def handler(context)", "context.trace_id", "t1"),
        ("def handler(*args)", "len(args)", 2),
        ("def handler(data, more=None, *, ctx)", "[data, more is None, ctx.trace_id]", [{"a": 1}, False, "t1"]),
    ],
)
def test_a_handler_gets_what_its_signature_takes(worker: Worker, signature: str, returned: str, wanted: object) -> None:
    assert run_event(worker, f"return {returned}", {"a": 1}, signature=signature) == wanted


def test_a_callable_object_is_a_handler(worker: Worker) -> None:
    head = "class Handler:\n    async def __call__(self, input, context):\n        return 'called'"
    write(worker.project, {"steps/x_step.py": event("pass", head=head) + "\n\nhandler = Handler()\n"})
    assert worker.run("steps/x_step.py") == "called"


def test_refused_calls_raise_with_their_code_and_unawaited_ones_are_logged(worker: Worker) -> None:
    worker.refuse["events.emit"] = {"code": 1013, "message": "backlog full"}
    body = """
        context.emit({"topic": "a", "data": 1})
        try:
            await context.emit({"topic": "b", "data": 1})
        except Exception as error:
            return [error.code, str(error)]
    """
    assert run_event(worker, body) == [1013, "backlog full"]
    assert any("not awaited failed: backlog full" in message for message in worker.messages)
    failure = run_event(worker, "context.emit({'topic': 'a'})", signature=STYLES[1])
    worker.describe("steps/x_step.py", changed=("steps/x_step.py",))
    failure = worker.run("steps/x_step.py")
    assert (failure["code"], failure["data"]["code"]) == (1001, 1013)


def test_unawaited_calls_end_before_the_answer(worker: Worker) -> None:
    worker.hold.add("state.set")
    write(worker.project, {"steps/x_step.py": event("context.state.set('g', 'a', 1)\nreturn 'early'")})
    id = worker.begin("steps/x_step.py")
    worker.until(lambda: bool(worker.held))
    assert worker.ask("ping", {}) == {}
    assert not worker.settled(id)
    worker.release()
    assert worker.answer(id) == {"value": "early"}


@pytest.mark.parametrize("signature", STYLES)
def test_a_transaction_collects_and_runs_again_on_conflict(worker: Worker, signature: str) -> None:
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
    write(worker.project, {"steps/x_step.py": event(body, signature=signature)})
    assert worker.run("steps/x_step.py") == [4, 1010, "TransactionConflict"]
    commits = [params for method, params in worker.calls if method == "transaction.commit"]
    assert [write["method"] for write in commits[0]["writes"]] == [
        "state.set",
        "state.set",
        "state.set",
        "state.delete",
        "events.emit",
        "streams.send",
    ]
    assert commits[0]["writes"][1]["params"]["value"] == {"x": {"y": [1]}}
    assert [read.get("key") for read in commits[0]["reads"]] == ["a", "l", "b", None]
    worker.refuse.clear()
    worker.describe("steps/x_step.py", changed=("steps/x_step.py",))
    mended = body.replace(
        "        try:\n", "        return " + ("await " if style else "") + "context.transaction(block)\n        try:\n"
    )
    write(worker.project, {"steps/x_step.py": event(mended, signature=signature)})
    worker.describe("steps/x_step.py", changed=("steps/x_step.py",))
    assert worker.run("steps/x_step.py") == [
        5,
        6,
        {"stored": False, "value": 6},
        {"a": 6, "l": {"x": {"y": [1]}}, "unawaited": {"n": 1}},
    ]


def test_a_plain_block_in_an_async_handler_blocks_and_gets_values(worker: Worker) -> None:
    worker.state[("acc", "a")] = 1
    body = """
        def block(tx):
            return tx.state.get("acc", "a") + 1
        return [await context.transaction(block), await context.once("k", lambda: context.state.get("acc", "a"))]
    """
    assert run_event(worker, body) == [2, 1]


@pytest.mark.parametrize("signature", STYLES)
@pytest.mark.parametrize("leave", ["sys.exit(3)", "exit()", "raise SystemExit", "raise KeyboardInterrupt"])
def test_exits_fail_their_invocation_only(worker: Worker, signature: str, leave: str) -> None:
    error = run_event(worker, leave, head="import sys", signature=signature)
    assert (error["code"], error["data"]["name"]) == (1001, "KeyboardInterrupt" if "Key" in leave else "Exit")
    assert worker.ask("ping", {}) == {}


def test_an_exit_in_a_task_does_not_end_the_worker(worker: Worker) -> None:
    head = "import asyncio, sys\nasync def leave():\n    sys.exit(1)"
    body = "task = asyncio.create_task(leave())\nawait asyncio.sleep(0)\nawait asyncio.sleep(0)\nreturn 'stayed'"
    assert run_event(worker, body, head=head) == "stayed"
    awaited = event("await asyncio.gather(leave())", head=head)
    write(worker.project, {"steps/y_step.py": awaited})
    left = worker.run("steps/y_step.py")
    assert left.get("data", {}).get("name") == "Exit", left
    assert worker.run("steps/x_step.py") == "stayed"


def test_errors_have_their_cause_code_and_a_stack_of_the_source(worker: Worker) -> None:
    head = "class Refused(Exception):\n    code = 'E_PAY'\ndef pay():\n    raise KeyError('card')"
    body = "try:\n    pay()\nexcept KeyError as error:\n    raise Refused('no money') from error"
    error = run_event(worker, body, head=head)
    data = error["data"]
    assert (error["code"], error["message"]) == (1001, "no money")
    assert (data["name"], data["code"], data["cause"]["name"]) == ("Refused", "E_PAY", "KeyError")
    assert "raise KeyError('card')" in data["stack"]
    assert "x_step.py" in data["stack"]
    assert "motia_runner" not in data["stack"]


def test_cancel_stops_async_code_at_once_and_shows_in_threads(worker: Worker) -> None:
    write(
        worker.project,
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
    worker.until(lambda: "stopped" in worker.messages)


def test_many_plain_handlers_block_side_by_side(worker: Worker) -> None:
    head = "import threading\nBARRIER = threading.Barrier(20)"
    write(worker.project, {"steps/x_step.py": event("BARRIER.wait(10)\nreturn input", head=head, signature=STYLES[1])})
    ids = [worker.begin("steps/x_step.py", n) for n in range(20)]
    assert [worker.answer(id)["value"] for id in ids] == list(range(20))


def test_shutdown_runs_exit_functions(tmp_path: Path) -> None:
    head = "import atexit, pathlib\natexit.register(lambda: pathlib.Path('bye').write_text('bye'))"
    write(tmp_path, {"steps/x_step.py": event("return 1", head=head)})
    with Worker(tmp_path) as worker:
        assert worker.run("steps/x_step.py") == 1
        assert worker.ask("shutdown", {"graceMs": 1000}) == {}
        assert worker.process.wait(10) == 0
    assert (tmp_path / "bye").read_text() == "bye"


def test_an_async_block_in_a_plain_handler_is_finished_before_the_commit(worker: Worker) -> None:
    body = """
        async def block(tx):
            tx.state.update("acc", "a", [{"op": "increment"}])
            return await tx.state.get("acc", "b")
        return context.transaction(block)
    """
    assert run_event(worker, body, signature=STYLES[1]) is None
    commit = next(params for method, params in worker.calls if method == "transaction.commit")
    assert [write["params"]["value"] for write in commit["writes"]] == [1]


def test_threads_within_threads_do_not_run_out(tmp_path: Path) -> None:
    head = "import threading\nBARRIER = threading.Barrier(4)"
    body = "def block():\n    BARRIER.wait(10)\n    return input\nreturn await context.once('k', block)"
    write(tmp_path, {"steps/x_step.py": event(body, head=head)})
    with Worker(tmp_path, inFlight=2) as worker:
        ids = [worker.begin("steps/x_step.py", n) for n in range(4)]
        assert [worker.answer(id)["value"] for id in ids] == [0, 1, 2, 3]
