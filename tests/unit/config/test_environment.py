"""Variables: every knob has one, the usual ones, old and unknown ones, and `.env`."""

from __future__ import annotations

from pathlib import Path

import pytest

from motia_core.config.environment import apply_dotenv, layer, read_dotenv, variables
from motia_core.config.merge import convert, settle
from motia_core.errors import ConfigError

OLD_NAMES = (
    *(
        "PROJECT_NAME",
        "API_KEY",
        "ENVIRONMENT_ID",
        "DISABLE_MEMORY_SERVER",
        "PYTHON_VERSION",
        "PLATFORM",
        "ONLY_BINARY",
    ),
    *("REDIS_PORT", "REDIS_PASSWORD", "REDIS_USERNAME", "REDIS_DB"),
)


def config(environ: dict[str, str], mode: str = "dev"):  # type: ignore[no-untyped-def]
    layers, problems = layer(environ, mode)
    assert problems == []
    made, errors = convert(settle(layers))
    assert errors == []
    return made


def test_every_knob_has_a_variable() -> None:
    found = {name: key for name, (key, _) in variables().items()}
    assert found["MOTIA_QUEUE_MAX_RETRIES"] == "queue.maxRetries"
    assert found["MOTIA_WORKERS_NODE_MAX_IN_FLIGHT"] == "workers.node.maxInFlight"
    assert found["MOTIA_WORKBENCH_BASE"] == "workbench.base"
    assert len(set(found.values())) == len(found) > 100


@pytest.mark.rows(28)
@pytest.mark.parametrize(
    ("environ", "path", "wanted"),
    [
        ({"PORT": "8080"}, "port", 8080),
        ({"PORT": "8080", "MOTIA_PORT": "9090"}, "port", 9090),
        ({"PORT": ""}, "port", 3000),
        # What Kubernetes sets for a service called "motia".
        ({"MOTIA_PORT": "tcp://10.0.0.1:80", "MOTIA_SERVICE_HOST": "10.0.0.1"}, "port", 3000),
        ({"MOTIA_SERVICE_PORT_HTTP": "80", "MOTIA_PORT_80_TCP_ADDR": "10.0.0.1"}, "port", 3000),
        ({"HOST": "0.0.0.0"}, "host", "0.0.0.0"),
        ({"LOG_LEVEL": "DEBUG"}, "log_level", "debug"),
        ({"LOG_LEVEL": "warning"}, "log_level", "warn"),
        ({"LOG_LEVEL": "critical"}, "log_level", "error"),
        ({"LOG_FORMAT": "JSON"}, "log_format", "json"),
        ({"MOTIA_STRICT_EMITS": "true"}, "strict_emits", True),
        ({"MOTIA_STRICT_EMITS": "0"}, "strict_emits", False),
        ({"MOTIA_QUEUE_LEASE": "2.5"}, "queue.lease", 2.5),
        ({"MOTIA_WORKBENCH_PORT": "0"}, "workbench.port", 0),
        ({"MOTIA_CORS_ORIGINS": "https://a, https://b,"}, "cors.origins", ["https://a", "https://b"]),
        ({"MOTIA_ROUTES": '{"/x": "y"}'}, "routes", {"/x": "y"}),
        ({"MOTIA_VALIDATION_HTTP": "off"}, "validation.http", "off"),
        ({"MOTIA_ON_FAILURE": "tell"}, "on_failure", "tell"),
        ({"MOTIA_DOCKER_DISABLE_WORKBENCH": "true"}, "workbench.enabled", None),
        ({"MOTIA_TUTORIAL_DISABLED": "true"}, "port", 3000),
    ],
)
def test_what_a_variable_sets(environ: dict[str, str], path: str, wanted: object) -> None:
    value: object = config(environ)
    for part in path.split("."):
        value = getattr(value, part)
    assert value == wanted


