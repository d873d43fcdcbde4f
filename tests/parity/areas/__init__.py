"""The table, one file per area. `BEHAVIOURS` of every module here is part of it."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from tests.parity.behaviour import Behaviour

AREAS: dict[str, list[Behaviour]] = {
    module.name: importlib.import_module(f"{__name__}.{module.name}").BEHAVIOURS
    for module in pkgutil.iter_modules([str(Path(__file__).parent)])
}
