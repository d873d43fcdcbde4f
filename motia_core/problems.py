"""Every code a `Problem` may carry: how grave it is, what it means, what to do.

`docs/errors.md` shows this table and is tested against it. Codes are stable: tools and people search for them.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from motia_core.model import Problem

Gravity = Literal["error", "warning", "info"]


class Entry(Struct, frozen=True):
    """`error` = something does not run; `warning` = it runs, perhaps not as meant; `info` = good to know."""

    gravity: Gravity
    meaning: str
    cure: str


CODES: dict[str, Entry] = {
    # What a runner reports about a file (PROTOCOL.md, step.describe).
    "syntax": Entry("error", "The file has a syntax error", "Mend the line named"),
    "import": Entry("error", "The file raised an error while it was loaded", "See the stack; often a missing package"),
    "no_config": Entry("error", "The file exports no step", "Export `config` and `handler`, or a builder"),
    "no_handler": Entry("error", "The step has a config but nothing to run", "Export a function called `handler`"),
    "bad_config": Entry(
        "error", "A config key is missing or has a wrong value", "Mend the key named; see docs/steps.md"
    ),
    "bad_schema": Entry(
        "warning", "A schema cannot be expressed as JSON Schema and is left open", "Simplify the schema"
    ),
    "two_steps": Entry("error", "The file holds two default exports: this is two files", "Split the file"),
    "exit": Entry("error", "The file ended the process while it was loaded", "Do not exit at the top level"),
    "timeout": Entry("error", "The file did not finish loading in time", "Move slow work into the handler"),
    "dotted_name": Entry(
        "warning", "Other files cannot import a file of this name, and old Motia did not see it", "Rename it as told"
    ),
    # What discovery sees.
    "shadowed": Entry("warning", "`x.step` beside `x_step` with one extension: the first is ignored", "Delete one"),
    "unreadable": Entry("warning", "A folder or file cannot be read", "Mend its permissions"),
    "not_described": Entry("error", "The runner gave no report about the file", "Look at the runner's log"),
    "runtime": Entry("error", "The language's runtime is missing or too old", "Install it as the message says"),
    # What the checks find.
    "unknown_key": Entry("warning", "A key that nobody reads", "Correct its spelling or remove it"),
    "ignored_key": Entry("warning", "A known key that has no effect here", "Remove it"),
    "duplicate_name": Entry("error", "Two steps have one name; the first file in sorted order serves", "Rename one"),
    "duplicate_route": Entry("error", "Two steps have one route; the first file in sorted order serves", "Change one"),
    "duplicate_stream": Entry(
        "error", "Two streams have one name; the first file in sorted order serves", "Rename one"
    ),
    "unheard_topic": Entry(
        "warning", "A step emits a topic that no step subscribes to", "Subscribe to it, or correct it"
    ),
    "unfed_topic": Entry("info", "A step subscribes to a topic that no step says it emits", "Correct it if unintended"),
    "bad_cron": Entry("error", "The cron expression cannot be used; the step is not scheduled", "Mend the expression"),
    "unknown_on_failure": Entry("error", "`onFailure` names no event step", "Correct the name"),
    "unknown_route_step": Entry("error", "`routes` in the configuration names no API step", "Correct the name"),
    # What reading the configuration finds.
    "second_config": Entry("warning", "A second configuration file is ignored", "Keep one"),
    "unrelated_config": Entry(
        "warning", "A `config.yml` holds no key of Motia's and is ignored", "Rename it if it is ours"
    ),
    "old_key": Entry("warning", "A key of old Motia that has no effect any more", "Remove it"),
    "old_variable": Entry("info", "An environment variable of old Motia that has no effect any more", "Unset it"),
    "unknown_variable": Entry("warning", "A `MOTIA_` variable that nobody reads", "Correct its spelling or unset it"),
    "bad_variable": Entry("warning", "An environment variable has a value that is not used", "Correct it"),
    "foreign_database": Entry("info", "A database variable of another scheme is the application's own", "Nothing"),
    "old_packages": Entry(
        "info", "The project is on the old packages: bodies that break a schema only warn", "Set validation.http"
    ),
}


def gravity(problem: Problem) -> Gravity:
    """How grave a problem is; a code unknown here (a newer runner's) is an error."""
    entry = CODES.get(problem.code)
    return entry.gravity if entry else "error"
