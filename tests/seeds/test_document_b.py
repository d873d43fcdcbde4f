"""Document B as printed, all of it in one project: what its files are, what its api steps answer, its two workflows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.kit.server import Server, motia, until
from tests.seeds.document_b import calls, document_b, emit, heard, lines, run, set_state, slack

ZEROS = {"prsOpened": 0, "reviewsCompleted": 0, "prsMerged": 0}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with document_b(tmp_path_factory.mktemp("document-b")) as running:
        yield running


# --------------------------------------------------------------------------- what the files are

ALL = ["*"]
KINDS: dict[str, object] = {
    "batch-processor": ALL,
    "cached-processor": ALL,
    "code-review": ["pr-opened"],
    "daily-cleanup": "0 23 * * *",
    "daily-report": "0 9 * * *",
    "default": "/default",
    "email-processor": "/email-processor",
    "github/daily-report": "0 9 * * *",
    "handler": "/handler",
    "long-running-task": "/long-running-task",
    "memory-efficient": ALL,
    "monitored-processor": ALL,
    "monitoring": "*/5 * * * *",
    "notification": ["pr-opened", "review-completed", "pr-merged"],
    "parallel-processor": ALL,
    "priority-classifier": ["email-received"],
    "processor": ALL,
    "resilient-processor": ALL,
    "spam-filter": ["email-received"],
    "state-machine": ALL,
    "supplied/counts": "/supplied/counts",
    "supplied/merge-handler": ["review-completed"],
    "supplied/register": "/supplied/register",
    "supplied/report-generator": ["cleanup-completed"],
    "supplied/slack-notification": ["report-generated"],
    "urgent-notification": ["high-priority"],
    "webhook-handler": "/webhook-handler",
    "welcome-email": ["user-registered"],
}


@pytest.mark.rows(56, 137, 138, 140, 145, 146, 147, 161, 163, 174, 176)
def test_every_file_is_what_its_author_meant(server: Server) -> None:
    rows = [row for row in json.loads(motia(server.project, "list", "--json").stdout) if row["language"] != "python"]
    assert [row["error"] for row in rows if row["error"]] == []
    assert {row["name"]: row["path"] or row["cron"] or row["subscribes"] for row in rows} == KINDS
    told = {row["name"]: row["inferred"] for row in rows}
    assert told["handler"] == ["type api: it uses neither topic nor data", "route * /handler"]
    assert told["webhook-handler"] == ["type api: it uses body", "route * /webhook-handler"]
    assert told["code-review"] == ["type event: it uses topic, data", "topics pr-opened"]
    assert told["processor"] == ["type event: it uses data", "topics all"]
    shown = motia(server.project, "list").stdout
    assert "topics pr-opened, review-completed, pr-merged" in shown
    assert "* batch-processor javascript" in " ".join(server.output.split()), "the start screen shows it as well"


# --------------------------------------------------------------------------- answers


@pytest.mark.rows(139, 140, 291, 292)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_bare_handler_answers_every_method(server: Server, method: str) -> None:
    answer = server.request(method, "/handler")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json["message"] == "Hello from Motia!"
    assert answer.json["timestamp"].endswith("Z")


@pytest.mark.rows(140, 291, 292)
def test_the_first_test_of_the_document(server: Server) -> None:
    answer = server.get("/default")
    assert (answer.status, answer.body) == (200, b'{"message":"Hello World from Motia!"}')


@pytest.mark.rows(55, 148, 149, 175, 296)
def test_an_api_step_emits_and_an_event_step_hears(server: Server) -> None:
    assert server.post("/supplied/register").status == 204
    until(lambda: [123] in calls(server, "sendWelcomeEmail"))


@pytest.mark.rows(151, 152, 153, 157, 158)
def test_state_by_one_key(server: Server) -> None:
    set_state(server, "temporary-data", {"a": 1})
    answer = server.post("/supplied/counts")
    assert (answer.status, answer.json) == (200, {"count": 1000})
    assert server.state("default", "user-count") == 1000
    assert server.state("default", "temporary-data") is None


@pytest.mark.rows(159, 160, 169)
def test_a_long_task_reports_its_progress(server: Server) -> None:
    assert server.post("/long-running-task").status == 204
    answer = server.post("/long-running-task", headers={"accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = answer.body.decode().strip().split("\n\n")
    told = [json.loads(event.removeprefix("event: progress\ndata: ")) for event in events]
    assert told[0] == {"status": "started"}
    assert told[1:-1] == [{"status": "processing", "progress": n} for n in range(1, 101)]
    assert told[-1] == {"status": "completed"}


# --------------------------------------------------------------------------- the GitHub workflow


def pull_request(number: int, action: str = "opened") -> dict[str, Any]:
    return {
        "action": action,
        "pull_request": {
            "number": number,
            "title": "Mend it",
            "user": {"login": "ann"},
            "base": {"repo": {"full_name": "acme/tea"}},
        },
    }


@pytest.mark.rows(142, 143, 144, 147, 181, 297, 298, 299, 300)
def test_the_github_workflow(server: Server) -> None:
    answer = server.post("/webhook-handler", pull_request(7))
    assert (answer.status, answer.json) == (200, {"status": "processed"})
    slack(server, "#dev-team", "PR이 열렸습니다: acme/tea #7")
    slack(server, "#dev-team", "AI 리뷰가 완료되었습니다: acme/tea #7")
    slack(server, "#dev-team", "PR이 병합되었습니다: acme/tea #7")
    assert ["acme/tea", 7] in calls(server, "fetchPRDiff")
    assert ["diff of acme/tea #7"] in calls(server, "performAIReview")
    assert heard(server, "review-completed") == [{"prNumber": 7, "repository": "acme/tea", "reviewScore": 0.9}]
    # One trace from the webhook to the end.
    trace = answer.headers["x-trace-id"]
    topics = {line["topic"] for line in lines(server, "witnessed.jsonl") if line["trace"] == trace}
    assert {"pr-opened", "review-completed", "pr-merged"} <= topics


@pytest.mark.rows(143, 145)
def test_other_webhooks_emit_nothing(server: Server) -> None:
    answer = server.post("/webhook-handler", pull_request(8, "closed"))
    assert (answer.status, answer.json) == (200, {"status": "processed"})
    emit(server, "unrelated", {"repository": "acme/cup", "prNumber": 9})
    until(lambda: heard(server, "unrelated"))
    assert 8 not in [data["prNumber"] for data in heard(server, "pr-opened")]
    assert ["acme/cup", 9] not in calls(server, "fetchPRDiff")
    assert not any("acme/cup" in sent["message"] for [sent] in calls(server, "sendSlackNotification"))


@pytest.mark.rows(154, 161, 162, 181, 293, 295)
def test_the_daily_report_reads_and_resets_its_numbers(server: Server) -> None:
    set_state(server, "daily-stats", {"prsOpened": 3, "reviewsCompleted": 2, "prsMerged": 1})
    run(server, "github/daily-report")
    slack(server, "#reports", '"stats":{"prsOpened":3,"reviewsCompleted":2,"prsMerged":1}')
    assert server.state("default", "daily-stats") == ZEROS
    report = next(data for data in heard(server, "report-generated") if data.get("stats", {}).get("prsOpened") == 3)
    date = datetime.fromisoformat(report["date"].replace("Z", "+00:00"))
    age = datetime.now(date.tzinfo) - date
    assert timedelta(hours=22) < age < timedelta(hours=26)


@pytest.mark.rows(154)
def test_the_daily_report_without_numbers(server: Server) -> None:
    motia(server.project, "state", "delete", "default", "daily-stats")
    run(server, "github/daily-report")
    until(lambda: ZEROS in [data.get("stats") for data in heard(server, "report-generated")])


@pytest.mark.rows(161, 162, 295)
def test_the_first_daily_report(server: Server) -> None:
    assert motia(server.project, "run", "daily-report").returncode == 0
    slack(server, "#reports", '{"visitors":7}')


# --------------------------------------------------------------------------- the Gmail workflow


def mail(id: str, *, by: str = "bob@example.com", subject: str = "hello", body: str = "how are you") -> dict[str, str]:
    return {"messageId": id, "from": by, "subject": subject, "body": body}


@pytest.mark.rows(141, 142, 143, 150, 156, 182, 291)
def test_mail_is_kept_and_passed_on(server: Server) -> None:
    for path, id in (("/webhook/email", "m-1"), ("/email-processor", "m-2")):
        answer = server.post(path, mail(id))
        assert (answer.status, answer.json) == (200, {"status": "queued"})
        until(lambda id=id: mail(id) in heard(server, "email-received"))  # type: ignore[misc]
        kept = server.state("default", f"email:{id}")
        assert (kept["from"], kept["subject"], kept["processed"]) == ("bob@example.com", "hello", False)
        assert datetime.fromisoformat(kept["receivedAt"].replace("Z", "+00:00")).year >= 2024


@pytest.mark.rows(182, 297)
def test_spam_is_moved_away(server: Server) -> None:
    server.post("/webhook/email", mail("m-3", subject="You won the LOTTERY"))
    until(lambda: ["m-3"] in calls(server, "moveToSpam"))
    until(lambda: {"messageId": "m-3", "from": "bob@example.com", "spamScore": 0.95} in heard(server, "spam-detected"))
    assert ["m-1"] not in calls(server, "moveToSpam")


@pytest.mark.rows(145, 182, 297, 298)
def test_urgent_mail_is_told(server: Server) -> None:
    server.post("/webhook/email", mail("m-4", subject="URGENT: tea"))
    slack(
        server,
        "#urgent-emails",
        "🚨 긴급 이메일 수신\n발신자: bob@example.com\n제목: URGENT: tea\n사유: urgent-keywords",
    )
    push = {"title": "긴급 이메일 수신", "body": "From: bob@example.com\nSubject: URGENT: tea", "priority": "high"}
    assert [push] in calls(server, "sendPushNotification")


@pytest.mark.rows(154, 157, 182)
def test_mail_of_important_people_is_told(server: Server) -> None:
    set_state(server, "vip-senders", ["boss@example.com"])
    server.post("/webhook/email", mail("m-5", by="boss@example.com"))
    slack(server, "#urgent-emails", "사유: vip-sender")
    assert [data["messageId"] for data in heard(server, "high-priority")].count("m-1") == 0


@pytest.mark.rows(161, 163, 182, 293, 295)
def test_the_daily_cleanup(server: Server) -> None:
    run(server, "daily-cleanup")
    slack(server, "#cleanup", '"received":3')
    assert [7] in calls(server, "permanentlyDeleteSpam")
    [[day]] = calls(server, "generateEmailStats")
    datetime.strptime(day, "%Y-%m-%d")
