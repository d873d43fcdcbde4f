"""The examples of docs/streams.md that guard a stream do what is said of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from motia_core.errors import AccessRefused
from tests.kit.project import write
from tests.streams.projects import running

pytestmark = pytest.mark.anyio
TEXT = (Path(__file__).parents[2] / "docs" / "streams.md").read_text("utf-8")
LOOK_UP = {
    "ts": "const userOf = async (token: string) => { if (token === 'bad') throw new Error(token); return token }\n",
    "python": "async def user_of(token):\n    if token == 'bad': raise ValueError(token)\n    return token\n\n",
    "ruby": "def user_of(token) = token == 'bad' ? raise(token) : token\n\n",
}


def files(language: str) -> dict[str, str]:
    """The first example in this language: each file begins with a comment that names it."""
    example = re.search(rf"```{language}\n((?://|#) motia.*?)```", TEXT, re.DOTALL)
    assert example is not None
    parts = re.split(r"^(?://|#) (\S+\.\w+)\n", example[1], flags=re.MULTILINE)[1:]
    return {name: LOOK_UP[language] + text for name, text in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize("language", LOOK_UP)
async def test_the_first_example_guards_an_inbox(tmp_path: Path, language: str) -> None:
    async with running(write(tmp_path, files(language))) as site:
        access = site.access
        ann = await access.connect({}, "/?authToken=ann")
        assert ann.context == b'{"userId":"ann"}'
        nobody = await access.connect({}, "/")
        assert [await access.may_join("inbox", "ann", None, who) for who in (ann, nobody)] == [True, False]
        assert not await access.may_join("inbox", "bob", None, ann)
        with pytest.raises(AccessRefused):
            await access.connect({}, "/?authToken=bad")
