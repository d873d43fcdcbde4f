"""Reads everything and answers nothing."""

from __future__ import annotations

import speak

speak.serve(initialize=lambda message: None)
