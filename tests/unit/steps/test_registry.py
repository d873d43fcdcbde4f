"""Snapshots: what is served, who hears a topic, how a step is found, and what happens to broken files."""

from __future__ import annotations

import pytest

from motia_core.steps.registry import Definitions, Registry, Settings, Snapshot, build

from .reports import API, candidate, project
from .reports import file as report_of


def event(name: str, *topics: str, **rest: object) -> dict[str, object]:
    return {"type": "event", "name": name, "subscribes": list(topics), **rest}


def names(found: tuple[object, ...]) -> list[str]:
    return [one.name for one in found]  # type: ignore[attr-defined]


def test_a_project() -> None:
    shot = project(
        {
            "src/b_step.py": event("B", "t", "u"),
            "src/a.step.ts": {**API, "name": "A"},
            "src/c.step.ts": {"type": "cron", "name": "C", "cron": "@daily"},
            "src/d.step.ts": {"type": "noop", "name": "D", "virtualEmits": ["x"]},
            "src/e.stream.ts": {"name": "E"},
            "src/f.step.ts": event("F", "t"),
            "src/g.step.ts": event("G", "*"),
        },
        number=7,
    )
    assert shot.number == 7
    assert names(shot.steps) == ["A", "B", "C", "D", "F", "G"]
    assert sorted(shot.by_name) == ["A", "B", "C", "F", "G"]
    assert {topic: names(steps) for topic, steps in shot.by_topic.items()} == {"t": ["B", "F"], "u": ["B"]}
    assert (names(shot.all_topics), names(shot.crons), list(shot.streams)) == (["G"], ["C"], ["E"])
    assert (shot.problems, shot.broken) == ((), ())


def test_targets() -> None:
    shot = project(
        {
            "src/a.step.ts": event("A", "t"),
            "src/b.step.ts": event("B", "t"),
            "src/c.step.ts": event("t"),
            "src/d.step.ts": event("alone"),
            "src/e.step.ts": event("all", "*", "t"),
            "src/f.step.ts": {**API, "name": "api"},
        }
    )
    assert names(shot.targets("t")) == ["A", "B", "all"]
    # Nobody subscribes to `alone`, so it reaches the step of that name; other kinds are not reached by name.
    assert names(shot.targets("alone")) == ["alone", "all"]
    assert names(shot.targets("api")) == ["all"]
    assert names(shot.targets("nothing")) == ["all"]
    assert names(shot.targets("all")) == ["all"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SendMail", "SendMail"),
        ("send-mail", "SendMail"),
        ("send_mail", "SendMail"),
        ("sendMail", "SendMail"),
        ("Send Mail", "SendMail"),
        ("SENDMAIL", "SendMail"),
        ("mailer", "SendMail"),
        ("Mailer", "SendMail"),
        ("src/mailer.step.ts", "SendMail"),
        ("api_v2", "APIv2"),
        ("nope", None),
        ("", None),
        ("-", None),
        ("twin", None),
        ("draw", "draw"),
    ],
)
def test_find(text: str, wanted: str | None) -> None:
    shot = project(
        {
            "src/mailer.step.ts": event("SendMail"),
            "src/x_step.py": event("APIv2"),
            "src/one/twin.step.ts": event("One"),
            "src/two/twin.step.ts": event("Two"),
            "src/n.step.ts": {"type": "noop", "name": "draw", "virtualEmits": ["x"]},
        }
    )
    found = shot.find(text)
    assert (found.name if found else None) == wanted
    if text == "twin":
        assert names(shot.matches(text)) == ["One", "Two"]
    step = shot.by_name["SendMail"]
    assert shot.find(step.id) == step


def test_an_exact_name_beats_a_file_of_that_name() -> None:
    shot = project({"src/a.step.ts": event("b"), "src/b.step.ts": event("a")})
    assert [shot.find(text).file for text in ("a", "b")] == ["src/b.step.ts", "src/a.step.ts"]  # type: ignore[union-attr]


def test_who_is_told_of_a_failure() -> None:
    files: dict[str, object] = {
        "src/a.step.ts": event("A", "t", onFailure="refund-order"),
        "src/b.step.ts": event("B", "t"),
        "src/c.step.ts": event("RefundOrder"),
        "src/d.step.ts": {**API, "name": "api"},
    }
    by_step = project(files)
    assert by_step.failure_step(by_step.by_name["A"]) is by_step.by_name["RefundOrder"]
    assert by_step.failure_step(by_step.by_name["B"]) is None
    by_project = project(files, settings=Settings(on_failure="RefundOrder"))
    assert by_project.failure_step(by_project.by_name["B"]) is by_project.by_name["RefundOrder"]
    assert by_project.failure_step(by_project.by_name["RefundOrder"]) is None
    by_default = project({**files, "src/e.step.ts": event("handle-step-error")})
    assert by_default.failure_step(by_default.by_name["B"]) is by_default.by_name["handle-step-error"]
    to_api = project(files, settings=Settings(on_failure="api"))
    assert to_api.failure_step(to_api.by_name["B"]) is None


def test_a_broken_file_serves_what_it_held_before() -> None:
    first = project(
        {"src/a.step.ts": {**API, "name": "A"}, "src/b.step.ts": event("B", "t"), "src/c.step.ts": event("C")}
    )
    files: dict[str, object] = {"src/a.step.ts": "syntax", "src/b.step.ts": "import", "src/c.step.ts": event("C")}
    second = project(files, previous=first, number=2)
    third = project(files, previous=second, number=3)
    for shot, number in ((second, 2), (third, 3)):
        assert [(step.name, step.snapshot) for step in shot.steps] == [("A", 1), ("B", 1), ("C", number)]
        assert [(one.file, one.problem.code, one.steps, one.serving) for one in shot.broken] == [
            ("src/a.step.ts", "syntax", (), True),
            ("src/b.step.ts", "import", (), True),
        ]
        assert names(shot.targets("t")) == ["B"]
    assert [problem.code for problem in third.problems] == ["syntax", "import"]
    cured = project({"src/b.step.ts": event("B", "u")}, previous=third, number=4)
    assert (cured.broken, names(cured.targets("t")), names(cured.targets("u"))) == ((), [], ["B"])
    assert [step.snapshot for step in cured.steps] == [4]


