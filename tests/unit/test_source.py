"""Where an error came from, in the author's own code, whatever language wrote the stack."""

from __future__ import annotations

import pytest

from motia_core.cli.source import source

PYTHON = """Traceback (most recent call last):
  File "/p/steps/a_step.py", line 8, in handler
  File "/p/services/deep.py", line 4, in inner
  File "/p/.venv/lib/python3/site-packages/x.py", line 9, in y
ValueError: no"""
NODE = """TypeError: no
    at x (/p/node_modules/x/index.js:1:2)
    at inner (/p/services/deep.ts:7:9)
    at handler (/p/steps/b.step.ts:11:3)
    at async run (/runner/step.js:1:1)"""
RUBY = """ArgumentError: no
    at /p/vendor/bundle/gems/x.rb:1:in `x'
    at /p/steps/d.step.rb:6:in `inner'"""


@pytest.mark.parametrize(
    ("stack", "place"),
    [
        (PYTHON, "services/deep.py:4"),
        (NODE, "services/deep.ts:7"),
        (RUBY, "steps/d.step.rb:6"),
        ("Error: elsewhere\n    at /q/a.js:1:1", None),
        (None, None),
    ],
)
def test_where_an_error_came_from(stack: str | None, place: str | None) -> None:
    assert source(stack, "/p") == place
