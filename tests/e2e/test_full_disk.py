"""A full or read-only disk: refused emits say why, nothing acknowledged is lost, service resumes without a restart."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import MOTIA, environment, motia, serving, until

STEPS = {
    "steps/put_step.py": """
        config = {"type": "api", "name": "Put", "method": "POST", "path": "/put", "emits": ["put"]}

        async def handler(req, context):
            await context.emit({"topic": "put", "data": req["body"]})
            return {"status": 202, "body": {}}
    """,
    "steps/got_step.py": """
        config = {"type": "event", "name": "Got", "subscribes": ["put"], "emits": []}

        async def handler(input, context):
            await context.state.set("got", str(input["n"]), True)
    """,
}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MiB; needs the right to mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True)
    if done.returncode != 0:
        pytest.skip("mounting a small file system is not permitted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk(small_disk: Path) -> None:
    project = write(small_disk / "project", STEPS)
    filler = small_disk / "filler"
    with serving(project) as server:
        accepted = [n for n in range(5) if server.post("/put", {"n": n}).status == 202]
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
                    file.flush()
            except OSError:
                pass
        refused = server.post("/put", {"n": 100})
        assert refused.status == 503
        assert "disk is full" in refused.json["message"]
        assert server.get("/health").status == 503
        filler.unlink()
        until(lambda: server.get("/health").status == 200)
        accepted += [n for n in range(5, 10) if server.post("/put", {"n": n}).status == 202]
        assert accepted == list(range(10))
        got = until(
            lambda: len(rows := json.loads(motia(project, "state", "list", "got", "--json").stdout)) == 10 and rows
        )
        assert {row["key"] for row in got} == {str(n) for n in accepted}


def test_read_only_folder(small_disk: Path) -> None:
    project = write(small_disk / "project", STEPS)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        done = subprocess.run(
            [*MOTIA, "start", "--port", "0"],
            cwd=project, capture_output=True, text=True, timeout=30, env=environment(),
        )  # fmt: skip
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert done.returncode == 1
    assert ".motia" in done.stderr and "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("error:")]) == 1
