"""Writes the error codes of `docs/errors.md`: what each means to the author of a step, which HTTP status and which fate
in the queue it leads to. Both are asked of the code that decides them, never repeated here.

`python -m motia_core.triggers.document` writes it; a test fails when the file lags behind.
"""

from __future__ import annotations

from motia_core import errors
from motia_core.config.document import DOCS, fill, heading, row
from motia_core.errors import CallRefused, MotiaError, PayloadRefused, StoreError, WorkerDied
from motia_core.model import Backoff, Failure
from motia_core.triggers.attempts import NOT_GIVEN
from motia_core.triggers.refusal import refuse
from motia_core.triggers.retry import Bury, Retry, decide

CURES = {
    1001: "Mend the handler; the stack names the line",
    1002: "Send what the schema asks for; `issues` says what is wrong where",
    1003: "Mend the file or install the runtime; `motia check` names it and why",
    1004: "Make the handler faster, or raise `deadlines` or the step's `infrastructure.handler.timeout`",
    1005: "Look at the worker's last lines in the log: out of memory, a crash of native code, or a kill from outside",
    1006: "Try again later; raise `workers.LANGUAGE.max`, or find the handler that blocks its worker",
    1010: "Nothing: the block is run again by itself, three times; after that, touch fewer keys in it",
    1011: "Add the topic to `emits`, or turn `strictEmits` off",
    1012: "Send less, or a value that has a form in JSON; the message names the place in it",
    1013: "Emit slower, or raise `queue.backlog`; `motia dead list` and the log tell why nothing drains",
    1014: "Await every call before the handler returns",
    1015: "Correct the name; the message lists the known ones",
    1016: "Stop writing: nobody reads any more",
    1017: "Bring core and runner to one version",
    1018: "Do as the message says: free the disk, mend permissions, end what locks the file",
    1019: "Try again: the server is stopping and another may answer",
    -32600: "Look at the worker's log; it is replaced by itself",
    -32602: "Correct the arguments; the message names what does not fit",
    -32603: "Report it with the log: a fault of Motia's own",
    -32800: "Nothing: the client left, the server stops, or somebody cancelled it",
}


def codes() -> dict[int, list[type[MotiaError]]]:
    """The codes of the tree, as the tables show them, and the classes that carry each."""
    found: dict[int, list[type[MotiaError]]] = {}
    for kind in errors.tree():
        # Other modules derive errors of their own, and what merely inherits the root's code never crosses the wire.
        if kind.__module__ == errors.__name__ and (kind is MotiaError or kind.code != MotiaError.code):
            found.setdefault(kind.code, []).append(kind)
    return dict(sorted(found.items(), key=lambda item: (item[0] < 0, abs(item[0]))))


def errors_tables() -> str:
    """Two tables: failures that end an invocation, and refusals a handler may catch. Some codes are both."""
    ends = ["### How an invocation ends", ""]
    ends += heading("Code", "Class", "Meaning", "HTTP status", "Does the queue retry?", "What to do")
    calls = ["### How a call from a handler is refused", ""]
    calls += heading("Code", "Class", "Meaning", "HTTP status", "Worth another try?", "What to do")
    for code, kinds in codes().items():
        first = kinds[0]
        known = (f"`{code}`", ", ".join(f"`{kind.__name__}`" for kind in kinds), (first.__doc__ or "").splitlines()[0])
        if not issubclass(first, CallRefused) or first is PayloadRefused:
            ends.append(row(*known, str(_status(code)), fate(code), CURES[code]))
        if issubclass(first, CallRefused | StoreError):
            calls.append(row(*known, str(first.status), "yes" if first.retryable else "no", CURES[code]))
    return "\n".join([*ends, "", *calls])


def _status(code: int) -> int:
    return refuse(_failure(code), detailed=False).status


def fate(code: int) -> str:
    """What the queue does with a delivery whose invocation failed with `code`."""
    if code in NOT_GIVEN:
        return "yes, uncounted"
    if isinstance(_verdict(code, max_retries=0), Retry):
        return "yes; uncounted at first, then alone on a worker"
    verdict = _verdict(code, max_retries=1)
    return f"no: `{verdict.reason}`" if isinstance(verdict, Bury) else "yes"


def _verdict(code: int, *, max_retries: int) -> Retry | Bury:
    died = int(code == WorkerDied.code)
    return decide(attempt=1, max_retries=max_retries, backoff=Backoff(), failure=_failure(code), deaths=died)


def _failure(code: int) -> Failure:
    return Failure(code=code, name="", message="")


def main() -> None:
    path = DOCS / "errors.md"
    path.write_text(fill(path.read_text(encoding="utf-8"), "errors", errors_tables()), encoding="utf-8")


if __name__ == "__main__":
    main()
