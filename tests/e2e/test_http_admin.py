"""Built-in paths: who may use them, and that users' steps win over them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia_core.clock import Clock
from motia_core.config.knobs import Config, Cors, Workbench
from motia_core.errors import BacklogFull
from motia_core.model import Problem
from motia_core.triggers.composer import Asked
from motia_core.triggers.reply import Reply, Stage
from motia_core.triggers.request import Request
from motia_core.web.builtin import AdminRequest, Answer
from tests.e2e.front import front, step

pytestmark = pytest.mark.anyio
HTML = "text/html,*/*"
UPGRADE = {"connection": "upgrade, close", "upgrade": "websocket"}


async def emit(request: AdminRequest) -> object:
    return {"got": request.body, "id": request.params.get("id"), "query": request.query}


async def fails(request: AdminRequest) -> object:
    raise BacklogFull("too many wait", hint="wait")


ADMIN: dict[str, Any] = {
    "POST /emit": emit,
    "GET /__motia/api/traces/:id": emit,
    "GET /__motia/api/busy": fails,
}


@pytest.mark.rows(274)
async def test_health_and_root(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        for path in ("/health", "/ready"):
            got = await site.ask("GET", path)
            assert (got.status, got.json, got.headers["access-control-allow-origin"]) == (200, {"status": "ok"}, "*")
        assert (await site.ask("POST", "/health")).status == 405
        assert (await site.ask("GET", "/")).json == {"status": "ok"}
        browser = await site.ask("GET", "/", accept=HTML)
        assert (browser.status, browser.headers["location"]) == (302, "/__motia/workbench/")
        site.serve(step("mine", "GET /health", "GET /", "POST /emit"))
        for method, path in (("GET", "/health"), ("GET", "/"), ("POST", "/emit")):
            assert (await site.ask(method, path, accept=HTML)).json["path"] == path
    async with front(tmp_path, mode="start") as site:
        assert (await site.ask("GET", "/", accept=HTML)).json == {"status": "ok"}


async def test_admin_routes_in_dev(tmp_path: Path) -> None:
    async with front(tmp_path, admin=ADMIN) as site:
        got = await site.json("/emit", {"topic": "t"})
        assert (got.status, got.json["got"]) == (200, {"topic": "t"})
        assert "access-control-allow-origin" not in got.headers
        assert (await site.ask("GET", "/__motia/api/traces/7?a=1")).json == {
            "got": None,
            "id": "7",
            "query": {"a": "1"},
        }
        assert (await site.ask("DELETE", "/__motia/api/traces/7")).status == 405
        assert (await site.ask("GET", "/__motia/nothing")).status == 404
        busy = await site.ask("GET", "/__motia/api/busy")
        assert (busy.status, busy.json["error"], busy.json["message"]) == (503, "too many wait", "wait")
        assert (await site.ask("POST", "/emit", b"{", content_type="application/json")).status == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.test"}, 403),
        ({"host": "evil.test:3000"}, 403),
        ({"host": "localhost.evil.test"}, 403),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://1.2.3.4"}, 403),
        ({"origin": "http://localhost:5173"}, 200),
        ({"origin": "http://[::1]:5173"}, 200),
        ({"host": "localhost"}, 200),
        ({"host": "app.localhost:3000"}, 200),
        ({"host": "192.168.1.2:3000", "origin": "http://192.168.1.2:3000"}, 200),
        ({"host": "dev.shop.test"}, 200),
        ({"host": "evil.test", "authorization": "Bearer local"}, 200),
        ({"host": "evil.test", "authorization": "Bearer other"}, 403),
    ],
)
async def test_only_near_pages_reach_admin_routes_in_dev(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    config = Config(port=0, host="127.0.0.1", allowed_hosts=[".shop.test"])
    async with front(tmp_path, config=config, admin=ADMIN) as site:
        assert (await site.json("/emit", {}, **headers)).status == status
        assert (await site.ask("GET", "/__motia/api/traces/7", **headers)).status == status


async def test_start_without_a_token_has_no_admin_surface(tmp_path: Path) -> None:
    async with front(tmp_path, mode="start", admin=ADMIN) as site:
        for path in ("/__motia/workbench/", "/__motia/api/traces/7", "/__motia/session"):
            assert (await site.ask("GET", path)).status == 404
        assert (await site.json("/emit", {})).status == 404
        assert (await site.json("/emit", {}, authorization="Bearer local")).status == 200
        assert (await site.json("/emit", {}, authorization="Bearer ")).status == 404


async def test_start_with_a_token(tmp_path: Path) -> None:
    async with front(tmp_path, mode="start", admin=ADMIN, admin_token="secret") as site:
        refused = await site.json("/emit", {})
        assert (refused.status, refused.headers["www-authenticate"]) == (401, 'Bearer realm="motia"')
        assert (await site.json("/emit", {}, authorization="Bearer wrong")).status == 401
        assert (await site.json("/emit", {}, authorization="bearer secret")).status == 200
        assert (await site.json("/emit", {}, x_motia_token="secret")).status == 200
        assert (await site.json("/emit", {}, host="anything.test", authorization="Bearer secret")).status == 200


async def test_a_browser_signs_in_under_start(tmp_path: Path) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    async with front(tmp_path, mode="start", admin=ADMIN, admin_token="secret") as site:
        page = await site.ask("GET", "/__motia/workbench/", accept=HTML)
        assert (page.status, b"<form" in page.body) == (401, True)
        assert (await site.ask("POST", "/__motia/session", b"token=wrong", **form)).status == 401
        done = await site.ask("POST", "/__motia/session", b"token=secret", **form)
        cookie = done.headers["set-cookie"]
        assert (done.status, done.headers["location"]) == (303, "/__motia/workbench/")
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "secret" not in cookie
        held = cookie.split(";")[0]
        assert b"<h1>Motia" in (await site.ask("GET", "/__motia/workbench/", cookie=held)).body
        assert (await site.json("/emit", {}, cookie=held, origin="http://evil.test")).status == 401
        assert (await site.json("/emit", {}, cookie=held, origin=f"http://127.0.0.1:{site.port}")).status == 200


async def test_the_page_escapes_and_lists(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        bad = Problem(code="syntax", message="<script>alert(1)</script>", file="a<b>.ts", line=2, hint="mend & go")
        site.serve(step("<b>x</b>", "GET /a<i>"), problems=(bad,))
        page = await site.ask("GET", "/__motia/workbench")
        assert page.status == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        text = page.body.decode()
        assert "&lt;b&gt;x&lt;/b&gt;" in text and "/a&lt;i&gt;" in text and "mend &amp; go" in text
        assert "<script" not in text and "<i>" not in text
        assert (await site.ask("POST", "/__motia/workbench")).status == 405


async def test_where_the_workbench_lives(tmp_path: Path) -> None:
    config = Config(port=0, host="127.0.0.1", workbench=Workbench(base="/bench", port=0))
    async with front(tmp_path, config=config) as site:
        assert b"<h1>Motia" in (await site.ask("GET", "/bench/")).body
        site.serve(step("a", "GET /"))
        first = site.port
        site.server.port = site.server.workbench_port or 0
        second = await site.ask("GET", "/")
        assert (second.status, second.headers["location"]) == (302, "/bench/")
        site.server.port = first
        assert (await site.ask("GET", "/")).json["path"] == "/"
    async with front(tmp_path, config=Config(port=0, host="127.0.0.1", workbench=Workbench(enabled=False))) as site:
        assert (await site.ask("GET", "/__motia/workbench/")).status == 404
        assert (await site.ask("GET", "/", accept=HTML)).status == 200


async def test_an_admin_answer_of_its_own_shape(tmp_path: Path) -> None:
    async def text(request: AdminRequest) -> object:
        return Answer(b"a 1\n", 201, {"content-type": "text/plain"})

    async with front(tmp_path, admin={"GET /metrics": text}) as site:
        got = await site.ask("GET", "/metrics")
        assert (got.status, got.headers["content-type"], got.body) == (201, "text/plain", b"a 1\n")


async def sockets(request: Request, asked: Asked, *, is_admin: bool) -> Reply:
    """Whoever may open a socket is told as what: this test has no streams."""
    body = b'{"admin":true}' if is_admin else b'{"admin":false}'
    return Reply(Stage(Clock()), 200, b"Content-Length: %d\r\n" % len(body), body, asked.trace_id)


@pytest.mark.parametrize(
    ("mode", "headers", "result"),
    [
        ("dev", {}, {"admin": True}),
        ("dev", {"Origin": "http://localhost:5173"}, {"admin": True}),
        ("dev", {"Origin": "http://evil.test"}, 403),
        ("dev", {"Host": "evil.test", "Origin": "http://evil.test"}, 403),
        ("start", {}, {"admin": False}),
        ("start", {"Origin": "http://app.test"}, {"admin": False}),
        ("start", {"Origin": "http://evil.test"}, 403),
        ("start", {"Authorization": "Bearer secret"}, {"admin": True}),
    ],
)
async def test_who_may_open_the_stream_socket(
    tmp_path: Path, mode: str, headers: dict[str, str], result: dict[str, bool] | int
) -> None:
    config = Config(port=0, host="127.0.0.1", cors=Cors(origins=["http://app.test"]))
    async with front(tmp_path, mode=mode, config=config, admin_token="secret", sockets=sockets) as site:
        got = await site.ask("GET", "/any", **UPGRADE, **{name.lower(): value for name, value in headers.items()})
        assert (got.status if got.status != 200 else msgspec.json.decode(got.body)) == result
