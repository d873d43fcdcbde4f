"""Answers `initialize` with something else."""

from __future__ import annotations

import speak

speak.serve(initialize=lambda message: speak.reply(message["id"], {"hello": "there"}))
