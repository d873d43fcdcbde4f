"""Which files are looked at, in which order, and which never."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from motia_core.steps.discovery import Candidate, discover, role_of, walk

LANGUAGES = {
    "node": {
        ".ts": "typescript",
        ".mts": "typescript",
        ".cts": "typescript",
        ".js": "javascript",
        ".mjs": "javascript",
        ".cjs": "javascript",
    },
    "python": {".py": "python"},
    "ruby": {".rb": "ruby"},
}
LEFT_OUT = {"node_modules", "__tests__", "__pycache__"}


def plant(root: Path, *files: str) -> Path:
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return root


def found(root: Path) -> list[str]:
    return [candidate.file for candidate in discover(root, LANGUAGES, LEFT_OUT).candidates]


@pytest.mark.rows(49, 54, 56, 65)
@pytest.mark.parametrize(
    ("file", "role"),
    [
        ("steps/a.step.ts", "step"),
        ("steps/handler.step.js", "step"),
        ("steps/daily-report.step.js", "step"),
        ("src/deep/er/a_step.py", "step"),
        ("src/a.step.py", "step"),
        ("src/02-vision_step.py", "step"),
        ("steps/a.step.mts", "step"),
        ("steps/a.step.cts", "step"),
        ("steps/a_step.mjs", "step"),
        ("steps/a.step.cjs", "step"),
        ("steps/a_step.js", "step"),
        ("steps/a.step.rb", "step"),
        ("src/a.stream.ts", "stream"),
        ("src/a_stream.py", "stream"),
        ("src/a.stream.py", "stream"),
        ("motia/steps/a.step.ts", "step"),
        ("motia/steps/users/create-user.ts", "maybe"),
        ("motia/steps/ai/analyze.py", "maybe"),
        ("handler.step.js", "step"),
        ("orders_stream.rb", "stream"),
    ],
)
def test_a_candidate(tmp_path: Path, file: str, role: str) -> None:
    [candidate] = discover(plant(tmp_path, file), LANGUAGES).candidates
    assert (candidate.file, candidate.role) == (file, role)


@pytest.mark.rows(52, 70)
@pytest.mark.parametrize(
    "file",
    [
        "steps/helper.ts",
        "steps/a.step.tsx",
        "steps/a.step.jsx",
        "steps/a.step.d.ts",
        "steps/a.step.test.ts",
        "steps/a.step.spec.js",
        "steps/_step.py",
        "steps/step.ts",
        "steps/.step.ts",
        "steps/mystep.ts",
        "steps/a.step.go",
        "steps/a.step.ts.bak",
        "steps/node_modules/x/a.step.ts",
        "src/.hidden/a.step.ts",
        "src/__tests__/a.step.ts",
        "src/tests/a_step.py",
        "src/__pycache__/a_step.py",
        "lib/a.step.ts",
        "web/a.step.ts",
        "steps/processor.test.js",
        "steps/integration.test.js",
        "motia/events/a.step.ts",
        "motia/workflows/a.ts",
        "motia/a.step.ts",
        "services/a_step.py",
        "motia/steps/types.d.ts",
        "motia/steps/create.test.ts",
        "helper.js",
    ],
)
def test_not_a_candidate(tmp_path: Path, file: str) -> None:
    assert found(plant(tmp_path, file)) == []


def test_runner_and_language_come_from_the_manifests(tmp_path: Path) -> None:
    plant(tmp_path, "steps/a.step.zz", "steps/b.step.ts")
    [only] = discover(tmp_path, {"zed": {".zz": "zedlang"}}).candidates
    assert only == Candidate("steps/a.step.zz", "step", "zed", "zedlang")


def test_sorted_over_all_roots(tmp_path: Path) -> None:
    plant(tmp_path, "steps/b.step.ts", "steps/B.step.ts", "steps/a/z.step.ts", "src/z.step.ts", "a.step.js")
    assert found(tmp_path) == sorted(found(tmp_path))
    assert found(tmp_path)[0] == "a.step.js"


def test_an_empty_or_missing_project(tmp_path: Path) -> None:
    assert found(tmp_path) == []
    assert found(tmp_path / "nowhere") == []


def test_the_forgotten_half_of_a_renaming_is_ignored(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "src/a.step.py",
        "src/a_step.py",
        "src/b.stream.py",
        "src/b_stream.py",
        "src/c.step.py",
        "src/c.step.ts",
    )
    answer = discover(tmp_path, LANGUAGES)
    assert [one.file for one in answer.candidates] == [
        "src/a_step.py",
        "src/b_stream.py",
        "src/c.step.py",
        "src/c.step.ts",
    ]
    assert [(one.code, one.file) for one in answer.problems] == [
        ("shadowed", "src/a.step.py"),
        ("shadowed", "src/b.stream.py"),
    ]
    assert "src/a_step.py" in answer.problems[0].message


def test_a_test_beside_its_step(tmp_path: Path) -> None:
    plant(tmp_path, "src/a_step.py", "src/test_a_step.py", "src/test_mail_step.py")
    assert found(tmp_path) == ["src/a_step.py", "src/test_mail_step.py"]


def test_link_loops_end_and_links_are_followed_once(tmp_path: Path) -> None:
    plant(tmp_path, "steps/real/a.step.ts", "shared/b.step.ts")
    (tmp_path / "steps/real/loop").symlink_to(tmp_path / "steps")
    (tmp_path / "steps/linked").symlink_to(tmp_path / "shared")
    (tmp_path / "steps/gone.step.ts").symlink_to(tmp_path / "nowhere")
    (tmp_path / "steps/c.step.ts").symlink_to(tmp_path / "shared/b.step.ts")
    assert found(tmp_path) == ["steps/c.step.ts", "steps/linked/b.step.ts", "steps/real/a.step.ts"]


def test_two_links_to_one_folder_agree_everywhere(tmp_path: Path) -> None:
    plant(tmp_path, "shared/b.step.ts")
    (tmp_path / "src").mkdir()
    for name in ("z", "a", "m"):
        (tmp_path / "src" / name).symlink_to(tmp_path / "shared")
    assert found(tmp_path) == ["src/a/b.step.ts"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_folder_is_told(tmp_path: Path) -> None:
    plant(tmp_path, "steps/locked/a.step.ts", "steps/b.step.ts")
    (tmp_path / "steps/locked").chmod(0)
    try:
        answer = discover(tmp_path, LANGUAGES)
    finally:
        (tmp_path / "steps/locked").chmod(0o755)
    assert [one.file for one in answer.candidates] == ["steps/b.step.ts"]
    assert [one.code for one in answer.problems] == ["unreadable"]


def test_a_name_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    plant(tmp_path, "src/b_step.py")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path / "src") + b"/\xff_step.py")).write_text("")
    except OSError:
        pytest.skip("this file system holds UTF-8 names only")
    answer = discover(tmp_path, LANGUAGES)
    assert [one.file for one in answer.candidates] == ["src/b_step.py"]
    assert [one.code for one in answer.problems] == ["unreadable"]
    answer.problems[0].message.encode()


def test_walk_gives_every_folder_with_its_files(tmp_path: Path) -> None:
    plant(tmp_path, "src/b.txt", "src/a.txt", "src/x/c.txt", "src/node_modules/d.txt")
    assert list(walk(tmp_path, "src", LEFT_OUT)) == [("src", ["a.txt", "b.txt"]), ("src/x", ["c.txt"])]


@pytest.mark.parametrize(
    ("stem", "role"),
    [("a.step", "step"), ("a_stream", "stream"), ("a", None), ("step", None), ("_step", None), ("a-step", None)],
)
def test_role(stem: str, role: str | None) -> None:
    assert role_of(stem) == role
