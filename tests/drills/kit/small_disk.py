"""A disk that can be filled and freed: a small file system where one may be mounted, else a limit on how large the
core's files may grow."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEGABYTES = 256


class SmallDisk:
    """`folder` is where the database belongs. `kind` is for people."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self.kind = kind
        self._filler = folder / "filler"

    @property
    def mounted(self) -> bool:
        return self.kind != "file size limit"

    def fill(self, pid: int) -> None:
        if not self.mounted:
            most = max(path.stat().st_size for path in self.folder.iterdir())
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
            return
        with self._filler.open("ab", buffering=0) as file:
            for size in (65536, 512):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    pass

    def free(self, pid: int) -> None:
        if self.mounted:
            self._filler.unlink()
        else:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield SmallDisk(folder, f"file system of {_MEGABYTES} MB" if mounted else "file size limit")
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
