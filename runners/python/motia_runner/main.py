"""Entry of a worker: takes the wire out of reach, then serves until the core is gone. Never runs user code itself.

It is started by its path, so Python puts this folder in front of `sys.path`; a project's own `wire.py` or `values.py`
would then be hidden. Hence the package is registered by hand and the folder leaves the path before anything else.
"""

from __future__ import annotations

import os
import sys


def _become_a_package() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]
    package = type(sys)("motia_runner")
    package.__path__ = [here]
    package.__file__ = os.path.join(here, "__init__.py")
    sys.modules["motia_runner"] = package
    with open(package.__file__, encoding="utf-8") as source:
        exec(compile(source.read(), package.__file__, "exec"), package.__dict__)


def main() -> None:
    _become_a_package()
    from motia_runner import guard

    incoming, outgoing = guard.take_the_wire()
    lifeline = guard.Lifeline(incoming)

    from motia_runner.service import Service

    Service(incoming, outgoing, lifeline).serve()


# A process that user code starts with multiprocessing's "spawn" imports this file under another name.
if __name__ == "__main__":
    main()
