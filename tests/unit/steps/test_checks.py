"""What looks wrong with a project as a whole."""

from __future__ import annotations

import pytest

from motia_core.problems import CODES, gravity
from motia_core.steps.registry import Settings, Snapshot

from .reports import API, project
from .test_registry import event, names


def codes(shot: Snapshot) -> list[str]:
    return [problem.code for problem in shot.problems]


def api(name: str, path: str, method: object = "GET", **rest: object) -> dict[str, object]:
    return {"type": "api", "name": name, "path": path, "method": method, **rest}


def test_of_two_steps_with_one_name_the_first_serves() -> None:
    shot = project({"src/b.step.ts": event("X", "t"), "src/a.step.ts": api("X", "/x"), "src/c.step.ts": event("Y")})
    assert [(step.name, step.file) for step in shot.steps] == [("X", "src/a.step.ts"), ("Y", "src/c.step.ts")]
    [problem] = shot.problems
    assert (problem.code, problem.file) == ("duplicate_name", "src/b.step.ts")
    assert "src/a.step.ts" in problem.message and "src/b.step.ts" in problem.message
    assert [(one.file, one.problem.code) for one in shot.broken] == [("src/b.step.ts", "duplicate_name")]
    assert shot.targets("t") == ()


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("GET", "/x"), ("GET", "/x"), True),
        (("get", "/x"), ("GET", "/x/"), True),
        (("GET", "/X"), ("GET", "/x"), True),
        (("GET", "/u/:id"), ("GET", "/u/:name"), True),
        (("*", "/x"), ("*", "/x"), True),
        ((["GET", "POST"], "/x"), (["POST", "PUT"], "/x"), True),
        (("GET", "/"), ("GET", "//"), True),
        (("GET", "/x"), ("POST", "/x"), False),
        (("*", "/x"), ("GET", "/x"), False),
        (("GET", "/u/:id"), ("GET", "/u/me"), False),
        (("GET", "/u/:id"), ("GET", "/u/:id/:x"), False),
        (("GET", "/u/:id(\\d+)"), ("GET", "/u/:id"), False),
        (("GET", "/u/:id?"), ("GET", "/u/:id"), False),
    ],
)
def test_of_two_steps_with_one_route_the_first_serves(
    first: tuple[object, str], second: tuple[object, str], same: bool
) -> None:
    shot = project({"src/a.step.ts": api("A", first[1], first[0]), "src/b.step.ts": api("B", second[1], second[0])})
    assert codes(shot) == (["duplicate_route"] if same else [])
    assert names(shot.steps) == (["A"] if same else ["A", "B"])
    if same:
        assert "src/a.step.ts" in shot.problems[0].message and "src/b.step.ts" in shot.problems[0].message


def test_of_two_streams_with_one_name_the_first_serves() -> None:
    shot = project({"src/b.stream.ts": {"name": "s"}, "src/a.stream.ts": {"name": "s"}})
    assert shot.streams["s"].file == "src/a.stream.ts"
    assert codes(shot) == ["duplicate_stream"]
    assert [one.file for one in shot.broken] == ["src/b.stream.ts"]


def test_noop_steps_may_share_a_name() -> None:
    noop = {"type": "noop", "name": "Webhook", "virtualEmits": ["x"]}
    shot = project({"src/a.step.ts": noop, "src/b.step.ts": noop, "src/c.step.ts": event("Webhook")})
    assert (codes(shot), names(shot.steps), shot.by_name["Webhook"].kind) == ([], ["Webhook"] * 3, "event")


@pytest.mark.parametrize(
    ("emits", "others", "wanted"),
    [
        (["t"], [event("B", "t")], []),
        (["t"], [event("t")], []),
        (["t"], [event("B", "*")], []),
        (["t"], [{"type": "noop", "name": "N", "virtualSubscribes": ["t"]}], []),
        (["ordr"], [event("B", "order", emits=[])], ["unheard_topic"]),
        (["t", "u"], [], ["unheard_topic", "unheard_topic"]),
        ([], [], []),
        (None, [], []),
    ],
)
def test_topics_nobody_hears(emits: object, others: list[object], wanted: list[str]) -> None:
    files: dict[str, object] = {"src/a.step.ts": {**API, "name": "A", "emits": emits}}
    shot = project(files | {f"src/o{number}.step.ts": other for number, other in enumerate(others)})
    assert codes(shot) == wanted
    if emits == ["ordr"]:
        assert "did you mean `order`?" in shot.problems[0].hint


def test_topics_nobody_says_they_emit() -> None:
    files: dict[str, object] = {
        "src/b.step.ts": event("C", "u", emits=["u"]),
        "src/c.step.ts": event("B", "t", emits=["u"]),
    }
    assert codes(project({**files, "src/a.step.ts": {**API, "name": "A", "emits": ["u"]}})) == ["unfed_topic"]
    # Whoever leaves `emits` out may emit anything.
    assert codes(project({**files, "src/a.step.ts": {**API, "name": "A"}})) == []


def test_a_bad_cron_is_listed_and_not_scheduled() -> None:
    files: dict[str, object] = {
        "src/a.step.ts": {"type": "cron", "name": "A", "cron": "61 * * * *"},
        "src/b.step.ts": {"type": "cron", "name": "B", "cron": "@daily", "timezone": "Europe/Pariss"},
        "src/c.step.ts": {"type": "cron", "name": "C", "cron": "@daily"},
    }
    shot = project(files)
    assert (codes(shot), names(shot.crons), names(shot.steps)) == (["bad_cron", "bad_cron"], ["C"], ["A", "B", "C"])
    assert "bad minute '61'" in shot.problems[0].message
    assert "Europe/Paris" in shot.problems[1].hint
    assert codes(project(files, settings=Settings(timezone="Mars/Base")))[-1] == "bad_cron"


def test_failure_steps_must_exist() -> None:
    shot = project(
        {"src/a.step.ts": event("A", "t", onFailure="Refnd"), "src/b.step.ts": event("Refund", onFailure="refund")}
    )
    assert codes(shot) == ["unknown_on_failure"]
    assert "did you mean `Refund`?" in shot.problems[0].hint
    assert codes(project({}, settings=Settings(on_failure="x"))) == ["unknown_on_failure"]


def test_a_missing_runtime_is_told_once() -> None:
    shot = project({"src/a.step.ts": "runtime", "src/b.step.ts": {**API, "name": "B"}})
    assert codes(shot) == ["runtime"]
    from motia_core.protocol.requests import FileReport, SourceError
    from motia_core.steps.registry import build

    from .reports import candidate

    files = ["src/a.step.ts", "src/b.step.ts"]
    error = SourceError(code="runtime", message="install it")
    both = build([candidate(file) for file in files], [FileReport(file=file, error=error) for file in files])
    assert [problem.message for problem in both.problems] == ["install it (2 files not served)"]
    assert [one.file for one in both.broken] == files


def test_every_finding_has_an_entry_in_the_table() -> None:
    for code in ("duplicate_name", "duplicate_route", "duplicate_stream", "unheard_topic", "unfed_topic", "bad_cron"):
        assert code in CODES
    for code in ("unknown_on_failure", "unknown_route_step", "runtime", "not_described"):
        assert code in CODES


def test_gravity() -> None:
    [unheard] = project({"src/a.step.ts": {**API, "name": "A", "emits": ["t"]}}).problems
    assert gravity(unheard) == "warning"
    import msgspec

    assert gravity(msgspec.structs.replace(unheard, code="made_up_later")) == "error"
