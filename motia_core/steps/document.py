"""Writes the tables of `docs/steps.md` (every config key of every kind) and `docs/errors.md` (every problem code).

`python -m motia_core.steps.document` writes both; a test fails when either lags behind.
"""

from __future__ import annotations

import msgspec

from motia_core.config.document import DOCS, default_of, fill, heading, meaning, row, shown, words
from motia_core.problems import CODES
from motia_core.steps.keys import (
    ApiKeys,
    BackoffKeys,
    CommonKeys,
    CronKeys,
    EventKeys,
    HandlerKeys,
    Keys,
    NoopKeys,
    QueueKeys,
    RunKeys,
    StreamKeys,
)

_GROUPS: tuple[tuple[str, type[Keys], type[Keys] | None], ...] = (
    ("Every step", CommonKeys, None),
    ("Every step that runs (`api`, `event`, `cron`)", RunKeys, CommonKeys),
    ("`type: 'api'`", ApiKeys, RunKeys),
    ("`type: 'event'`", EventKeys, RunKeys),
    ("`type: 'cron'`", CronKeys, RunKeys),
    ("`type: 'noop'`", NoopKeys, CommonKeys),
    ("`infrastructure.handler`", HandlerKeys, None),
    ("`infrastructure.queue` (event steps)", QueueKeys, None),
    ("`infrastructure.queue.backoff`", BackoffKeys, None),
    ("Streams", StreamKeys, None),
)


def keys_table() -> str:
    """One table per group; a kind's table leaves out what every kind has."""
    lines: list[str] = []
    for title, shape, inherited in _GROUPS:
        known = {one.name for one in msgspec.structs.fields(inherited)} if inherited else set()
        own = [one for one in msgspec.structs.fields(shape) if one.name not in known]
        lines += [f"### {title}", ""]
        if not own:
            lines += ["No further keys.", ""]
            continue
        lines += heading("Key", "Type", "Required", "Default", "Meaning")
        for one in own:
            required = "yes" if one.required else ""
            default = "" if one.required else shown(default_of(one))
            lines.append(row(f"`{one.encode_name}`", words(one.type), required, default, meaning(one.type)))
        lines.append("")
    return "\n".join(lines)


def problems_table() -> str:
    """Every code a problem may carry."""
    lines = heading("Code", "Gravity", "Meaning", "What to do")
    lines += [row(f"`{code}`", entry.gravity, entry.meaning, entry.cure) for code, entry in sorted(CODES.items())]
    return "\n".join(lines)


def main() -> None:
    for name, marker, table in (("steps.md", "keys", keys_table()), ("errors.md", "problems", problems_table())):
        path = DOCS / name
        path.write_text(fill(path.read_text(encoding="utf-8"), marker, table), encoding="utf-8")


if __name__ == "__main__":
    main()
