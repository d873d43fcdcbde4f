"""What tests of screens share: the built app, a server on a copy of an example, one page of one browser.

What is done in the page stands beside each test file, in `NAME.mjs` for `test_NAME.py`: every exported function is a
check, run in the order they stand there; a long script goes on in `NAME.more.mjs`. `page.mjs` says what a check is given.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.kit.packages import STREAM_CLIENTS, need, need_browser
from tests.kit.server import MOTIA, ROOT, Server, address, launch, put_down, until

UI = ROOT / "motia_core" / "workbench" / "ui"
STATIC = ROOT / "motia_core" / "workbench" / "static"
SCREENSHOTS = ROOT / "build" / "screenshots" / "workbench"
_DRIVER = Path(__file__).parent / "page.mjs"
_LEFT_OUT = shutil.ignore_patterns(".motia", "node_modules", "dist", "types.d.ts", "motia-workbench.json")


def scripts_of(test_file: str) -> list[Path]:
    """The page script of a test file; a long one goes on in `NAME.more.mjs`."""
    path = Path(test_file)
    name = path.stem.removeprefix("test_")
    return [one for one in (path.with_name(f"{name}.mjs"), path.with_name(f"{name}.more.mjs")) if one.exists()]


def script_with(test_file: str, check: str) -> Path:
    """The one of them that holds the check."""
    return next(one for one in scripts_of(test_file) if f"export async function {check}(" in one.read_text("utf-8"))


def checks(test_file: str) -> list[str]:
    """The names of its checks, in order; those whose name begins with `given_` are for Python to call with arguments."""
    text = "".join(one.read_text("utf-8") for one in scripts_of(test_file))
    found = re.findall(r"^export async function (\w+)", text, re.MULTILINE)
    return [name for name in found if not name.startswith("given_")]


def build() -> None:
    """Builds the app when its sources are newer. Skips the test where it cannot be built."""
    if not (UI / "node_modules").is_dir():
        if (STATIC / "index.html").is_file():
            return
        pytest.skip("the workbench is not built: make workbench")
    with (UI / "node_modules" / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        index = STATIC / "index.html"
        made = index.stat().st_mtime if index.exists() else 0.0
        sources = [*(UI / "src").rglob("*"), UI / "index.html", UI / "vite.config.ts", UI / "package.json"]
        if max(path.stat().st_mtime for path in sources) > made:
            done = subprocess.run(
                ["npm", "run", "--silent", "build"], cwd=UI, capture_output=True, text=True, timeout=120, check=False
            )
            assert done.returncode == 0, f"the workbench could not be built:\n{done.stdout}\n{done.stderr}"


class Bench:
    """A server and a page. `run` does one check in the page; `stop` and `start` take the server away and back, at the
    same address."""

    def __init__(self, project: Path, driver: subprocess.Popen[str]) -> None:
        self.project = project
        self._driver = driver
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.server: Server
        self.start()

    @property
    def url(self) -> str:
        return self.server.url

    def start(self) -> None:
        self.server = launch(self.project, [*MOTIA, "dev", "--port", str(self._port)])
        self.server.url = until(lambda: address(self.server))
        until(lambda: self.server.get("/ready").status == 200)

    def stop(self) -> None:
        put_down(self.server)

    def run(self, test_file: str, check: str, **given: Any) -> Any:
        """What the check returns; fails with what it says, or what the page's console complained of."""
        assert self._driver.stdin is not None and self._driver.stdout is not None
        asked = {"file": str(script_with(test_file, check)), "check": check, "given": given, "server": self.server.url}
        self._driver.stdin.write(json.dumps(asked) + "\n")
        self._driver.stdin.flush()
        line = self._driver.stdout.readline()
        assert line, f"the browser ended with code {self._driver.wait(5)}"
        answer = json.loads(line)
        assert answer["fine"], f"{check}: {answer['said']}"
        return answer["value"]


@contextmanager
def benching(folder: Path, example: str = "orders") -> Iterator[Bench]:
    """A bench on a copy of an example, made in `folder`; all of it ended afterwards."""
    project = folder / example
    shutil.copytree(ROOT / "examples" / example, project, ignore=_LEFT_OUT)
    with benching_on(project) as bench:
        yield bench


@contextmanager
def benching_on(project: Path) -> Iterator[Bench]:
    """A bench on a project that is there."""
    build()
    need(STREAM_CLIENTS)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    command = ["node", str(_DRIVER), str(STREAM_CLIENTS), need_browser(), str(SCREENSHOTS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:
        bench = None
        try:
            bench = Bench(project, driver)
            yield bench
        finally:
            if bench is not None:
                bench.stop()
            assert driver.stdin is not None
            driver.stdin.close()
            try:
                driver.wait(10)
            except subprocess.TimeoutExpired:
                driver.kill()
