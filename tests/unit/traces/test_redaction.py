"""What is taken out of recorded values, and what is left alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import Raw

from motia_core.traces.redaction import REDACTED, Redactor

R = REDACTED


def through(value: Any, *names: str) -> Any:
    return json.loads(bytes(Redactor(names).json(Raw(json.dumps(value).encode()))))


@pytest.mark.parametrize(
    "key",
    [
        "password", "Password", "user_password", "newPassword", "PASSWORD_HASH", "secret", "clientSecret", "token",
        "access-token", "refreshToken", "apiKey", "API_KEY", "x-api-key", "api key", "apikey", "authorization",
        "Authorization", "Proxy-Authorization", "cookie", "Set-Cookie", "set_cookie",
    ],
)  # fmt: skip
def test_keys_that_name_secrets(key: str) -> None:
    assert through({key: "x", "b": 1}) == {key: R, "b": 1}
    assert through([{"deep": {key: {"a": [1]}}}]) == [{"deep": {key: R}}]
    assert through({key: 12345}) == {key: R}


@pytest.mark.parametrize("key", ["pass", "author", "cookieConsent", "key", "api", "monkey", "keyapi", "name"])
def test_keys_that_do_not(key: str) -> None:
    assert through({key: "x"}) == {key: "x"}


def test_a_key_in_any_spelling_of_json() -> None:
    assert json.loads(bytes(Redactor().json(Raw(b'{"pass\\u0077ord":"x"}')))) == {"password": R}
    assert json.loads(bytes(Redactor().json(Raw(b'{"pass\\/word":"x"}')))) == {"pass/word": R}


def test_whether_there_is_a_secret_is_told() -> None:
    assert through({"password": None, "hasToken": True, "secret": False}) == {
        "password": None,
        "hasToken": True,
        "secret": False,
    }


def test_names_and_paths_come_beside_the_defaults() -> None:
    value = {"ssn": "1", "email": "open", "customer": {"email": "shut", "name": "n"}, "password": "p"}
    hidden = {"ssn": R, "email": "open", "customer": {"email": R, "name": "n"}, "password": R}
    assert through(value, "SSN", "customer.e-mail") == hidden
    assert through({"data": value}, "ssn", "customer.email") == {"data": hidden}
    assert through({"customer": [{"email": 1}, {"email": 2}]}, "customer.email") == {
        "customer": [{"email": R}, {"email": R}]
    }
    assert through({"card": {"no": 1, "cvc": 2}, "no": 3}, "card.*") == {"card": {"no": R, "cvc": R}, "no": 3}
    assert through({"a": {"b": {"c": 1}}, "b": {"c": 2}}, "a.*.c") == {"a": {"b": {"c": R}}, "b": {"c": 2}}


def test_what_holds_no_secret_is_the_same_text() -> None:
    text = b'{"amount":1.50,"big":123456789012345678901234567890,"t":"a\\u0000"}'
    assert bytes(Redactor().json(Raw(text))) == text
    value = {"a": [{"b": 1}]}
    assert Redactor(["x.y"]).value(value) is value


def test_what_cannot_be_read_is_not_let_through() -> None:
    assert bytes(Redactor().json(Raw(b'{"password": "x"'))) == f'"{R}"'.encode()