@pytest.mark.rows(128)
@pytest.mark.parametrize(
    ("value", "enabled"), [("true", False), ("1", False), ("please", False), ("false", None), ("0", None), ("", None)]
)
def test_the_workbench_is_switched_off_in_start(value: str, enabled: bool | None) -> None:
    assert config({"MOTIA_DOCKER_DISABLE_WORKBENCH": value}, "start").workbench.enabled is enabled


@pytest.mark.parametrize(
    ("name", "code", "hint"),
    [
        ("MOTIA_REDIS_HOST", "old_variable", ""),
        ("MOTIA_ANALYTICS_DISABLED", "old_variable", ""),
        *((f"MOTIA_{name}", "old_variable", "") for name in OLD_NAMES),
        ("MOTIA_QUEUE_MAX_RETRYS", "unknown_variable", "did you mean `MOTIA_QUEUE_MAX_RETRIES`?"),
        ("MOTIA_ZZZZZZ", "unknown_variable", ""),
    ],
)
def test_variables_without_effect(name: str, code: str, hint: str) -> None:
    layers, [problem] = layer({name: "1"}, "dev")
    assert (layers, problem.code, problem.hint) == ([], code, hint)
    assert name in problem.message
    assert layer({name: ""}, "dev") == ([], [])


def test_variables_of_old_motia_that_count_are_no_problem() -> None:
    names = ("MOTIA_WORKBENCH_BASE", "MOTIA_DOCKER_DISABLE_WORKBENCH", "MOTIA_TUTORIAL_DISABLED")
    assert layer(dict.fromkeys(names, "1"), "start")[1] == []


@pytest.mark.parametrize("name", ["LOG_LEVEL", "LOG_FORMAT"])
def test_a_level_or_format_that_does_not_exist(name: str) -> None:
    layers, [problem] = layer({name: "loud"}, "dev")
    assert (layers, problem.code) == ([], "bad_variable")


def test_a_bad_port_names_its_variable() -> None:
    layers, _ = layer({"PORT": "eighty"}, "dev")
    assert convert(settle(layers)) == (None, ["port: expected int, got str (PORT)"])


def test_a_map_must_be_json() -> None:
    with pytest.raises(ConfigError, match="MOTIA_ROUTES: a JSON object is needed"):
        layer({"MOTIA_ROUTES": "/x=y"}, "dev")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A=1\nB = two words \n", {"A": "1", "B": "two words"}),
        ("# no\n\nexport A=1 # why\n", {"A": "1"}),
        ('A=\'x # y\'\nB="l1\\nl2"\nC="a\nb"\n', {"A": "x # y", "B": "l1\nl2", "C": "a\nb"}),
        ("A=$HOME/${B}\n", {"A": "$HOME/${B}"}),
        ("A=\nB\n", {"A": ""}),
        ("URL=postgres://u:p@h/d?x=1&y=2\n", {"URL": "postgres://u:p@h/d?x=1&y=2"}),
        ("A=é\n", {"A": "é"}),
    ],
)
def test_dotenv(tmp_path: Path, text: str, wanted: dict[str, str]) -> None:
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    assert read_dotenv(tmp_path) == wanted


def test_no_dotenv(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path) == {}
    (tmp_path / ".env").mkdir()
    assert read_dotenv(tmp_path) == {}


def test_an_unreadable_dotenv_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\n")
    with pytest.raises(ConfigError, match=r"\.env cannot be read"):
        read_dotenv(tmp_path)


def test_real_variables_win_and_a_later_dotenv_replaces_an_earlier() -> None:
    environ = {"REAL": "r"}
    first = apply_dotenv({"REAL": "x", "A": "1", "B": "1"}, environ)
    assert (first, environ) == ({"A": "1", "B": "1"}, {"REAL": "r", "A": "1", "B": "1"})
    second = apply_dotenv({"A": "2", "C": "3"}, environ, first)
    assert (second, environ) == ({"A": "2", "C": "3"}, {"REAL": "r", "A": "2", "C": "3"})
    environ["A"] = "set by hand"
    assert apply_dotenv({"A": "4"}, environ, second) == {}
    assert environ == {"REAL": "r", "A": "set by hand"}
