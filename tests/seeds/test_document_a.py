"""Document A, as its reader runs it: the printed files, a real `motia dev`, the printed requests."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until
from tests.seeds.program import PROGRAMS, copy

FATIMA = {"name": "فاطمة أحمد", "email": "fatima@example.com", "role": "admin"}
ORDER = {
    "customerId": "cust_12345",
    "items": [
        {"productId": "prod_1", "quantity": 2, "price": 29.99},
        {"productId": "prod_2", "quantity": 1, "price": 49.99},
    ],
    "paymentMethod": "credit_card",
}
BATCHES = 20


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole document. Its steps wait seconds: two workers of four places each run them side by side."""
    project = copy("A", tmp_path_factory.mktemp("tutorial"))
    write(project, {"motia/events/names.ts": "export const USER_CREATED = 'user-created';\n"})
    write(project, {"motia/workflows/signup.ts": "export default () => ['create-user', 'send-welcome-email'];\n"})
    write(project, {"web/pages/index.step.js": "throw new Error('a front end is no step');\n"})
    log, gate = project / "batches.log", project / "gate"
    log.touch()
    with serving(
        project,
        BATCH_LOG=str(log),
        BATCH_GATE=str(gate),
        MOTIA_WORKERS_NODE_MAX="2",
        MOTIA_WORKERS_NODE_MAX_IN_FLIGHT="4",
        MOTIA_PORT="0",
        MOTIA_WORKBENCH_PORT="0",
    ) as server:
        yield server


def said(server: Server, step: str, trace: str, level: str = "info") -> list[str]:
    """What a step has printed or logged in one trace."""
    return [line["msg"] for line in server.logs("--step", step, "--trace", trace) if line["level"] == level]


@pytest.mark.rows(7, 30, 49, 50, 51, 52, 54, 55, 71, 72, 73, 76, 77, 78, 95, 103, 104, 114, 115, 121)
def test_every_printed_file_is_a_step_and_nothing_else_is(tutorial: Server) -> None:
    rows = json.loads(motia(tutorial.project, "list", "--json").stdout)
    assert {row["name"]: (row["type"], row["language"]) for row in rows} == {
        "analyze-user-behavior": ("event", "python"),
        "batch-process-users": ("event", "typescript"),
        "cleanup-old-logs": ("cron", "typescript"),
        "create-user": ("api", "typescript"),
        "daily-summary-report": ("cron", "typescript"),
        "handle-step-error": ("event", "typescript"),
        "process-order": ("api", "typescript"),
        "process-payment": ("event", "typescript"),
        "send-welcome-email": ("event", "typescript"),
        "validate-inventory": ("event", "typescript"),
    }
    assert [row["error"] for row in rows if row["error"]] == []
    by_name = {row["name"]: row for row in rows}
    assert (by_name["create-user"]["method"], by_name["create-user"]["path"]) == ("POST", "/users")
    assert by_name["create-user"]["filePath"] == "motia/steps/users/create-user.ts"
    assert by_name["analyze-user-behavior"]["filePath"] == "motia/steps/ai/analyze_user_behavior.py"


@pytest.mark.rows(33, 75, 79, 81, 84, 85, 86, 88, 89, 91, 110, 289, 293, 294, 296)
def test_a_user_is_created_and_welcomed(tutorial: Server) -> None:
    answer = tutorial.post("/users", FATIMA)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    user = answer.json["user"]
    assert answer.json == {"success": True, "user": {**FATIMA, "id": user["id"], "createdAt": user["createdAt"]}}
    assert list(user) == ["id", "name", "email", "role", "createdAt"]
    assert re.fullmatch(r"[0-9a-z]{5,9}", user["id"])
    assert datetime.now(UTC) - datetime.fromisoformat(user["createdAt"]) < timedelta(minutes=1)
    trace = answer.headers["x-trace-id"]
    welcomed = until(lambda: said(tutorial, "send-welcome-email", trace))
    assert welcomed == ["✅ تم إرسال بريد إلكتروني ترحيبي إلى فاطمة أحمد (fatima@example.com)"]


@pytest.mark.rows(92, 116, 117, 118, 120)
def test_the_python_step_hears_of_the_user(tutorial: Server) -> None:
    answer = tutorial.post("/users", FATIMA)
    trace, user = answer.headers["x-trace-id"], answer.json["user"]
    [line] = until(lambda: said(tutorial, "analyze-user-behavior", trace))
    assert line.startswith(f"🤖 تم الانتهاء من تحليل AI للمستخدم {user['id']}: مخاطر ")


