"""A project as its author starts it: `npm install`, scripts of package.json, `npx`, packages in any manager's layout.

Everything is installed from folders beside the project: nothing is asked of a registry.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import MOTIA, ROOT, environment, motia, started, until

pytestmark = pytest.mark.node

PACKAGE = {
    "name": "shop",
    "type": "module",
    "scripts": {
        "dev": "motia dev",
        "dev:workbench": "motia dev",
        "start": "motia start --host 127.0.0.1",
        "test": "node check.mjs",
        "python-setup": f"{sys.executable} -m venv --without-pip python_modules",
    },
    "dependencies": {"greetings": "file:../greetings", "motia": "file:../motia"},
}
FILES = {
    "app/package.json": json.dumps(PACKAGE),
    "app/steps/hello.step.ts": """
        import { ApiRouteConfig, Handlers } from 'motia'
        import { greet } from 'greetings'

        export const config: ApiRouteConfig = { type: 'api', name: 'Hello', method: 'GET', path: '/hello', emits: [] }
        export const handler: Handlers['Hello'] = async () => ({ status: 200, body: { text: greet('Ada') } })
    """,
    "app/check.mjs": """
        const answer = await fetch(process.env.MOTIA_URL + '/hello')
        if ((await answer.json()).text !== 'hello Ada') process.exit(3)
        console.log('checked')
    """,
    "greetings/package.json": '{"name": "greetings", "version": "1.0.0", "main": "index.js"}',
    "greetings/index.js": "exports.greet = (name) => `hello ${name}`\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed project, and `motia` on the machine as its installer would leave it."""
    root = write(tmp_path_factory.mktemp("scripts"), FILES)
    shutil.copytree(ROOT / "sdk" / "node", root / "motia")
    command = write(root / "bin", {"motia": f'#!/bin/sh\nexec {" ".join(MOTIA)} "$@"\n'}) / "motia"
    command.chmod(0o755)
    done = subprocess.run(
        ["npm", "install", "--offline", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=root / "app", env=environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return root / "app"


def path(site: Path) -> str:
    return f"{site.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.rows(6, 8, 16, 22)
def test_npm_run_dev(site: Path) -> None:
    with started(site, ["npm", "run", "dev"], PATH=path(site), PORT="0") as server:
        assert server.get("/hello").json == {"text": "hello Ada"}


@pytest.mark.rows(17)
def test_the_workbench_is_there_under_any_script(site: Path) -> None:
    with started(site, ["npm", "run", "dev:workbench"], PATH=path(site), PORT="0") as server:
        assert server.get("/__motia/workbench/").status == 200


@pytest.mark.rows(12, 28)
def test_npm_start_on_the_port_of_the_environment(site: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started(site, ["npm", "start"], PATH=path(site), PORT=str(port)) as server:
        assert server.url.endswith(f":{port}")
        assert server.get("/hello").json == {"text": "hello Ada"}
        assert server.get("/__motia/workbench/").status == 404


@pytest.mark.rows(7, 13)
@pytest.mark.parametrize("mode", ["dev", "start"])
def test_npx_starts_the_installed_motia_and_leaves_none_behind(site: Path, mode: str) -> None:
    command = ["npx", "--no-install", "motia", mode, "--port", "0", "--host", "127.0.0.1"]
    with started(site, command, PATH=path(site)) as server:
        assert server.get("/hello").json == {"text": "hello Ada"}
        pid = json.loads((site / ".motia" / "run" / "server.json").read_text())["pid"]
        server.stop()
        until(lambda: not Path(f"/proc/{pid}").exists())


def test_the_launcher_ends_with_the_code_of_what_it_started(site: Path) -> None:
    launcher = [str(site / "node_modules" / ".bin" / "motia")]
    with started(site, [*launcher, "dev", "--port", "0"], PATH=path(site)) as server:
        assert server.stop() == 0
        assert "stopping" in server.output
    done = subprocess.run([*launcher, "no-such-command"], cwd=site, env=environment(PATH=path(site)), timeout=60)
    assert done.returncode == 2


def test_npx_without_motia_says_how_to_install_it(site: Path) -> None:
    here = os.pathsep.join(str(Path(found).parent) for found in (shutil.which("npx"), shutil.which("sh")) if found)
    done = subprocess.run(
        ["npx", "--no-install", "motia", "dev"],
        cwd=site, env=environment(PATH=here), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 127
    assert "pip install motia" in done.stderr


@pytest.mark.rows(18)
def test_npm_test_beside_a_server(site: Path) -> None:
    done = motia(site, "dev", "--port", "0", "--once", "--", "npm", "test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "checked" in done.stdout


@pytest.mark.rows(14, 22)
def test_packages_in_the_layout_of_pnpm(tmp_path: Path) -> None:
    """Each package lies in a store of its own; what it depends on is beside it there, and nowhere else."""
    store = "node_modules/.pnpm"
    project = write(
        tmp_path,
        {
            f"{store}/cheers@1.0.0/node_modules/cheers/package.json": '{"name": "cheers", "version": "1.0.0"}',
            f"{store}/cheers@1.0.0/node_modules/cheers/index.js": "exports.cheer = () => require('words').loud('cheers')",
            f"{store}/words@2.0.0/node_modules/words/package.json": '{"name": "words", "version": "2.0.0", "main": "w.js"}',
            f"{store}/words@2.0.0/node_modules/words/w.js": "exports.loud = (text) => text.toUpperCase()",
            "steps/cheer.step.js": """
                import { cheer } from 'cheers'
                export const config = { type: 'api', name: 'Cheer', method: 'GET', path: '/cheer', emits: [] }
                export const handler = async () => ({ status: 200, body: cheer() })
            """,
        },
    )
    (project / "node_modules/cheers").symlink_to(".pnpm/cheers@1.0.0/node_modules/cheers")
    (project / store / "cheers@1.0.0/node_modules/words").symlink_to("../../words@2.0.0/node_modules/words")
    done = motia(project, "run", "Cheer")
    assert json.loads(done.stdout)["body"] == "CHEERS", done.stderr


@pytest.mark.rows(15)
def test_the_environment_that_a_script_makes_is_used(site: Path, tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "package.json": json.dumps(PACKAGE),
            "steps/which_step.py": """
                import sys
                import cheers

                config = {"type": "api", "name": "Which", "method": "GET", "path": "/which", "emits": []}

                async def handler(req, context):
                    return {"status": 200, "body": {"prefix": sys.prefix, "text": cheers.TEXT}}
            """,
        },
    )
    env = environment(PATH=path(site))
    subprocess.run(["npm", "run", "--silent", "python-setup"], cwd=project, env=env, check=True, timeout=60)
    [packages] = (project / "python_modules").glob("lib/python*/site-packages")
    write(packages, {"cheers.py": 'TEXT = "cheers"\n'})
    done = motia(project, "run", "Which")
    assert json.loads(done.stdout)["body"] == {"prefix": str(project / "python_modules"), "text": "cheers"}, done.stderr
