"""Document A, listing by listing: failures and the failure step (8.2), logging (6.2), requirements.txt (3.1)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until
from tests.seeds.program import PROGRAMS, copy

RETRIES = "infrastructure: {{ queue: {{ maxRetries: {0}, backoff: {{ first: 0.01 }} }} }}"
# Supplied: steps that fail, each in its own way.
STEPS = {
    "motia/steps/jobs/flaky.ts": f"""
        import {{ event, logger }} from '@motia/core';
        export default event({{ id: 'flaky', {RETRIES.format(0)} }}, async (job) => {{
          logger.info('tried', {{ retry: job.__retry ?? 0, job: job.job }});
          if (job.__retry === undefined) throw new Error('upstream: TIMEOUT');
        }});
        """,
    "motia/steps/jobs/hopeless.ts": f"""
        import {{ event }} from '@motia/core';
        export default event({{ id: 'hopeless', {RETRIES.format(3)} }}, async () => {{
          const error = new TypeError('upstream: TIMEOUT', {{ cause: new Error('cable') }});
          error.code = 'E_UP';
          throw error;
        }});
        """,
    "motia/steps/jobs/stubborn.ts": f"""
        import {{ event }} from '@motia/core';
        export default event({{ id: 'stubborn', {RETRIES.format(0)} }}, async () => {{
          throw new Error('ECONNRESET');
        }});
        """,
    # Python hears of it too: its own failure step, told by name.
    "motia/steps/jobs/watched.py": """
        from motia import event

        @event(id="watched", on_failure="on-watched", infrastructure={"queue": {"maxRetries": 0}})
        async def watched(n):
            raise ValueError(f"no {n}")

        @event(id="on-watched")
        async def on_watched(stepId, error, context, retryCount, topic, ctx):
            told = {"step": stepId, "error": error, "context": context, "retries": retryCount, "topic": topic}
            await ctx.state.set("told", stepId, told)
        """,
    "motia/steps/alerts/send-alert.ts": """
        import { event, logger } from '@motia/core';
        export default event({ id: 'send-alert' }, async (alert) => logger.info('alert', alert));
        """,
}


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The document's failure step, beside steps that fail."""
    project = tmp_path_factory.mktemp("failing")
    handler = "motia/steps/utils/error-handler.ts"
    write(project, {**STEPS, handler: (PROGRAMS / "A" / handler).read_text("utf-8")})
    with serving(project, MOTIA_QUEUE_MAX_RETRIES="0") as server:
        yield server


def emit(server: Server, topic: str, data: object) -> str:
    """The trace of the event."""
    answer = server.post("/emit", {"topic": topic, "data": data})
    assert answer.status == 200, answer.body
    return str(answer.json["traceId"])


def lines(server: Server, step: str, text: str) -> list[dict[str, Any]]:
    return [line for line in server.logs("--step", step) if text in line["msg"]]


@pytest.mark.rows(89, 90, 94, 98, 101, 107, 108, 109)
def test_the_failure_step_triggers_the_failed_step_again(failing: Server) -> None:
    emit(failing, "flaky", {"job": 1})
    tried = until(lambda: [line for line in lines(failing, "flaky", "tried") if line["retry"] == 1])
    assert tried[0]["job"] == 1
    [failed] = lines(failing, "handle-step-error", "❌ فشلت الخطوة flaky:")
    assert "upstream: TIMEOUT" in failed["msg"]
    assert lines(failing, "handle-step-error", "🔄 إعادة محاولة الخطوة flaky (المحاولة 1)")


@pytest.mark.rows(100, 107, 280)
def test_after_the_last_attempt_the_failure_is_told_with_all_there_is_to_know(failing: Server) -> None:
    emit(failing, "hopeless", {"job": 2})
    [alert] = until(lambda: [line for line in lines(failing, "send-alert", "alert") if "hopeless" in line["message"]])
    assert alert["message"] == "فشلت الخطوة hopeless بعد 3 محاولة إعادة"
    assert (alert["error"], alert["context"]) == ("upstream: TIMEOUT", {"job": 2})
    [failed] = lines(failing, "handle-step-error", "❌ فشلت الخطوة hopeless:")
    assert "TypeError" in failed["msg"] and "E_UP" in failed["msg"] and "cable" in failed["msg"]
    letters = json.loads(motia(failing.project, "dead", "list", "--json").stdout)
    assert [letter["attemptsMade"] for letter in letters if letter["step"] == "hopeless"] == [4]


@pytest.mark.rows(107, 108)
def test_retries_ordered_by_the_failure_step_count_on(failing: Server) -> None:
    """Its own count to three would never end if every new delivery began at none."""
    emit(failing, "stubborn", {"job": 3})
    until(lambda: lines(failing, "handle-step-error", "إعادة محاولة الخطوة stubborn (المحاولة 2)"))


