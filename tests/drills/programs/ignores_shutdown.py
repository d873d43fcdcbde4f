"""Answers `shutdown` and stays; ignores SIGTERM as well when told so by an argument."""

from __future__ import annotations

import signal
import sys

import speak

if len(sys.argv) > 1:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
speak.serve(shutdown=lambda message: speak.reply(message["id"], {}))
