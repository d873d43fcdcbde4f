"""Document A's motia.config.js: a section per environment. Its port numbers are replaced by free ones, nothing else."""

from __future__ import annotations

import json
import socket
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.kit.server import Server, motia, serving
from tests.seeds.program import copy

POSTGRES = "postgresql://app:secret@db.example.com/app"


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on; all different."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def tutorial(folder: Path, ports: dict[int, int] | None = None) -> Path:
    """The document's project, with its ports exchanged."""
    project = copy("A", folder)
    config = project / "motia.config.js"
    text = config.read_text("utf-8")
    for written, given in (ports or {}).items():
        assert str(written) in text
        text = text.replace(str(written), str(given))
    config.write_text(text, "utf-8")
    return project


def settings(project: Path, *args: str, **env: str) -> dict[str, Any]:
    """Effective values by dotted key."""
    done = motia(project, "config", "--json", *args, **env)
    assert done.returncode == 0, done.stderr
    return {one["key"]: one["value"] for one in json.loads(done.stdout)}


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def page(port: int, path: str = "/") -> str:
    """What a browser is shown, redirects followed."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"accept": "text/html"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


@pytest.mark.rows(32, 33, 36, 53, 123, 124, 125, 126)
def test_development_serves_the_api_on_one_port_and_the_workbench_on_another(tmp_path: Path) -> None:
    api, workbench = free_ports(2)
    project = tutorial(tmp_path, {3001: api, 3000: workbench})
    with serving(project, port=None) as server:
        assert port_of(server) == api
        user = {"name": "Ann", "email": "ann@example.com"}
        assert server.post("/users", user).json["user"]["role"] == "user"
        assert "<title>Motia" in page(workbench)  # led to the app
        shown = page(workbench, "/__motia/workbench/?plain")
        assert "<h1>Motia" in shown and "create-user" in shown and "/users" in shown
        assert f"http://localhost:{workbench}/__motia/workbench/" in server.output
    assert (project / "motia-dev.db").stat().st_size > 0
    assert not (project / ".motia" / "motia.db").exists()


@pytest.mark.rows(28, 123, 127, 128, 129, 131)
def test_production_takes_its_port_from_the_environment_and_has_no_workbench(tmp_path: Path) -> None:
    """DATABASE_URL and REDIS_URL are handed on by the file: both are the application's own, and said once each."""
    project = tutorial(tmp_path)
    [port] = free_ports(1)
    env = {"PORT": str(port), "DATABASE_URL": POSTGRES, "REDIS_URL": "redis://cache:6379"}
    with serving(project, "start", port=None, **env) as server:
        assert port_of(server) == port
        assert server.post("/users", {"name": "Ann", "email": "ann@example.com"}).status == 200
        assert server.get("/__motia/workbench/").status == 404
        assert server.get("/").json == {"status": "ok"}
        said = server.output
    assert said.count("DATABASE_URL is left to the application") == 1
    assert said.lower().count("redis") == 1 and "redis.url is left to the application" in said
    assert "secret" not in said and "workbench" not in said
    assert (project / ".motia" / "motia.db").exists()
    assert not (project / "motia-dev.db").exists()


@pytest.mark.rows(28, 123, 124, 125, 126, 127, 128, 129, 131, 132)
def test_the_environment_chooses_the_section(tmp_path: Path) -> None:
    project = tutorial(tmp_path)
    usual = settings(project)
    assert (usual["port"], usual["workbench.enabled"], usual["workbench.port"]) == (3001, True, 3000)
    assert usual["database.url"] == "sqlite://./motia-dev.db"
    for env in ({"NODE_ENV": "production"}, {"MOTIA_ENV": "production", "NODE_ENV": "development"}):
        found = settings(project, **env)
        assert (found["port"], found["workbench.enabled"], found["workbench.port"]) == (8080, False, None)
        assert found["database.url"] == ""
    compose = {"NODE_ENV": "development", "DATABASE_URL": "sqlite://./motia.db"}
    assert settings(project, **compose)["database.url"] == "sqlite://./motia-dev.db"
    found = settings(project, NODE_ENV="production", PORT="9000", DATABASE_URL="sqlite://./motia.db")
    assert (found["port"], found["database.url"]) == (9000, "sqlite://./motia.db")


@pytest.mark.rows(132)
def test_the_database_url_of_the_compose_file(tmp_path: Path) -> None:
    """Without a configuration file the variable names the database, relative to the project."""
    project = tutorial(tmp_path / "app")
    (project / "motia.config.js").unlink()
    done = motia(tmp_path, "run", "cleanup-old-logs", "--project", str(project), DATABASE_URL="sqlite://./motia.db")
    assert done.returncode == 0, done.stderr
    assert (project / "motia.db").exists()
    assert not (tmp_path / "motia.db").exists()