@pytest.mark.rows(107, 117)
def test_a_failure_step_in_python_takes_what_it_is_told_by_name(failing: Server) -> None:
    emit(failing, "watched", {"n": 5})
    told = until(lambda: failing.state("told", "watched"))
    assert told == {**told, "step": "watched", "context": {"n": 5}, "retries": 0, "topic": "watched"}
    assert (told["error"]["name"], told["error"]["message"]) == ("ValueError", "no 5")
    assert "watched.py" in told["error"]["stack"]


@pytest.mark.rows(107)
def test_the_failure_step_is_not_told_of_itself(failing: Server) -> None:
    emit(failing, "handle-step-error", {"stepId": "nobody", "error": {"message": "odd"}, "context": 1})

    def own() -> list[Any]:
        letters = json.loads(motia(failing.project, "dead", "list", "--json").stdout)
        return [one for one in letters if one["step"] == "handle-step-error" and one["failureReason"] == "odd"]

    assert until(own)[0]["attemptsMade"] == 1
    assert not lines(failing, "handle-step-error", "❌ فشلت الخطوة handle-step-error")


@pytest.mark.rows(74, 83, 84, 87, 111)
def test_the_listing_with_the_logger(tmp_path: Path) -> None:
    """6.2: no schema, the imported logger, an error raised again."""
    project = write(tmp_path, {"package.json": "{}"})
    copy("A/listings/6.2", project)
    with serving(project) as server:
        answer = server.post("/users", {"name": "Ann", "email": "ann@example.com", "role": "owner"})
        assert (answer.status, answer.json["user"]["role"]) == (200, "owner")
        first, unknown, last = server.logs("--trace", answer.headers["x-trace-id"])
        assert (first["msg"], first["email"], first["role"]) == ("بدء إنشاء المستخدم", "ann@example.com", "owner")
        assert unknown["msg"] == "no step is called 'send-welcome-email': nothing was triggered"
        assert (last["msg"], last["userId"]) == ("تم إنشاء المستخدم بنجاح", answer.json["user"]["id"])
        assert isinstance(last["executionTime"], int)
        # A body that is null cannot be taken apart: the handler throws before its own try.
        refused = server.post("/users", b"null", headers={"content-type": "application/json"})
        assert (refused.status, refused.json["error"]) == (500, "Internal server error")
        assert "email" in refused.json["message"]


@pytest.mark.rows(86)
def test_the_first_listing(tmp_path: Path) -> None:
    """2.2 and 2.3 alone, and the answer printed for them."""
    project = copy("A/listings/2.2", tmp_path)
    email = "motia/steps/emails/send-welcome-email.ts"
    write(project, {email: (PROGRAMS / "A" / email).read_text("utf-8")})
    ahmed = {"name": "أحمد محمد", "email": "ahmed@example.com", "role": "user"}
    done = motia(project, "run", "create-user", "--input", json.dumps(ahmed), "--follow")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    user = answer["body"]["user"]
    assert (answer["status"], answer["body"]["success"]) == (200, True)
    assert user == {**ahmed, "id": user["id"], "createdAt": user["createdAt"]}
    assert "تم إرسال بريد إلكتروني ترحيبي إلى أحمد محمد (ahmed@example.com)" in done.stderr


MODEL = """
from motia import event
import numpy as np
import openai
import pandas as pd


@event(id="score")
async def score(userId: str):
    return {"userId": userId, "from": [np.NAME, pd.NAME, openai.NAME]}
"""


@pytest.mark.rows(24, 25)
def test_packages_of_requirements_txt(tmp_path: Path) -> None:
    """Missing, they break one file, which says what to install; in the project's own environment they are found."""
    project = copy("A", tmp_path)
    write(project, {"motia/steps/ai/score.py": MODEL})
    environment = project / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    done = motia(project, "check", "--json")
    [error] = json.loads(done.stdout)["errors"]
    assert (error["file"], error["line"]) == ("motia/steps/ai/score.py", 2)
    assert "numpy" in error["message"] and "numpy" in error["hint"]
    listed = json.loads(motia(project, "list", "--json").stdout)
    assert "analyze-user-behavior" in {row["name"] for row in listed if not row["error"]}
    [packages] = environment.glob("lib/python3*/site-packages")
    write(packages, {f"{name}.py": f"NAME = '{name}'\n" for name in ("numpy", "pandas", "openai")})
    done = motia(project, "run", "score", "--input", '{"userId": "u"}')
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"userId": "u", "from": ["numpy", "pandas", "openai"]}
