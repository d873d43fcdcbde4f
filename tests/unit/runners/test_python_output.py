"""What Python steps print and log."""

from __future__ import annotations

import pytest
from python_worker import STYLES, Worker, run_event


@pytest.mark.parametrize("signature", STYLES)
def test_what_is_printed_belongs_to_its_invocation(worker: Worker, signature: str) -> None:
    body = """
        print("one", input, end="")
        sys.stdout.buffer.write("é\\n".encode())
        sys.stderr.write("err\\nhalf")
        sys.stdout.writelines(["a\\n", "b"])
        return [sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.fileno()]
    """
    assert run_event(worker, body, 1, head="import sys\nprint('at load')", signature=signature) == [False, "utf-8", 1]
    at_load, *rest = worker.logs
    assert (at_load["msg"], at_load.get("invocation"), at_load["source"]) == ("at load", None, "stdout")
    assert [(log["msg"], log["source"]) for log in rest] == [
        ("one 1é", "stdout"),
        ("err", "stderr"),
        ("a", "stdout"),
        ("b", "stdout"),
        ("half", "stderr"),
    ]
    assert len({log["invocation"] for log in rest}) == 1


def test_the_logger_takes_whatever_it_is_given(worker: Worker) -> None:
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
    assert run_event(worker, body, head=head) is None
    told = [(log["level"], log["msg"], log.get("fields", {})) for log in worker.logs]
    assert told[:4] == [
        ("info", "dict", {"a": 1, "level": "kept"}),
        ("info", "fields", {"b": 2}),
        ("warn", "list", {"data": [1]}),
        ("error", "x", {"id": 1}),
    ]
    assert (told[4][2]["ok"], "built-in function print" in told[4][2]["f"]) == (1, True)
    assert told[5][2]["error"]["name"] == "ValueError"
    assert [one[1] for one in told[6:]] == ["shared", "100%", "one of 2", "caught"]
    assert {log["invocation"] for log in worker.logs} == {worker.invocation}


def test_forked_children_do_not_touch_the_wire(worker: Worker) -> None:
    head = "import multiprocessing, sys\ndef work(n):\n    print('in the child')\n    return n * 2"
    body = "with multiprocessing.get_context('fork').Pool(2) as pool:\n    return pool.map(work, [1, 2, 3])"
    assert run_event(worker, body, head=head, signature=STYLES[1]) == [2, 4, 6]
    assert "in the child" in worker.stderr
    assert worker.messages == []


def test_records_of_the_logging_module_keep_their_level(worker: Worker) -> None:
    body = "log = logging.getLogger('shop')\nlog.warning('low on %s', 'tea')\nlog.error('out')\nlog.info('quiet')"
    assert run_event(worker, body, head="import logging") is None
    told = [(log["level"], log["msg"], log["fields"]) for log in worker.logs]
    assert told == [("warn", "low on tea", {"logger": "shop"}), ("error", "out", {"logger": "shop"})]
