"""Nobody but admins reaches any admin route or hidden stream: every one there is, is asked as a stranger would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.kit.server import ROOT, Server, serving
from tests.observability.admin import joined, routes, socket
from tests.observability.backend_shop import items, make
from tests.streams.raw import Closed

TOKEN = "a token of some length"
HIDDEN = (
    "__motia.flows", "__motia.flowsConfig", "__motia.logs", "motia-trace-group", "motia-trace",
    "__motia.api-endpoints", "__motia.streams-registry", "__motia.bullmq-queues", "__motia.queues", "__motia.crons",
    "__motia.workers", "__motia.overview", "__motia.state", "__motia.pauses", "__motia.unheard-of",
)  # fmt: skip


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(make(tmp_path_factory.mktemp("dev"))) as server:
        yield server


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = make(tmp_path_factory.mktemp("start"))
    with serving(project, "start", MOTIA_ADMIN_TOKEN=TOKEN) as server:
        yield server


def ask(server: Server, route: str, **headers: str) -> int:
    method, path = route.split(" ")
    path = re.sub(r":\w+", "x", path)
    return server.request(method, path, {} if method == "POST" else None, headers=headers).status


def guarded(server: Server, **headers: str) -> list[str]:
    """All but the way in, which asks for the token itself."""
    found = routes(server, **headers)
    assert len(found) > 70
    return [route for route in found if route != "POST /__motia/session"]


def test_in_dev_no_foreign_host_or_origin_reaches_any_route(dev: Server) -> None:
    strangers = ({"host": "evil.example"}, {"origin": "http://evil.example"}, {"origin": "null"})
    open_doors = [(route, how) for route in guarded(dev) for how in strangers if ask(dev, route, **how) != 403]
    assert open_doors == []


def test_under_start_no_route_answers_without_the_token(start: Server) -> None:
    strangers = (
        {},
        {"authorization": "Bearer wrong"},
        {"origin": "http://localhost:3000"},
        {"cookie": "motia_session=x"},
    )
    # The app holds nothing of the project: it asks for the token itself.
    mine = [one for one in guarded(start, authorization=f"Bearer {TOKEN}") if one != "GET /__motia/workbench"]
    open_doors = [(route, how) for route in mine for how in strangers if ask(start, route, **how) != 401]
    assert open_doors == []
    assert start.post("/__motia/session", {"token": "wrong too"}).status == 401


def test_under_start_the_token_opens_all(start: Server) -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    assert start.get("/__motia", headers=bearer).json["isDev"] is False
    assert "CreateOrder" in [step["name"] for step in items(start, "/__motia/api/steps", **bearer)]
    assert start.get("/__motia/state", headers={**bearer, "host": "any.example"}).status == 200
    assert "access-control-allow-origin" not in start.get("/__motia/state", headers=bearer).headers


@pytest.mark.parametrize("stream", HIDDEN)
def test_hidden_streams_are_for_admins(start: Server, stream: str) -> None:
    with socket(start.url) as raw:
        raw.join(stream, "default")
        denied = raw.hear()["event"]
        assert (denied["type"], denied["event"]["data"]["code"]) == ("event", "STREAM_ACCESS_DENIED")
    if stream in ("__motia.pauses", "__motia.unheard-of"):
        return  # nobody's: what the server keeps for itself, and what there is not
    with socket(start.url, {"Authorization": f"Bearer {TOKEN}"}) as raw:
        assert isinstance(joined(raw, stream), list)


def test_in_dev_a_foreign_page_opens_no_socket_and_a_foreign_name_sees_nothing_hidden(dev: Server) -> None:
    with pytest.raises(AssertionError), socket(dev.url, {"Origin": "http://evil.example"}):
        pass
    with socket(dev.url, {"Host": "evil.example"}) as raw:
        raw.join("__motia.logs", "default")
        with suppress(Closed):
            assert raw.hear()["event"]["event"]["data"]["code"] == "STREAM_ACCESS_DENIED"


def test_every_admin_route_is_documented(dev: Server) -> None:
    text = (ROOT / "docs" / "admin-api.md").read_text()
    told = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`?\s]*)`", text))
    served = {route for route in routes(dev) if not route.startswith("GET /__motia/openapi/")}  # the viewer's files
    assert sorted(served ^ told) == ["DELETE /__motia/session"]  # which stands outside the table, as the POST does


def test_every_hidden_stream_is_documented(dev: Server) -> None:
    text = (ROOT / "docs" / "admin-api.md").read_text()
    streams = [one["name"] for one in dev.get("/__motia/streams/all").json["streams"] if one["hidden"]]
    assert len(streams) >= 13
    assert [name for name in streams if f"`{name}`" not in text] == []
