"""`motia doctor --migrate`: every finding on two old projects, and none on projects that are not old.

`old_shop` is a usual project; `old_habits` holds one of each thing that has to be told.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from motia_core.cli.migrate.catalogue import CATALOGUE, COMPARISONS
from motia_core.cli.migrate.document import table
from motia_core.cli.migrate.report import Report, report
from motia_core.config.document import fill
from tests.kit.project import write
from tests.kit.server import motia

ROOT = Path(__file__).parents[2]
PROJECTS = Path(__file__).parent / "projects"

SHOP = [
    (".env", 4, "env_port"),
    (".env", 5, "env_foreign"),
    (".env", 6, "env_foreign"),
    (".env", 7, "env_old_variable"),
    (".env", 8, "env_old_variable"),
    ("Dockerfile", 1, "old_image"),
    ("motia-workbench.json", 0, "kept_file"),
    ("motia.config.ts", 20, "config_app"),
    ("motia.config.ts", 24, "config_plugins"),
    ("motia.config.ts", 32, "config_adapters"),
    ("motia.config.ts", 36, "config_redis"),
    ("motia.config.ts", 37, "config_auth"),
    ("package.json", 6, "script_gone"),
    ("package.json", 7, "old_program"),
    ("package.json", 7, "script_loopback"),
    ("package.json", 8, "script_loopback"),
    ("package.json", 9, "script_start"),
    ("package.json", 10, "script_gone"),
    ("package.json", 11, "script_gone"),
    ("package.json", 12, "script_gone"),
    ("package.json", 13, "script_gone"),
    ("package.json", 14, "script_same"),
    ("package.json", 18, "old_package"),
    ("package.json", 18, "soft_validation"),
    ("package.json", 20, "old_plugin"),
    ("package.json", 21, "old_package"),
    ("package.json", 22, "old_plugin"),
    ("package.json", 23, "old_plugin"),
    ("package.json", 24, "old_plugin"),
    ("package.json", 25, "old_plugin"),
    ("package.json", 26, "old_plugin"),
    ("package.json", 31, "old_test_kit"),
    ("package.json", 32, "old_plugin"),
    ("plugins/brand/index.ts", 6, "plugin_route"),
    ("plugins/file-state.ts", 5, "custom_adapter"),
    ("requirements.txt", 1, "python_packages"),
    ("src/maintenance/archive.step.py", 0, "twin"),
    ("src/orders/create-order.step.tsx", 0, "ui_override"),
    ("src/payments/book_payment_step.py", 15, "undeclared_emit"),
    ("src/payments/gateway.step.tsx", 0, "ui_override"),
    ("src/reports/sales.step.rb", 0, "ruby_runs"),
    ("tutorial/orders/create-order.step.ts-features.json", 0, "kept_file"),
    ("tutorial/tutorial.tsx", 0, "tutorial"),
    ("types.d.ts", 0, "kept_file"),
]
HABITS = [
    ("package.json", 4, "old_program"),
    ("package.json", 4, "script_same"),
    ("package.json", 5, "old_package"),
    ("package.json", 5, "soft_validation"),
    ("src/lib/custom.stream.ts", 3, "custom_adapter"),
    ("src/lib/custom.stream.ts", 8, "custom_storage"),
    ("src/lib/emitter.ts", 6, "module_state"),
    ("src/maintenance/count_invoices_step.py", 7, "chdir"),
    ("src/maintenance/reindex.step.py", 0, "new_step"),
    ("src/maintenance/reindex.step.py", 6, "state_missing"),
    ("src/maintenance/tidy.step.ts", 8, "module_state"),
    ("src/maintenance/tidy.step.ts", 9, "env_write"),
    ("src/payments/ask_step.py", 8, "no_status"),
    ("src/payments/book_payment_step.py", 12, "state_data"),
    ("src/payments/celebrate_step.py", 7, "module_state"),
    ("src/payments/nothing_step.py", 4, "no_return"),
    ("src/payments/refund_step.py", 17, "module_state"),
    ("src/payments/refund_step.py", 18, "module_state"),
    ("src/payments/refund_step.py", 19, "env_write"),
    ("src/payments/refund_step.py", 21, "state_missing"),
    ("src/payments/refund_step.py", 22, "state_missing"),
    ("src/payments/refund_step.py", 27, "exit"),
    ("src/payments/refund_step.py", 28, "rpc"),
    ("src/payments/refund_step.py", 30, "undeclared_emit"),
    ("src/reports/day.step.rb", 0, "ruby_runs"),
    ("src/reports/day.step.rb", 9, "module_state"),
    ("src/reports/day.step.rb", 10, "chdir"),
    ("src/reports/day.step.rb", 11, "env_write"),
    ("src/reports/day.step.rb", 12, "exit"),
    ("steps/invoice.step.js", 17, "module_state"),
    ("steps/invoice.step.js", 18, "module_state"),
    ("steps/invoice.step.js", 19, "chdir"),
    ("steps/invoice.step.js", 20, "env_write"),
    ("steps/invoice.step.js", 21, "emit_route"),
    ("steps/invoice.step.js", 22, "internal_stream"),
    ("steps/other-invoice.step.mts", 0, "new_step"),
    ("steps/other-invoice.step.mts", 4, "duplicate_name"),
    ("steps/other-invoice.step.mts", 4, "duplicate_route"),
    ("steps/other-invoice.step.mts", 9, "undeclared_emit"),
    ("steps/other-invoice.step.mts", 13, "module_state"),
    ("steps/ping.step.js", 4, "no_status"),
    ("steps/shutdown.step.js", 5, "exit"),
    ("steps/touch.step.js", 3, "no_return"),
]


def told(made: Report) -> list[tuple[str, int, str]]:
    return [(one.file, one.line, one.code) for each in made.files for one in each.findings]


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copytree(PROJECTS / name, folder / name))


def test_every_finding_on_a_usual_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    made = report(copied("old_shop", tmp_path))
    assert told(made) == SHOP
    assert made.old == "motia 0.17.14-beta.196"
    plain = [each.file for each in made.files if not each.findings]
    assert len(plain) == 21
    assert {"middlewares/index.ts", "src/services/money.py", "services/letters.py", "src/orders/types.py"} <= set(plain)
    # Never loaded by a step or the configuration, so nobody's business.
    assert not [each for each in made.files if each.file.startswith("tests/")]


def test_every_finding_on_a_project_of_bad_habits(tmp_path: Path) -> None:
    project = copied("old_habits", tmp_path)
    made = report(project)
    assert told(made) == HABITS
    messages = {(one.file, one.line): one.message for each in made.files for one in each.findings}
    assert messages["steps/invoice.step.js", 17].startswith("`counter` of the module is changed here")
    assert messages["steps/invoice.step.js", 18].startswith("`cache` ")
    assert "`invoice.forgotten` is not in `emits`" in messages["steps/other-invoice.step.mts", 9]
    assert messages["src/payments/refund_step.py", 21].startswith("`settings` is None when the key is missing")


def test_no_finding_on_projects_that_are_not_old() -> None:
    for project in (ROOT / "examples" / "orders", *(ROOT / "examples" / "hello").iterdir()):
        if project.is_dir():
            made = report(project)
            assert (told(made), made.old) == ([], None)
            assert made.files


def test_the_findings_of_a_project_come_true(tmp_path: Path) -> None:
    """What the report says of files that do not serve, against what the loader says."""
    project = copied("old_habits", tmp_path)
    errors = json.loads(motia(project, "check", "--json").stdout)["errors"]
    assert {error["file"] for error in errors} == {"steps/other-invoice.step.mts"}
    made = report(project)
    assert {file for file, _, code in told(made) if code.startswith("duplicate")} == {"steps/other-invoice.step.mts"}


def test_leftovers_of_the_old_system(tmp_path: Path) -> None:
    files = {
        "src/a_step.py": "config = {'type': 'event', 'name': 'A', 'subscribes': ['a'], 'emits': []}\nhandler = print\n",
        "src/b.step.js": "",
        "src/b_step.js": "",
    }
    project = write(
        tmp_path, {**files, "requirements.txt": "# none\n", "package.json": '{"dependencies": {"motia": "0.17"}}'}
    )
    for name in (".motia/compiled/src/a.js", ".motia/dump.rdb", "dist/motia.steps.json", "python_modules/bin/python"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("")
    found = [(file, code) for file, _, code in told(report(project)) if file != "package.json"]
    assert found == [
        (".motia/compiled", "old_data"),
        (".motia/dump.rdb", "old_data"),
        ("dist/motia.steps.json", "old_data"),
        ("python_modules", "python_modules"),
        ("src/b.step.js", "twin_lost"),
    ]


def test_files_that_cannot_be_read_are_findings_or_nothing(tmp_path: Path) -> None:
    project = write(tmp_path, {"src/a_step.py": "def handler(:\n", "package.json": "{", "src/b.step.ts": "`${ {{ ( "})
    (project / "src" / "c.step.js").write_bytes(b"\xff\xfe")
    found = told(report(project))
    assert [(file, code) for file, _, code in found] == [("package.json", "syntax"), ("src/a_step.py", "syntax")]


def test_the_command(tmp_path: Path) -> None:
    """Runs nothing of the project's: the configuration would end the process."""
    project = copied("old_habits", tmp_path)
    (project / "motia.config.ts").write_text("process.exit(3)\n")
    done = motia(project, "doctor", "--migrate", "--json")
    made = json.loads(done.stdout)
    assert (done.returncode, made["ok"], made["old"]) == (1, False, "motia 0.17.6-beta.188")
    found = [(each["file"], one["line"] or 0, one["code"]) for each in made["files"] for one in each["findings"]]
    assert found == HABITS
    for each in made["files"]:
        for one in each["findings"]:
            assert one["verdict"] == CATALOGUE[one["code"]].verdict
            assert one["message"] and one["action"]
    counts = {verdict: sum(CATALOGUE[code].verdict == verdict for _, _, code in HABITS) for verdict in made["counts"]}
    assert made["counts"] == counts
    shown = motia(project, "doctor", "--migrate")
    assert shown.returncode == 1
    assert "change  steps/invoice.step.js:19  The working directory is shared" in shown.stdout
    assert "→ Use paths from `__dirname`" in shown.stdout


def test_nothing_is_compared_where_nothing_says_that_the_project_is_old(tmp_path: Path) -> None:
    project = copied("old_habits", tmp_path)
    (project / "package.json").unlink()
    codes = {code for _, _, code in told(report(project))}
    assert not codes & COMPARISONS
    assert {"chdir", "module_state", "state_data", "duplicate_name"} <= codes


def test_the_command_on_a_project_without_anything_to_change(tmp_path: Path) -> None:
    project = write(tmp_path, {"steps/a_step.py": "config = {'type': 'noop', 'name': 'A'}\n"})
    done = motia(project, "doctor", "--migrate")
    assert (done.returncode, "1 file runs as it is: steps/a_step.py" in done.stdout) == (0, True)
    assert not (project / ".motia").exists()


def test_every_code_is_documented_and_told_by_a_test() -> None:
    text = (ROOT / "docs" / "migrating.md").read_text("utf-8")
    assert fill(text, "codes", table()) == text, "run python -m motia_core.cli.migrate.document"
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "motia_core" / "cli" / "migrate").glob("*.py"))
    assert [code for code in CATALOGUE if sources.count(f'"{code}"') < 2] == []
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in CATALOGUE if f'"{code}"' not in tests] == []
