"""Listening sockets: both loopbacks on one port, a few ports higher when one is busy, one clear line otherwise."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from motia_core.errors import PortBusy
from motia_core.web.ports import open_sockets


@contextmanager
def opened(hosts: list[str], port: int, *, climb: bool) -> Iterator[list[socket.socket]]:
    found = open_sockets(hosts, port, climb=climb)
    try:
        yield found
    finally:
        for one in found:
            one.close()


def test_one_port_for_all_hosts() -> None:
    with opened(["127.0.0.1", "::1"], 0, climb=True) as found:
        assert len({one.getsockname()[1] for one in found}) == 1
        assert found[0].getsockname()[0] == "127.0.0.1"


def test_a_busy_port() -> None:
    with opened(["127.0.0.1"], 0, climb=False) as found:
        port = found[0].getsockname()[1]
        with pytest.raises(PortBusy, match=f"port {port} is in use") as caught:
            open_sockets(["127.0.0.1"], port, climb=False)
        assert "--port" in caught.value.hint
        with opened(["127.0.0.1"], port, climb=True) as higher:
            assert port < higher[0].getsockname()[1] <= port + 9


def test_a_missing_loopback_is_left_out() -> None:
    with opened(["203.0.113.77", "127.0.0.1"], 0, climb=True) as found:
        assert [one.getsockname()[0] for one in found] == ["127.0.0.1"]
    with pytest.raises(PortBusy, match=r"cannot listen on 203\.0\.113\.77"):
        open_sockets(["203.0.113.77"], 0, climb=False)
