"""Stops reading its stdin at the first invocation."""

from __future__ import annotations

import time

import speak

speak.serve(step_run=lambda message: time.sleep(60))
