"""Edits under load: no request fails, nothing is left behind. 40 edits here; `make drills` makes 1,000 (RELOAD_EDITS)."""

from __future__ import annotations

import http.client
import json
import os
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.reloading import FILES, HELPERS, LANGUAGES, STEPS, reloading, save, save_in_place, says
from tests.kit.server import Server, until

EDITS = int(os.environ.get("RELOAD_EDITS", "40"))
BROKEN = {"ts": "const = 1\n", "js": "const = 1\n", "py": "def = 1\n", "rb": "def = 1\n"}


class Asking:
    """Asks every step all the time; keeps every answer that is not 200 and the last word of each."""

    def __init__(self, server: Server) -> None:
        self.failed: list[str] = []
        self.words: dict[str, str] = {}
        self.count = 0
        self._over = threading.Event()
        self._port = int(server.url.rpartition(":")[2])
        self._threads = [threading.Thread(target=self._ask, args=(one,)) for one in LANGUAGES]

    @contextmanager
    def going(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join(30)

    def _ask(self, language: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self._over.is_set():
            try:
                connection.request("GET", f"/{language}")
                answer = connection.getresponse()
                body = answer.read()
            except OSError as error:
                self.failed.append(f"{language}: {error!r}")
                continue
            self.count += 1
            if answer.status != 200:
                self.failed.append(f"{language}: {answer.status} {body!r}")
            else:
                self.words[language] = "{word} {helped}".format(**json.loads(body))
            self._over.wait(0.005)
        connection.close()


def change(server: Server, language: str, number: int, helped: dict[str, str]) -> str:
    """One edit; the word that is to be answered afterwards."""
    step, helper = textwrap.dedent(STEPS[FILES[language]]), STEPS[HELPERS[language]]
    word, file = f"w{number}", FILES[language]
    mended = step.replace("one", word)
    match number // len(LANGUAGES) % 6:
        case 0:
            save(server, file, mended)
        case 1:
            save_in_place(server, file, mended)
        case 2:
            helped[language] = word
            save(server, HELPERS[language], helper.replace("first", word))
            save(server, file, mended)
        case 3:
            before = len(server.output)
            save(server, file, BROKEN[language])
            says(server, f"✗ {file}", after=before)
            save(server, file, mended)
        case 4:
            path = server.project / file
            path.rename(path.with_name(f"moved_{path.name}"))
            save(server, file, mended)
            path.with_name(f"moved_{path.name}").unlink()
        case _:
            save(server, file, "\r\n" + mended)
    return f"{word} {helped[language]}"


def descriptors(pids: list[int]) -> int:
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)


@pytest.mark.timeout(120 + EDITS)
def test_no_request_fails_while_files_are_edited(tmp_path: Path) -> None:
    with reloading(tmp_path, STEPS) as server:
        helped = dict.fromkeys(LANGUAGES, "first")
        asking = Asking(server)
        held = 0
        with asking.going():
            until(lambda: len(asking.words) == len(LANGUAGES))
            for number in range(EDITS):
                language = LANGUAGES[number % len(LANGUAGES)]
                wanted = change(server, language, number, helped)
                until(lambda: asking.failed or asking.words[language] == wanted)  # noqa: B023
                assert asking.failed == [], server.output[-3000:]
                if number == EDITS // 3:
                    held = descriptors([server.process.pid, *server.workers()])
            # Requests come and go; what is left of files would add up.
            until(lambda: descriptors([server.process.pid, *server.workers()]) <= held + 4)
        assert asking.failed == []
        assert asking.count > EDITS
        assert server.get("/health").json["status"] == "ok"
