"""Loads the `motia` package that authors import, from MOTIA_SDK, so that no other package of that name can win."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

_BESIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "sdk", "python")
FOLDER = os.path.realpath(os.environ.get("MOTIA_SDK") or _BESIDE)


def _load() -> Any:
    known = sys.modules.get("motia")
    if known is not None and os.path.realpath(known.__file__ or "").startswith(FOLDER + os.sep):
        return known
    folder = os.path.join(FOLDER, "motia")
    spec = importlib.util.spec_from_file_location(
        "motia", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"the Motia SDK is not in {FOLDER}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["motia"] = module
    spec.loader.exec_module(module)
    return module


package = _load()