@pytest.mark.rows(81)
def test_a_missing_role_is_user(tutorial: Server) -> None:
    answer = tutorial.post("/users", {"name": "Ali", "email": "ali@example.com"})
    assert (answer.status, answer.json["user"]["role"]) == (200, "user")


@pytest.mark.rows(79, 80, 81)
@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({**FATIMA, "email": "fatima"}, {"email"}),
        ({**FATIMA, "name": "F"}, {"name"}),
        ({**FATIMA, "role": "root"}, {"role"}),
        ({"role": "user"}, {"name", "email"}),
        ([], {""}),
    ],
)
def test_a_wrong_user_is_refused(tutorial: Server, body: object, paths: set[str]) -> None:
    answer = tutorial.post("/users", body)
    assert answer.status == 400
    assert (answer.json["error"], answer.json["traceId"]) == ("Validation failed", answer.headers["x-trace-id"])
    assert set(answer.json) == {"error", "issues", "traceId"}
    assert {issue["path"] for issue in answer.json["issues"]} == paths
    assert all(set(issue) == {"path", "message", "code"} for issue in answer.json["issues"])


@pytest.mark.rows(82, 90, 93, 97, 98, 113, 297)
def test_an_order_is_processed(tutorial: Server) -> None:
    before = datetime.now(UTC)
    answer = tutorial.post("/orders", ORDER)
    assert answer.status == 200
    order = answer.json
    assert order == {**order, "success": True, "status": "processing"}
    assert set(order) == {"success", "orderId", "status", "estimatedDelivery"}
    made = datetime.fromtimestamp(int(re.fullmatch(r"order_(\d{13})", order["orderId"])[1]) / 1000, UTC)  # type: ignore[index]
    assert abs(made - before) < timedelta(minutes=1)
    delivery = datetime.fromisoformat(order["estimatedDelivery"])
    assert abs(delivery - made - timedelta(days=7)) < timedelta(seconds=10)
    trace = answer.headers["x-trace-id"]
    # The shipping label has no step: said once, and the request goes on.
    unknown = "no step is called 'create-shipping-label': nothing was triggered"
    assert said(tutorial, "process-order", trace, "warn") == [unknown]
    checked, paid = (
        f"✅ تم التحقق من المخزون للطلب {order['orderId']}",
        f"✅ تمت معالجة الدفع بنجاح للطلب {order['orderId']}",
    )
    until(lambda: checked in said(tutorial, "validate-inventory", trace))
    until(lambda: paid in said(tutorial, "process-payment", trace))
    charge = f"💳 معالجة دفع credit_card بقيمة $109.97 للطلب {order['orderId']}"
    assert charge in said(tutorial, "process-payment", trace)


@pytest.mark.rows(82)
def test_a_wrong_order_is_refused(tutorial: Server) -> None:
    wrong = {**ORDER, "items": [{"productId": "p", "quantity": 0, "price": -1}], "paymentMethod": "cash"}
    answer = tutorial.post("/orders", wrong)
    assert answer.status == 400
    assert {issue["path"] for issue in answer.json["issues"]} == {
        "items.0.quantity",
        "items.0.price",
        "paymentMethod",
    }


def run(server: Server, step: str, *args: str) -> tuple[Any, str]:
    """What the step returned, and what the command said."""
    done = motia(server.project, "run", step, *args)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.rows(117, 118, 119)
def test_the_python_step_run_by_hand(tutorial: Server) -> None:
    given = {"userId": "u-7", "actions": ["registration"], "metadata": {}, "sent": "too much"}
    result, _ = run(tutorial, "analyze-user-behavior", "--input", json.dumps(given))
    assert set(result) == {"userId", "behaviorScore", "riskLevel", "recommendations", "processedAt"}
    assert result["userId"] == "u-7"
    assert 0.1 <= result["behaviorScore"] <= 1.0
    score = result["behaviorScore"]
    assert result["riskLevel"] == ("منخفض" if score > 0.7 else "متوسط" if score > 0.4 else "عالي")
    assert len(result["recommendations"]) == (2 if score < 0.4 else 1)


@pytest.mark.rows(96, 99)
def test_the_welcome_step_run_by_hand(tutorial: Server) -> None:
    given = {"userId": "u", "email": "ann@example.com", "name": "Ann"}
    result, _ = run(tutorial, "send-welcome-email", "--input", json.dumps(given))
    assert result == {"emailSent": True, "timestamp": result["timestamp"]}
    assert datetime.fromisoformat(result["timestamp"]).tzinfo is not None


