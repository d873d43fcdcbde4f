"""Who may listen under `motia start`: tokens, origins, and what browsers add by themselves."""

from __future__ import annotations

from pathlib import Path

from tests.kit.project import write
from tests.kit.server import serving
from tests.streams.projects import SECRET, guarded
from tests.streams.raw import talking
from tests.streams.test_access_live import AS_ANN, DENIED, join, opened


def test_start_asks_for_a_token_and_knows_the_origins(tmp_path: Path) -> None:
    project = guarded(tmp_path, streams=["python"])
    config = project / "motia.config.ts"
    config.write_text(
        config.read_text("utf-8").replace("streams:", "cors: { origins: ['https://shop.test'] }, streams:")
    )
    with serving(project, "start", ["--host", "127.0.0.1"], MOTIA_ADMIN_TOKEN="open sesame") as server:
        for origin, status in {
            "https://shop.test": 101,
            "https://shop.test.evil.test": 403,
            "http://shop.test": 403,
            "http://localhost:5173": 403,
            "null": 403,
        }.items():
            assert opened(server, AS_ANN, headers={"origin": origin}) == status, origin
        assert opened(server, AS_ANN) == 101
        with talking(server.url, AS_ANN) as ann:
            assert join(ann, "motia-trace", "x") == DENIED
            assert join(ann, "python", "g") == "sync"
        with talking(server.url, AS_ANN, headers={"authorization": "Bearer wrong"}) as ann:
            assert join(ann, "motia-trace", "x") == DENIED
        assert server.get("/health").json["languages"] == {"node": "ready", "python": "ready"}
        assert SECRET not in server.output


def test_cookies_do_not_speak_for_the_users_of_any_page(tmp_path: Path) -> None:
    """By default every origin may open a socket, but none with what a browser adds by itself."""
    config = """
        def authenticate(request):
            if request.headers.get("cookie") == "user=ann": return {"user": "ann"}
            if request.headers.get("authorization"): return {"user": "bob"}

        config = {"streamAuth": {"authenticate": authenticate}}
    """
    project = write(guarded(tmp_path, None, streams=["python", "open"]), {"motia_config.py": config})
    with serving(project, "start", ["--host", "127.0.0.1"]) as server:
        with talking(server.url, headers={"cookie": "user=ann"}) as program:
            assert join(program, "python", "g") == "sync"
        with talking(server.url, headers={"cookie": "user=ann", "origin": server.url}) as own:
            assert join(own, "python", "g") == "sync"
        for header in ({"cookie": "user=ann"}, {"authorization": "Basic YTpi"}):
            with talking(server.url, headers={"origin": "https://evil.test", **header}) as evil:
                assert join(evil, "open", "g") == "sync"
                assert join(evil, "python", "g") == DENIED
                assert join(evil, "python", "g", "bob") == DENIED
