"""Nobody gets at the workbench who should not, and nothing that steps say is run by it: attacks over the wire on every route
and both ways to a socket, and in a real browser."""

from __future__ import annotations

import http.client
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from motia_core.web.guards import session_of
from tests.kit.project import write
from tests.kit.server import ROOT, Server, serving, until
from tests.streams.raw import dial
from tests.workbench.hostile import make, provoke
from tests.workbench.kit import STATIC, Bench, benching_on, build, checks

TOKEN = "a token of the guards' own"
BASE = "/__motia/workbench"
TOLD = """
config = {"type": "api", "name": "Told", "method": "GET", "path": "/told", "emits": []}


async def handler(req, context):
    return {"status": 200, "body": {"cookie": req.headers.get("cookie")}}
"""
OPEN = f"GET {BASE}"


class Got(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    server: Server, method: str, path: str, body: object = None, *, source: str = "127.0.0.1", **headers: str
) -> Got:
    """`path` goes out as it stands; `source` is the address it comes from."""
    place = server.url.removeprefix("http://").partition(":")
    line = http.client.HTTPConnection("127.0.0.1", int(place[2]), timeout=20, source_address=(source, 0))
    data = None if body is None else json.dumps(body)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        line.request(method, path, data, {**({"content-type": "application/json"} if data else {}), **sent})
        answer = line.getresponse()
        return Got(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        line.close()


def routes(server: Server, **headers: str) -> list[tuple[str, str]]:
    """Every admin route but the app itself, ready to be asked."""
    found: list[str] = json.loads(ask(server, "GET", "/__motia/api", **headers).body)
    assert len(found) > 75
    wanted = (one.partition(" ") for one in found if one != OPEN)
    return [(method, re.sub(r":\w+", "x", path)) for method, _, path in wanted]


def enter(server: Server, token: str = TOKEN, **more: str) -> Got:
    return ask(server, "POST", "/__motia/session", {"token": token}, accept="application/json", **more)


def cookie(server: Server) -> str:
    return enter(server).headers["set-cookie"].partition(";")[0]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with benching_on(make(tmp_path_factory.mktemp("hostile"))) as found:
        provoke(found.server)
        yield found


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    build()
    project = tmp_path_factory.mktemp("start") / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    write(project, {"steps/told_step.py": TOLD})
    with serving(project, "start", MOTIA_ADMIN_TOKEN=TOKEN, MOTIA_TRUST_PROXY="127.0.0.9") as server:
        yield server


@pytest.mark.parametrize(
    "stranger",
    [
        {"host": "evil.example"},
        {"host": "localhost.evil.example"},
        {"host": "evil.example", "x_forwarded_host": "localhost"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost.evil.example"},
        {"host": "evil.example", "origin": "http://evil.example"},
    ],
    ids=range(7),
)
def test_in_dev_no_strange_page_or_name_reaches_a_route(bench: Bench, stranger: dict[str, str]) -> None:
    open_doors = [one for one in routes(bench.server) if ask(bench.server, *one, {}, **stranger).status != 403]
    assert open_doors == []
    assert ask(bench.server, "GET", f"{BASE}/overview", **stranger).status == 403


def test_under_start_nothing_opens_without_the_token(start: Server) -> None:
    mine = routes(start, authorization=f"Bearer {TOKEN}")
    held = cookie(start)
    strangers: list[dict[str, str]] = [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {TOKEN}"},
        {"x_motia_token": "wrong"},
        {"cookie": f"motia_session={TOKEN}"},
        {"cookie": held, "origin": "http://evil.example"},
        {"cookie": held, "origin": "null"},
        {"cookie": held, "host": "shop.example", "origin": "http://evil.example"},
        {"cookie": f"motia_session={session_of(TOKEN, 0)}"},
    ]
    open_doors = [(one, how) for one in mine for how in strangers if ask(start, *one, {}, **how).status != 401]
    assert open_doors == []
    assert ask(start, "GET", "/__motia/api/overview", cookie=held).status == 200, "or this would prove nothing"


def test_other_methods_open_nothing(start: Server) -> None:
    mine = {path for _, path in routes(start, authorization=f"Bearer {TOKEN}")}
    for path in mine:
        for method in ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"):
            got = ask(start, method, path)
            assert got.status in (401, 404, 405), (method, path, got.status)
            assert "access-control-allow-origin" not in got.headers or path in ("/metrics", "/openapi.json", "/emit")


def test_what_answers_say_to_browsers(start: Server) -> None:
    for method, path in routes(start, authorization=f"Bearer {TOKEN}"):
        if method != "GET":
            continue
        got = ask(start, "GET", path, authorization=f"Bearer {TOKEN}", origin="http://evil.example")
        assert "access-control-allow-origin" not in got.headers, path
        if got.status == 200:
            assert got.headers["cache-control"] == "no-store", path
            assert "text/html" not in got.headers["content-type"] or "content-security-policy" in got.headers, path
    for path in (BASE, f"{BASE}/", f"{BASE}/traces/x", f"{BASE}?plain"):
        got = ask(start, "GET", path, accept="text/html")
        assert "frame-ancestors 'none'" in got.headers["content-security-policy"], path
        assert got.headers["cache-control"] == "no-store" and got.headers["referrer-policy"] == "no-referrer", path
        assert b"orders" not in got.body and b"CreateOrder" not in got.body, path


def test_no_path_leads_out_of_the_assets(start: Server, bench: Bench) -> None:
    inside = next(path.name for path in (STATIC / "assets").glob("*.js"))
    assert ask(start, "GET", f"{BASE}/assets/{inside}").status == 200, "or this would prove nothing"
    up = (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..\\",
        "..%5c",
        "....//",
        "%252e%252e%252f",
        "..%c0%af",
        "..;/",
        "./../",
    )
    leads = [f"{BASE}/assets/{one * 6}etc/passwd" for one in up] + [f"{BASE}/{one * 3}pyproject.toml" for one in up]
    leads += [f"{BASE}/assets/{one}page.py" for one in up] + [
        f"{BASE}/assets/{inside}{end}" for end in ("%00", "/", "/..", "~")
    ]
    leads += [f"{BASE}/assets//etc/passwd", f"{BASE}//etc/passwd", f"{BASE}/assets/%2fetc%2fpasswd", f"{BASE}/assets/"]
    for server in (start, bench.server):
        for path in leads:
            got = ask(server, "GET", path)
            assert got.status in (400, 401, 404), (path, got.status)
            assert b"root:" not in got.body and b"import" not in got.body and b"[project]" not in got.body, path


@pytest.mark.parametrize("path", ["/", "/anything", "/__motia/api/overview", BASE])
def test_no_stranger_follows_a_hidden_stream(start: Server, bench: Bench, path: str) -> None:
    held = cookie(start)
    strangers: list[tuple[Server, dict[str, str | None]]] = [
        (start, {}),
        (start, {"Authorization": "Bearer wrong"}),
        (start, {"Cookie": f"motia_session={TOKEN}"}),
        # Where `cors` lets everybody in: without what their browser knows.
        (start, {"Cookie": held, "Origin": "http://evil.example"}),
        (start, {"Authorization": f"Bearer {TOKEN}", "Origin": "http://evil.example"}),
        (bench.server, {"Host": "evil.example"}),
    ]
    for server, how in strangers:
        raw = dial(server.url, path, headers=how)
        assert raw.handshake.status == 101
        raw.join("__motia.overview", "default")
        event = raw.hear()["event"]
        assert (event["type"], event["event"]["data"]["code"]) == ("event", "STREAM_ACCESS_DENIED"), how
        raw.sock.close()
    refused: list[tuple[Server, dict[str, str | None]]] = [
        (bench.server, {"Origin": "http://evil.example"}),
        (bench.server, {"Origin": "null"}),
    ]
    for server, how in refused:
        raw = dial(server.url, path, headers=how)
        assert raw.handshake.status == 403, how
        raw.sock.close()
    raw = dial(start.url, path, headers={"Cookie": held})
    raw.join("__motia.overview", "default")
    assert raw.hear()["event"]["type"] == "sync", "or this would prove nothing"
    raw.sock.close()


def test_what_the_cookie_is(start: Server) -> None:
    plain, proxied = (
        enter(start),
        enter(start, source="127.0.0.9", x_forwarded_proto="https", x_forwarded_for="9.9.9.9"),
    )
    lied = enter(start, x_forwarded_proto="https")
    for got, is_secure in ((plain, False), (proxied, True), (lied, False)):
        parts = [part.strip() for part in got.headers["set-cookie"].split(";")]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} < set(parts)
        assert ("Secure" in parts) is is_secure
        assert TOKEN not in got.headers["set-cookie"] and TOKEN.encode() not in got.body
        assert got.headers["cache-control"] == "no-store" and "access-control-allow-origin" not in got.headers
    gone = ask(start, "DELETE", "/__motia/session")
    assert gone.status == 204 and "Max-Age=0" in gone.headers["set-cookie"]


def test_steps_are_not_told_the_session(start: Server) -> None:
    session = enter(start).headers["set-cookie"].partition(";")[0]
    got = ask(start, "GET", "/told", cookie=f"theirs=1; {session}")
    assert json.loads(got.body) == {"cookie": "theirs=1"}
    assert ask(start, "GET", "/__motia/api/overview", cookie=session).status == 200, "or this would prove nothing"


@pytest.mark.parametrize("way", ["bearer", "sign-in", "cookie"])
def test_who_guesses_has_to_wait_and_nobody_else(start: Server, way: str) -> None:
    source = {"bearer": "127.0.0.21", "sign-in": "127.0.0.22", "cookie": "127.0.0.23"}[way]

    def guess(token: str) -> Got:
        if way == "sign-in":
            return enter(start, token, source=source)
        shown = {"authorization": f"Bearer {token}"} if way == "bearer" else {"cookie": f"motia_session={token}"}
        return ask(start, "GET", "/__motia/api/overview", source=source, **shown)

    assert [guess(f"guess-{number}").status for number in range(10)] == [401] * 10
    refused = guess("guess-11")
    assert refused.status == 429 and 0 < int(refused.headers["retry-after"]) <= 60
    assert json.loads(refused.body)["error"] == "Too many requests"
    assert enter(start, source=source).status == 429
    assert ask(start, "POST", "/__motia/state", {}, source=source, authorization=f"Bearer {TOKEN}").status == 429
    assert ask(start, "GET", "/__motia/api/overview", source=source).status == 401
    assert ask(start, "GET", f"{BASE}/", source=source).status == 200, "the app says it in its own words"
    for free in ("127.0.0.1", "127.0.0.24"):
        assert ask(start, "GET", "/__motia/api/overview", source=free, authorization=f"Bearer {TOKEN}").status == 200


def test_whose_guesses_they_are_a_trusted_proxy_says_and_nobody_else(start: Server) -> None:
    def guess(source: str, client: str, token: str) -> int:
        how = {"authorization": f"Bearer {token}", "x_forwarded_for": client}
        return ask(start, "GET", "/__motia/api/overview", source=source, **how).status

    assert [guess("127.0.0.31", f"9.9.1.{number}", f"lie-{number}") for number in range(11)] == [401] * 10 + [429]
    assert {guess("127.0.0.9", "9.9.2.1", f"guess-{number}") for number in range(10)} == {401}
    assert guess("127.0.0.9", "9.9.2.1", TOKEN) == 429
    assert guess("127.0.0.9", "9.9.2.2", TOKEN) == 200


@pytest.mark.parametrize("check", checks(__file__))
def test_in_the_browser(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_signing_in(bench: Bench, start: Server) -> None:
    ended = f"1.{session_of(TOKEN, 1)}"
    bench.run(__file__, "given_a_sign_in", url=start.url, token=TOKEN, ended=ended)


def test_who_guesses_in_the_browser_is_told_to_wait(bench: Bench, tmp_path: Path) -> None:
    project = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    with serving(project, "start", MOTIA_ADMIN_TOKEN=TOKEN) as server:
        until(lambda: server.get("/health").status == 200)
        bench.run(__file__, "given_somebody_who_guesses", url=server.url, token=TOKEN)
