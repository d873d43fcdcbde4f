"""Performs one vector with one real worker and says exactly where they part."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from .harness import Silence, Worker
from .matching import difference, fill
from .vector import (
    AnyOrder,
    CloseInput,
    Edit,
    Ends,
    Expect,
    Move,
    ReadFile,
    Send,
    SendBytes,
    Vector,
    WriteFile,
    expand,
)

LAST_PING = 999_999
__tracebackhide__ = True  # a mismatch says all there is to say


class Mismatch(AssertionError):
    """The worker departed from the vector."""


class Play:
    """One performance: the captures so far and what was said, for the report."""

    def __init__(self, vector: Vector, worker: Worker) -> None:
        self._vector, self._worker = vector, worker
        self._captures: dict[str, object] = {"parent": os.getpid(), "runner": worker.runner.name}
        self._said: list[str] = []

    def perform(self) -> None:
        vector, worker = self._vector, self._worker
        if not vector.raw:
            worker.handshake(vector.limits)
        for move in vector.moves:
            self._do(move)
        if not vector.ends:
            self._send(Move(0), json.dumps({"id": LAST_PING, "method": "ping", "params": {}}))
            self._expect((Expect(0, json.dumps({"id": LAST_PING, "result": {}})),))

    def _do(self, move: Move) -> None:
        match move:
            case Send():
                self._send(move, self._places(move.text))
            case SendBytes():
                data = self._places(move.data.decode("utf-8", "surrogateescape"))
                self._note(">bytes", data)
                self._worker.send(data.encode("utf-8", "surrogateescape"))
            case Expect():
                self._expect((move,))
            case AnyOrder():
                self._expect(move.lines)
            case CloseInput():
                self._note(">eof", "")
                self._worker.close_input()
            case Ends():
                self._ends(move)
            case WriteFile():
                path = self._worker.project.run / move.name
                path.touch(mode=0o600)
                path.write_text(move.content, "utf-8")
            case Edit():
                path = self._worker.project.folder / self._worker.project.files[move.name]
                path.write_text(path.read_text("utf-8").replace(move.old, move.new), "utf-8")
            case ReadFile():
                self._read_file(move)

    def _send(self, move: Move, text: str) -> None:
        try:
            filled = fill(text, self._captures)
        except KeyError as error:
            raise self._mismatch(move, f"nothing was captured as ${error.args[0]}", "", "") from None
        self._note(">", filled)
        self._worker.send(b'{"jsonrpc":"2.0",' + filled.lstrip()[1:].encode() + b"\n")

    def _expect(self, wanted: tuple[Expect, ...]) -> None:
        open_ = [(move, json.loads(self._places(move.text))) for move in wanted]
        while open_:
            move = open_[0][0]
            try:
                line = self._worker.line()
            except Silence as error:
                raise self._mismatch(move, str(error), self._wants(open_), "") from None
            if line is None:
                raise self._mismatch(move, f"the worker ended: {self._worker.stderr[-1500:]}", self._wants(open_), "")
            text = line.decode("utf-8", "backslashreplace")
            self._note("<", text)
            try:
                message = json.loads(line)
            except ValueError:
                raise self._mismatch(move, "this is no JSON", self._wants(open_), text) from None
            if not isinstance(message, dict) or message.pop("jsonrpc", None) != "2.0":
                raise self._mismatch(move, 'no object with "jsonrpc":"2.0"', self._wants(open_), text)
            reasons = []
            for index, (_, pattern) in enumerate(open_):
                captures = dict(self._captures)
                if (reason := difference(pattern, message, captures)) is None:
                    self._captures = captures
                    del open_[index]
                    break
                reasons.append(reason)
            else:
                if message.get("method") != "log":
                    raise self._mismatch(move, "\n          ".join(reasons), self._wants(open_), text)

    def _ends(self, move: Ends) -> None:
        try:
            while (line := self._worker.line()) is not None:
                self._note("<", line.decode("utf-8", "backslashreplace"))
                if json.loads(line).get("method") != "log":
                    raise self._mismatch(move, "the worker should have ended", "<eof", line.decode())
            code = self._worker.exit_code()
        except Silence as error:
            raise self._mismatch(move, str(error), "<eof", "") from None
        if move.code is not None and code != move.code:
            raise self._mismatch(move, f"exit code {code}; {self._worker.stderr[-1500:]}", f"<eof {move.code}", "")

    def _read_file(self, move: ReadFile) -> None:
        path = Path(str(self._captures[move.capture]))
        mode, problem = stat.S_IMODE(path.stat().st_mode), ""
        if path.parent.resolve() != self._worker.project.run.resolve():
            problem = f"{path} is not in the run folder"
        elif mode != 0o600:
            problem = f"{path} has mode {mode:o}, not 600"
        elif path.read_text("utf-8") != move.content:
            problem = f"{path} holds other content ({path.stat().st_size} bytes)"
        if problem:
            raise self._mismatch(move, problem, "", "")

    def _places(self, text: str) -> str:
        project = self._worker.project
        return expand(text, run=str(project.run), project=str(project.folder), files=project.files)

    def _wants(self, open_: list[tuple[Expect, object]]) -> str:
        return "\n          ".join(_cut(move.text) for move, _ in open_)

    def _note(self, mark: str, text: str) -> None:
        self._said.append(f"    {mark} {_cut(text)}")

    def _mismatch(self, move: Move, reason: str, wanted: str, got: str) -> Mismatch:
        where = f"{self._vector.name}.txt:{move.line}" if move.line else f"{self._vector.name}.txt, the last ping"
        said = "\n".join(self._said[-12:])
        lines = [f"{self._worker.runner.name} departs from {where}", f"  why:    {reason}"]
        lines += [f"  wanted: {wanted}"] if wanted else []
        lines += [f"  got:    {_cut(got)}"] if got else []
        lines += [f"  so far:\n{said}"]
        lines += [f"  stderr: {self._worker.stderr[-1500:]}"] if self._worker.stderr.strip() else []
        return Mismatch("\n".join(lines))


def _cut(text: str) -> str:
    return text if len(text) <= 600 else f"{text[:600]}… ({len(text)} characters)"
