"""A server that is killed costs a delivery no retry, however often: after two kills it may still fail once."""

from __future__ import annotations

from pathlib import Path

from tests.kit.project import write
from tests.kit.server import serving, until

STEPS = {
    "steps/patient_step.py": """
        import asyncio, os

        config = {"type": "event", "name": "Patient", "subscribes": ["patient"], "emits": [],
                  "infrastructure": {"queue": {"maxRetries": 1, "backoff": {"first": 0}}}}

        async def handler(input, context):
            with open(os.environ["LEDGER"], "a") as ledger:
                ledger.write(f"{context.attempt}\\n")
            while not os.path.exists(os.environ["GO"]):
                await asyncio.sleep(0.01)
            if context.attempt == 3:
                raise ValueError("its first failure")
            with open(os.environ["LEDGER"], "a") as ledger:
                ledger.write("done\\n")
    """,
    "motia.toml": "[queue]\nlease = 0.3\npoll = 0.1\n",
}


def test_deaths_of_the_server_cost_no_retry(tmp_path: Path) -> None:
    project, ledger, go = write(tmp_path / "project", STEPS), tmp_path / "ledger", tmp_path / "go"
    env = {"LEDGER": str(ledger), "GO": str(go)}

    def runs() -> list[str]:
        return ledger.read_text().split() if ledger.exists() else []

    for life in (1, 2):
        with serving(project, **env) as server:
            if life == 1:
                assert server.post("/emit", {"topic": "patient", "data": 1}).status == 200
            until(lambda life=life: len(runs()) == life)  # type: ignore[misc]
            server.kill()
    go.touch()
    with serving(project, **env):
        until(lambda: runs() == ["1", "2", "3", "4", "done"])
