"""Motia: a folder of steps in TypeScript, JavaScript, Python and Ruby becomes a running backend.

Read `docs/architecture.md` for the map; `app.py` builds everything.
"""

__version__ = "1.0.0a1"
