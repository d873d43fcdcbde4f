"""The page that shows `/openapi.json`: files of our own, nothing from elsewhere, works without a network.

The page writes what it is given as text, never as markup; its policy forbids any other script, style or address.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HERE = Path(__file__).parent
FILES = tuple(sorted(path.name for path in _HERE.iterdir() if path.suffix in (".css", ".js")))


@cache
def serve(name: str, base: str) -> tuple[bytes, dict[str, str]]:
    """One of `FILES`, or the page itself (`""`), and its headers. `base` is the path all of it is served under."""
    path = _HERE / (name or "page.html")
    headers = {
        "content-type": f"{_TYPES[path.suffix]}; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy": _POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }
    return path.read_bytes().replace(b"{base}", base.encode()), headers