def test_a_file_that_was_never_whole_serves_nothing() -> None:
    shot = project({"src/a.step.ts": "syntax"}, previous=Snapshot(), number=2)
    assert [(one.steps, one.serving) for one in shot.broken] == [((), False)]


def test_a_name_that_another_file_takes_meanwhile_is_lost_to_the_broken_one() -> None:
    first = project({"src/b.step.ts": event("B", "t")})
    second = project({"src/a.step.ts": event("B", "t"), "src/b.step.ts": "syntax"}, previous=first, number=2)
    assert [step.file for step in second.steps] == ["src/a.step.ts"]
    assert [(names(one.steps), one.serving) for one in second.broken] == [(["B"], False)]
    third = project({"src/b.step.ts": "syntax"}, previous=second, number=3)
    assert [names(one.steps) for one in third.broken] == [["B"]], "its events still wait for the cure"
    assert names(third.targets("t")) == names(third.targets("B")) == ["B"]


def test_of_a_partly_broken_file_each_step_serves_its_last_good_version() -> None:
    first = project({"src/a.step.ts": [event("A", "t"), event("B", "t")]})
    second = project({"src/a.step.ts": [event("A", "t"), {"type": "?"}]}, previous=first, number=2)
    assert [(step.name, step.snapshot) for step in second.steps] == [("A", 2), ("B", 1)]
    assert [(one.steps, one.serving) for one in second.broken] == [((), True)]


def test_a_stream_of_a_broken_file_stays() -> None:
    first = project({"src/a.stream.ts": {"name": "S", "schema": {"type": "object"}}})
    second = project({"src/a.stream.ts": "syntax"}, previous=first, number=2)
    assert [(stream.name, stream.snapshot) for stream in second.streams.values()] == [("S", 1)]
    assert [one.serving for one in second.broken] == [True]


def test_a_file_keeps_the_snapshot_it_was_loaded_in() -> None:
    definitions = Definitions()
    reports = [report_of("src/a.step.ts", event("A")), report_of("src/b.step.ts", event("B"))]
    candidates = [candidate("src/a.step.ts"), candidate("src/b.step.ts")]
    first = build(candidates, reports, number=1, definitions=definitions)
    reports[1] = report_of("src/b.step.ts", event("B"))
    since = {"src/a.step.ts": 1, "src/b.step.ts": 2}
    second = build(candidates, reports, number=2, since=since, previous=first, definitions=definitions)
    assert [step.snapshot for step in second.steps] == [1, 2]
    assert second.steps[0] is first.steps[0], "not read again"


def test_dependencies_and_missing_reports() -> None:
    from motia_core.steps.registry import build

    from .reports import candidate, file

    report = file("src/a.step.ts", event("A"))
    import msgspec

    report = msgspec.structs.replace(report, dependencies=["src/lib.ts"])
    shot = build([candidate("src/b.step.ts"), candidate()], [report])
    assert shot.files == {"src/a.step.ts": ("src/lib.ts",), "src/b.step.ts": ()}
    assert [(one.file, one.problem.code) for one in shot.broken] == [("src/b.step.ts", "not_described")]


def test_further_routes_of_the_configuration() -> None:
    files: dict[str, object] = {
        "src/email-processor.step.js": {
            "type": "api",
            "name": "email-processor",
            "path": "/email-processor",
            "method": "*",
        },
        "src/b.step.ts": {"type": "api", "name": "B", "path": "/b", "method": ["GET", "POST"]},
    }
    routes = {"/webhook/email": "emailProcessor", "/b2": "B", "/b": "email-processor", "/x": "nobody", "y": "B"}
    shot = project(files, settings=Settings(routes=routes))
    assert [(r.method, r.path) for r in shot.by_name["email-processor"].routes] == [
        ("*", "/email-processor"),
        ("*", "/webhook/email"),
        ("*", "/b"),
    ]
    assert [(r.method, r.path) for r in shot.by_name["B"].routes] == [
        ("GET", "/b"),
        ("POST", "/b"),
        ("GET", "/b2"),
        ("POST", "/b2"),
    ]
    assert shot.by_name["B"] in shot.steps
    assert [problem.code for problem in shot.problems] == ["unknown_route_step", "unknown_route_step"]
    taken = project(files, settings=Settings(routes={"/b": "B", "/email-processor/": "email-processor"}))
    assert taken.problems == ()


def test_a_further_route_never_takes_a_steps_own() -> None:
    files: dict[str, object] = {
        "src/a.step.ts": {**API, "name": "A"},
        "src/b.step.ts": {"type": "api", "name": "B", "path": "/b", "method": "GET"},
    }
    shot = project(files, settings=Settings(routes={"/a": "B"}))
    assert [problem.code for problem in shot.problems] == ["duplicate_route"]
    assert [route.path for route in shot.by_name["B"].routes] == ["/b"]


def test_the_registry_tells_of_every_swap() -> None:
    registry = Registry()
    assert registry.current == Snapshot()
    heard: list[int] = []
    registry.on_change(lambda snapshot: heard.append(snapshot.number))
    registry.on_change(lambda snapshot: heard.append(-registry.current.number))
    registry.swap(Snapshot(number=4))
    assert heard == [4, -4]
    assert registry.current.number == 4
