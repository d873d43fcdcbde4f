"""A disk that has lost power: replays what `disk_log.c` wrote down and rebuilds the files as they may have been left.

What a file was synced with is there. Of what came later, the disk may have any part, in sectors, in any order.
"""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).with_name("disk_log.c")
SECTOR = 512
MODES = ("dropped", "prefix", "sectors", "shuffled")
_HEAD = struct.Struct("<cBqq")
_NAMES = {1: "", 2: "-wal", 3: "-journal"}
_DATABASE, _FOLDER = 1, 4


def compiled(folder: Path) -> Path | None:
    """The library to preload, or None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    target = folder / "disk_log.so"
    done = subprocess.run(
        [compiler, "-O1", "-shared", "-fPIC", "-o", str(target), str(SOURCE), "-ldl", "-lpthread"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target


class Step(NamedTuple):
    """One record of the log, up to byte `end` of it."""

    kind: str
    file: int
    offset: int
    data: memoryview
    end: int


def steps(log: Path) -> Iterator[Step]:
    whole, at = memoryview(log.read_bytes()), 0
    while at + _HEAD.size <= len(whole):
        kind, file, offset, length = _HEAD.unpack_from(whole, at)
        at += _HEAD.size + length
        yield Step(kind.decode(), file, offset, whole[at - length : at], at)


class Disk:
    """`apply` the steps up to the cut, then make any number of images."""

    def __init__(self) -> None:
        self.syncs = self.writes = self.carried_over = 0
        self._synced: dict[int, bytearray | None] = {}
        self._later: dict[int, list[Step]] = {}
        self._begun: dict[int, dict[int, int]] = {}

    def apply(self, step: Step) -> None:
        match step.kind:
            case "s":
                self._begun[step.offset] = {file: len(later) for file, later in self._later.items()}
            case "S":
                self.syncs += 1
                self.carried_over += step.file == _DATABASE
                begun = self._begun.pop(step.offset, {})
                for file, count in begun.items():
                    if file == step.file or step.file == _FOLDER:
                        self._settle(file, count, folder=step.file == _FOLDER)
            case _:
                self.writes += 1
                self._later.setdefault(step.file, []).append(step)

    def _settle(self, file: int, count: int, *, folder: bool) -> None:
        """The first `count` waiting steps are on the disk. A sync of the folder settles whether a file is there."""
        later = self._later[file]
        if folder:
            count = next((n + 1 for n in range(count - 1, -1, -1) if later[n].kind == "U"), 0)
        for step in later[:count]:
            self._synced[file] = _changed(self._synced.get(file), step)
        del later[:count]
        for begun in self._begun.values():
            begun[file] = max(0, begun.get(file, 0) - count)

    def image(self, mode: str, chance: random.Random, folder: Path, name: str) -> Path:
        """Writes the files; the path of the database."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for file, suffix in _NAMES.items():
            content = self._synced.get(file)
            content = None if content is None else bytearray(content)
            for step in _left(mode, self._later.get(file, []), chance):
                content = _changed(content, step)
            if content is not None:
                (folder / f"{name}{suffix}").write_bytes(content)
        return folder / name


def _left(mode: str, later: list[Step], chance: random.Random) -> list[Step]:
    """What of the steps after the last sync reached the disk."""
    if mode == "dropped":
        return []
    if mode == "prefix":
        return later[: chance.randint(0, len(later))]
    pieces = [piece for step in later for piece in _pieces(step)]
    kept = chance.random()
    pieces = [piece for piece in pieces if chance.random() < kept]
    if mode == "shuffled":
        chance.shuffle(pieces)
    return pieces


def _pieces(step: Step) -> Iterator[Step]:
    """A write in sectors, each of which is written whole or not at all."""
    if step.kind != "W":
        yield step
        return
    at, end = step.offset, step.offset + len(step.data)
    while at < end:
        until = min(end, (at // SECTOR + 1) * SECTOR)
        yield step._replace(offset=at, data=step.data[at - step.offset : until - step.offset])
        at = until


def _changed(content: bytearray | None, step: Step) -> bytearray | None:
    if step.kind == "U":
        return None
    content = bytearray() if content is None else content
    if step.kind == "T":
        del content[step.offset :]
        content.extend(bytes(step.offset - len(content)))
        return content
    if len(content) < step.offset:
        content.extend(bytes(step.offset - len(content)))
    content[step.offset : step.offset + len(step.data)] = step.data
    return content
