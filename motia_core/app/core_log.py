"""What our own rooms say through `logging` becomes log records, so that people find one log and not two."""

from __future__ import annotations

import logging

from motia_core.model import Level
from motia_core.traces.recorder import Recorder


class CoreLog(logging.Handler):
    """Attached to the logger `motia_core` while an application runs."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(logging.INFO)
        self._recorder = recorder

    def emit(self, record: logging.LogRecord) -> None:
        level: Level = (
            "error" if record.levelno >= logging.ERROR else "warn" if record.levelno >= logging.WARNING else "info"
        )
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text}: {record.exc_info[1]!r}"
        self._recorder.note(level, text)

    def attach(self) -> None:
        logger = logging.getLogger("motia_core")
        logger.propagate = False
        logger.setLevel(logging.INFO)
        logger.addHandler(self)

    def detach(self) -> None:
        logging.getLogger("motia_core").removeHandler(self)
