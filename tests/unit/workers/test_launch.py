"""What a worker is given, and the handshake's two answers."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw

from motia_core.config import knobs
from motia_core.errors import RemoteProtocolError, VersionMismatch
from motia_core.protocol.envelope import ErrorObject
from motia_core.workers.languages import Runner
from motia_core.workers.launch import Site, environment, greeted, initialize, refused

RUNNER = Runner(name="lang", folder=Path("/r/lang"), languages={}, sdk=Path("/sdk/lang"))


def site(**more: object) -> Site:
    places = {name: Path("/" + name) for name in ("project", "run_dir", "cache")}
    return Site(**places, version="9", wire=knobs.Wire(frame=70_000), **more)  # type: ignore[arg-type]


def test_environment_is_ours_and_a_little_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTIA_PACKAGES", "/somebody/elses")
    env = environment(site(environment={"FROM_DOTENV": "1"}), RUNNER, "lang-1", None)
    assert env["PATH"] == os.environ["PATH"]
    assert (env["FROM_DOTENV"], env["MOTIA_WORKER"], env["MOTIA_SDK"], env["MOTIA_CACHE"]) == (
        "1",
        "lang-1",
        "/sdk/lang",
        "/cache",
    )
    assert "MOTIA_PACKAGES" not in env
    assert environment(site(), RUNNER, "lang-1", Path("/p"))["MOTIA_PACKAGES"] == "/p"


def test_initialize_names_the_limits() -> None:
    sent = msgspec.json.decode(
        initialize(site(mode="test"), RUNNER, "lang-1", knobs.Pool(max_in_flight=7, load_timeout=0.5))
    )
    assert sent["limits"] == {"frame": 70_000, "spill": knobs.Wire().spill, "depth": 100, "inFlight": 7, "loadMs": 500}
    assert (sent["protocol"], sent["worker"], sent["parentPid"], sent["mode"], sent["runDir"]) == (
        1,
        "lang-1",
        os.getpid(),
        "test",
        "/run_dir",
    )


def test_greetings() -> None:
    good = Raw(b'{"protocol":1,"runnerVersion":"0","runtime":"lang 1","pid":1,"more":true}')
    assert greeted(good).runtime == "lang 1"
    with pytest.raises(VersionMismatch, match="speaks protocol 2"):
        greeted(Raw(bytes(good).replace(b":1,", b":2,", 1)))
    with pytest.raises(RemoteProtocolError, match="answered initialize wrongly"):
        greeted(Raw(b"null"))


def test_refusals() -> None:
    assert type(refused(ErrorObject(1017, "no"))) is VersionMismatch
    assert type(refused(ErrorObject(-32603, "no"))) is RemoteProtocolError
