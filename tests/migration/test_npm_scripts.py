"""The scripts of an old package.json with the `motia` that is on the PATH, and what the report says of them come true."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from motia_core.cli.migrate.report import report
from tests.kit.project import write
from tests.kit.server import environment

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="no npm here")

FILES = {
    "package.json": """
        {
          "scripts": { "postinstall": "motia install", "dev": "motia dev", "debug": "motia dev:debug" },
          "dependencies": { "motia": "0.17.1" }
        }
    """,
    "steps/ping.step.js": """
        exports.config = { type: 'api', name: 'Ping', method: 'GET', path: '/ping', emits: [] }
        exports.handler = async (req, { logger }) => {
          logger.debug('whispered')
          return { status: 200, body: 'pong' }
        }
    """,
    "ask.js": "fetch(process.env.MOTIA_URL + '/ping').then((answer) => answer.text()).then(console.log)\n",
}
ONCE = ("--", "--port", "0", "--once", "--", "node", "ask.js")


def npm(project: Path, *args: str) -> subprocess.CompletedProcess[str]:
    commands = project.parent / "commands"
    commands.mkdir(exist_ok=True)
    (commands / "motia").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m motia_core.cli "$@"\n')
    (commands / "motia").chmod(0o755)
    env = environment()
    env["PATH"] = f"{commands}:{env['PATH']}"
    return subprocess.run(
        ["npm", "--offline", "--no-update-notifier", *args],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.rows(8)
def test_npm_run_dev(tmp_path: Path) -> None:
    done = npm(write(tmp_path / "project", FILES), "run", "dev", *ONCE)
    assert (done.returncode, "pong" in done.stdout) == (0, True), done.stdout + done.stderr
    assert "whispered" not in done.stdout


@pytest.mark.rows(20)
def test_the_old_way_to_debug(tmp_path: Path) -> None:
    done = npm(write(tmp_path / "project", FILES), "run", "debug", *ONCE)
    assert (done.returncode, "whispered" in done.stdout) == (0, True), done.stdout + done.stderr


def test_what_the_report_says_of_scripts_is_so(tmp_path: Path) -> None:
    project = write(tmp_path / "project", FILES)
    found = {(one.code, one.message.split("`")[1]) for one in report(project).files[0].findings if "`" in one.message}
    assert {("script_gone", "postinstall"), ("old_program", "dev")} <= found
    done = npm(project, "run", "postinstall")
    assert (done.returncode, "No such command 'install'" in done.stderr) == (2, True)
    old = project / "node_modules" / ".bin" / "motia"
    old.parent.mkdir(parents=True)
    old.write_text("#!/bin/sh\necho the old program\n")
    old.chmod(0o755)
    assert "the old program" in npm(project, "run", "dev").stdout
