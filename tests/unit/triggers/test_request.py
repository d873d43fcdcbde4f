"""Headers, client addresses and the wire form of a request."""

from __future__ import annotations

import msgspec
import pytest
from multidict import CIMultiDict

from motia_core.protocol.requests import HttpInput
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.request import Client, Proxies, encode, headers_of, query_of, told


def test_headers_are_lower_case_and_joined() -> None:
    sent = CIMultiDict([("Host", "h"), ("X-A", "1"), ("x-a", "2"), ("Cookie", "a=1"), ("COOKIE", "b=2"), ("A", "")])
    assert headers_of(sent) == {"host": "h", "x-a": "1, 2", "cookie": "a=1; b=2", "a": ""}


def test_set_cookie_is_always_a_list() -> None:
    assert headers_of({"Set-Cookie": "a", "a": "", "b": ""})["set-cookie"] == ["a"]
    twice = CIMultiDict([("set-cookie", "a"), ("set-cookie", "b"), ("host", "h")])
    assert headers_of(twice) == {"set-cookie": ["a", "b"], "host": "h"}


def test_headers_cannot_pass_for_wire_values() -> None:
    assert headers_of({"$bytes": "AAAA"}) == {"$$bytes": "AAAA"}
    assert headers_of({"$file": "/etc/passwd", "size": "1"}) == {"$$file": "/etc/passwd", "size": "1"}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("motia_session=1.ab", None),
        ("a=1; motia_session=1.ab; b=2", "a=1; b=2"),
        ("a=1;motia_session=1.ab", "a=1"),
        ("a=motia_session; motia_sessions=2", "a=motia_session; motia_sessions=2"),
        (" motia_session = 1", None),
    ],
)
def test_nobody_is_told_the_session_of_the_workbench(sent: str, kept: str | None) -> None:
    assert told({"host": "h", "cookie": sent}) == {"host": "h", **({} if kept is None else {"cookie": kept})}
    assert told({"host": "h"}) == {"host": "h"}


def test_queries_cannot_pass_for_wire_values() -> None:
    assert query_of("a[$bytes]=AAAA&b[%24file]=x", 10) == {"a": {"$$bytes": "AAAA"}, "b": {"$$file": "x"}}
    assert query_of("a=$bytes", 10) == {"a": "$bytes"}
    with pytest.raises(Refusal):
        query_of("a=1&b=2", 1)


def test_what_is_no_utf8_is_read_as_latin_1() -> None:
    odd = b"\xe9".decode("utf-8", "surrogateescape")
    made = HttpInput(
        method="GET", path=f"/{odd}", url="u", headers={"a": odd, "b": [odd]}, params={"p": odd}, query={odd: [odd, {"k": odd}]}
    )  # fmt: skip
    told = msgspec.json.decode(encode(made))
    assert (told["path"], told["headers"], told["params"]) == ("/é", {"a": "é", "b": ["é"]}, {"p": "é"})
    assert told["query"] == {"é": ["é", {"k": "é"}]}


NEAR = {
    "x-forwarded-for": "1.1.1.1, 10.0.0.9, 2.2.2.2",
    "x-forwarded-proto": "https, http",
    "x-forwarded-host": "shop.test",
}


@pytest.mark.parametrize(
    ("trust", "peer", "expected"),
    [
        ([], "10.0.0.1", Client("10.0.0.1", direct=False)),
        (["10.0.0.1"], "9.9.9.9", Client("9.9.9.9", direct=False)),
        (["10.0.0.1"], "10.0.0.1", Client("2.2.2.2", "https", "shop.test", direct=False)),
        (["10.0.0.0/8", "2.2.2.2"], "10.0.0.1", Client("1.1.1.1", "https", "shop.test", direct=False)),
        (["*"], "::1", Client("1.1.1.1", "https", "shop.test", direct=False)),
        (["uniquelocal"], "fd00::1%eth0", Client("2.2.2.2", "https", "shop.test", direct=False)),
    ],
)
def test_forwarded_headers(trust: list[str], peer: str, expected: Client) -> None:
    assert Proxies(trust).client(peer, dict(NEAR)) == expected


def test_addresses_as_proxies_write_them() -> None:
    trusted = Proxies(["loopback"])
    for written, ip in (
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("1.2.3.4:5", "1.2.3.4"),
        ("unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
    ):
        assert trusted.client("127.0.0.1", {"x-forwarded-for": written}).ip == ip


def test_loopback_is_direct_only() -> None:
    assert Proxies([]).client("127.0.0.1", {}).is_loopback
    assert Proxies([]).client("::1", {}).is_loopback
    assert not Proxies([]).client("127.0.0.1", {"x-forwarded-for": "1.1.1.1"}).is_loopback
    assert not Proxies([]).client("127.0.0.1", {"forwarded": "for=1.1.1.1"}).is_loopback
    assert not Proxies([]).client("10.0.0.1", {}).is_loopback


def test_a_bad_proxy_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Proxies(["nonsense"])
