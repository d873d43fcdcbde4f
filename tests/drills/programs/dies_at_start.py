"""Says why on stderr and exits before the handshake. With an argument: only while that file does not exist."""

from __future__ import annotations

import sys
from pathlib import Path

if len(sys.argv) < 2 or not Path(sys.argv[1]).exists():
    sys.stderr.write("cannot find what it needs\n")
    sys.exit(3)

import good  # noqa: F401