@pytest.mark.rows(96, 116)
def test_data_that_breaks_the_schema_becomes_a_dead_letter(tutorial: Server) -> None:
    for topic, data, place in (
        ("analyze-user-behavior", {"userId": 7, "actions": "none", "metadata": {}}, "userId"),
        ("send-welcome-email", {"userId": "u", "email": "no address", "name": "Ann"}, "email"),
    ):
        tutorial.post("/emit", {"topic": topic, "data": data})

        def letters(step: str = topic) -> list[dict[str, Any]]:
            found = json.loads(motia(tutorial.project, "dead", "list", "--json").stdout)
            return [letter for letter in found if letter["step"] == step]

        [letter] = until(letters)
        assert (letter["reason"], letter["attemptsMade"]) == ("invalid", 1)
        assert place in letter["failureReason"]


@pytest.mark.rows(9, 105, 106, 293, 295)
@pytest.mark.parametrize("name", ["daily-summary-report", "daily-summary", "DailySummary"])
def test_the_daily_report_is_run_by_hand(tutorial: Server, name: str) -> None:
    report, output = run(tutorial, name)
    assert set(report) == {"date", "totalUsers", "activeUsers", "revenue"}
    assert report["date"] == datetime.now(UTC).date().isoformat()
    trace = re.search(r"trace (\S+)", output)[1]  # type: ignore[index]
    assert said(tutorial, "daily-summary-report", trace) == ["📊 جاري إنشاء تقرير الملخص اليومي..."]
    unknown = "no step is called 'send-report-email': nothing was triggered"
    assert unknown in said(tutorial, "daily-summary-report", trace, "warn") or name != "daily-summary-report"


@pytest.mark.rows(104, 105, 106)
def test_the_crons_have_their_schedules(tutorial: Server) -> None:
    rows = json.loads(motia(tutorial.project, "list", "--json").stdout)
    assert {row["name"]: row["cron"] for row in rows if row["type"] == "cron"} == {
        "daily-summary-report": "0 9 * * *",
        "cleanup-old-logs": "0 2 * * 0",
    }
    cleaned, _ = run(tutorial, "cleanup-old-logs")
    assert set(cleaned) == {"deletedEntries", "cleanupDate"}


@pytest.mark.rows(102)
def test_five_batches_at_a_time_over_all_workers(tutorial: Server) -> None:
    """Twenty are waiting and eight places are free: five run, on both workers, while another step goes through."""
    project = tutorial.project
    for number in range(BATCHES):
        tutorial.post("/emit", {"topic": "batch-process-users", "data": {"userIds": [f"u{number}"]}})

    def notes(word: str) -> list[str]:
        return [line for line in (project / "batches.log").read_text().splitlines() if line.startswith(word)]

    until(lambda: len(notes("begin")) >= 5)
    answer = tutorial.post("/users", FATIMA)
    until(lambda: said(tutorial, "analyze-user-behavior", answer.headers["x-trace-id"]))
    until(lambda: said(tutorial, "send-welcome-email", answer.headers["x-trace-id"]))
    assert len(notes("begin")) == 5
    assert len({line.split()[2] for line in notes("begin")}) == 2
    (project / "gate").touch()
    until(lambda: len(notes("end")) == BATCHES)
    running = most = 0
    for line in (project / "batches.log").read_text().splitlines():
        running += 1 if line.startswith("begin") else -1
        most = max(most, running)
    assert most == 5
    assert {line.split()[1] for line in notes("end")} == {f"u{number}" for number in range(BATCHES)}


@pytest.mark.rows(69)
def test_two_files_printed_as_one(tmp_path: Path) -> None:
    """The listing of 5.2, pasted as it stands: told which two files it is, while the rest is served."""
    project = copy("A", tmp_path)
    shutil.copytree(PROGRAMS / "A" / "listings" / "5.2", project, dirs_exist_ok=True)
    (project / "motia/steps/orders/process-payment.ts").unlink()
    done = motia(project, "check", "--json")
    assert done.returncode == 1
    [error] = json.loads(done.stdout)["errors"]
    assert error["file"] == "motia/steps/orders/validate-inventory.ts"
    assert "motia/steps/orders/validate-inventory.ts and motia/steps/orders/process-payment.ts" in error["message"]
    assert "two files" in error["message"]
