"""Processes and pipes, on both event loops; `cat` and `sh` stand for workers."""

from __future__ import annotations

import os
from pathlib import Path

import anyio
import pytest

from motia_core.workers import process
from motia_core.workers.guardian import Guardian
from motia_core.workers.process import ask, complete, ending, spawn

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param == "uvloop"}


class Ear:
    def __init__(self) -> None:
        self.data = b""
        self.chunks = 0
        self.lines: list[str] = []
        self.problem = ""
        self.code: int | None = None
        self.over = anyio.Event()
        self.guardian = Guardian()

    def received(self, data: bytes) -> None:
        self.data += data
        self.chunks += 1

    def printed(self, line: str) -> None:
        self.lines.append(line)

    def stuck(self, problem: str) -> None:
        self.problem = problem

    def ended(self, code: int) -> None:
        self.code = code
        self.over.set()


async def start(script: str, *, fd3: bool = False, outbound: int = 1 << 20) -> tuple[process.Process, Ear]:
    ear = Ear()
    made = await spawn(
        ["/bin/sh", "-c", script],
        cwd=Path("/"),
        env=dict(os.environ),
        fd3=fd3,
        listener=ear,
        outbound=outbound,
        guardian=ear.guardian,
    )
    return made, ear


async def end(made: process.Process, ear: Ear) -> None:
    with anyio.fail_after(5):
        await ear.over.wait()
        await made.closed.wait()
        await ear.guardian.rest()


async def test_one_round_of_writes_goes_out_in_one_piece() -> None:
    made, ear = await start("head -c 4000 | wc -c; cat")
    made.write(b"x" * 4000)
    for _ in range(3):
        made.write(b"ab\n")
    with anyio.fail_after(5):
        while not ear.data.endswith(b"ab\nab\nab\n"):
            await anyio.sleep(0.005)
    assert ear.data.split()[0] == b"4000"
    made.kill()
    await end(made, ear)
    assert ear.code == -9


async def test_what_it_wrote_last_is_read_before_its_end_is_told() -> None:
    made, ear = await start("head -c 100000 /dev/zero; echo last >&2; printf unended >&2; exit 3")
    await end(made, ear)
    assert (ear.code, len(ear.data), ear.lines) == (3, 100_000, ["last", "unended"])


async def test_long_lines_on_stderr_are_cut() -> None:
    made, ear = await start("head -c 200000 /dev/zero | tr '\\0' x >&2")
    await end(made, ear)
    assert "".join(ear.lines) == "x" * 200_000
    assert max(map(len, ear.lines)) <= process.STDERR_LINE


async def test_the_wire_on_descriptor_three() -> None:
    made, ear = await start("echo $$; echo wire >&3; echo err >&2", fd3=True)
    await end(made, ear)
    assert (ear.data, ear.lines) == (b"wire\n", [str(made.pid), "err"])


async def test_the_lifeline_ends_when_we_let_go() -> None:
    made, ear = await start("echo here; cat /proc/self/fd/$MOTIA_LIFELINE; echo gone")
    with anyio.fail_after(5):
        while not ear.data:
            await anyio.sleep(0.005)
    await anyio.sleep(0.02)
    assert ear.data == b"here\n"
    null = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    os.dup2(null, made._lifeline, inheritable=False)
    os.close(null)
    await end(made, ear)
    assert ear.data == b"here\ngone\n"


async def test_unread_bytes_are_noticed() -> None:
    made, ear = await start("sleep 60", outbound=100_000)
    made.write(b"x" * 1_000_000)
    with anyio.fail_after(5):
        while not ear.problem:
            await anyio.sleep(0.005)
    assert "100000 are allowed" in ear.problem
    made.kill()
    await end(made, ear)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_process_that_closes_the_wire_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not seen under uvloop, which leaves a second copy of the ends in the child; there the ping finds out."""
    monkeypatch.setattr(process, "CLOSED_WIRE", 0.05)
    made, ear = await start("exec >&- <&-; sleep 60")
    await end(made, ear)
    assert ear.code == -9


async def test_writing_to_the_dead_is_harmless() -> None:
    made, ear = await start("exit 0")
    await end(made, ear)
    made.write(b"hello?\n")
    await anyio.sleep(0.01)
    made.terminate()
    made.kill()
    made.pause_reading()
    made.resume_reading()
    assert ear.code == 0


async def test_the_whole_group_is_killed() -> None:
    made, ear = await start("sleep 60 & echo $!; wait")
    with anyio.fail_after(5):
        while not ear.data.endswith(b"\n"):
            await anyio.sleep(0.005)
        made.kill()
        await end(made, ear)
        child = Path(f"/proc/{int(ear.data)}/stat")
        while child.exists() and child.read_text().rpartition(")")[2].split()[0] != "Z":
            await anyio.sleep(0.005)


async def test_reading_can_be_paused() -> None:
    made, ear = await start("cat")
    made.pause_reading()
    made.write(b"one\n")
    await anyio.sleep(0.05)
    assert ear.data == b""
    made.resume_reading()
    with anyio.fail_after(5):
        while ear.data != b"one\n":
            await anyio.sleep(0.005)
    made.kill()
    await end(made, ear)


async def test_what_cannot_be_started_raises_and_leaves_no_descriptor() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    guardian = Guardian()
    for _ in range(3):
        with pytest.raises(OSError):
            await spawn(["/no/such"], cwd=Path("/"), env={}, fd3=False, listener=Ear(), outbound=1, guardian=guardian)
    await guardian.rest()
    await anyio.sleep(0.02)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 2


async def test_a_command_runs_to_its_end() -> None:
    assert await complete(["sh", "-c", "echo out; echo err >&2; exit 4"], cwd=Path("/"), env=os.environ) == (
        4,
        "out\nerr\n",
    )


def test_questions_are_asked_all_at_once() -> None:
    commands = {
        "good": ["sh", "-c", "echo 1.2"],
        "fails": ["sh", "-c", "echo 1.2; exit 1"],
        "missing": ["/no/such/program"],
        "slow": ["sleep", "60"],
    }
    assert ask(commands, cwd=Path("/"), seconds=0.2) == {"good": "1.2\n", "fails": "", "missing": "", "slow": ""}


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "exited with code 0"), (-9, "was killed by SIGKILL"), (-99, "was killed by signal 99")],
)
def test_endings_in_words(code: int, words: str) -> None:
    assert ending(code) == words
