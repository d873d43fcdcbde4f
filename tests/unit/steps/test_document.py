"""`docs/steps.md` and `docs/errors.md` say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from motia_core.config.document import DOCS, fill
from motia_core.problems import CODES
from motia_core.steps.document import keys_table, problems_table
from motia_core.steps.keys import KINDS, BackoffKeys, HandlerKeys, QueueKeys

CORE = Path(__file__).parents[3] / "motia_core"


def test_the_tables_are_up_to_date() -> None:
    for name, marker, table in (("steps.md", "keys", keys_table()), ("errors.md", "problems", problems_table())):
        text = (DOCS / name).read_text(encoding="utf-8")
        assert fill(text, marker, table) == text, "run python -m motia_core.steps.document"


def test_every_key_of_every_kind_is_in_the_table() -> None:
    table = keys_table()
    for shape in (*KINDS.values(), HandlerKeys, QueueKeys, BackoffKeys):
        for one in msgspec.structs.fields(shape):
            assert f"| `{one.encode_name}` |" in table


def test_every_code_in_the_source_is_in_the_table() -> None:
    """Codes are written as `Problem(code="…")`, `Issue("…"` or `_about(step, "…"`."""
    pattern = re.compile(r'(?:Problem\(\s*code=|Issue\(\s*|_about\(\s*step,\s*)"([a-z_]+)"')
    used = {code for path in CORE.rglob("*.py") for code in pattern.findall(path.read_text(encoding="utf-8"))}
    assert len(used) > 20
    assert used <= set(CODES)


def test_every_code_of_the_protocol_is_in_the_table() -> None:
    protocol = (CORE.parent / "runners" / "PROTOCOL.md").read_text(encoding="utf-8")
    listed = re.search(r"with code (.*?)\. `changed`", protocol, re.DOTALL)
    assert listed is not None
    codes = set(re.findall(r"`(\w+)`", listed[1]))
    assert {"syntax", "timeout"} <= codes <= set(CODES)
