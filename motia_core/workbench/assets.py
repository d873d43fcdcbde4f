"""The files of the web app: which of them a path means, and the headers it is served with.

Knows no request: a path and what the browser accepts go in, bytes and headers come out. Only names that the build makes
are looked for, so no path leads out of the folder. Nothing served here tells anything of the project.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from msgspec import Struct

BUILT = Path(__file__).parent / "static"
SCREENS = (
    *("overview", "flows", "endpoints", "traces", "logs", "state", "queues", "cron", "streams", "workers"),
    "sign-in",
)
"""First segments of the app's own addresses; the same list stands in ui/src/app/screens.ts."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".png": "image/png",
}
# Hashed by the build, so that a name never means other bytes.
_HASHED = re.compile(r"assets/[A-Za-z0-9_][A-Za-z0-9_.-]*-[A-Za-z0-9_-]{8,}\.(?:js|css|svg|woff2|png|json)")
_WORDS = re.compile(r"(?!assets\b)[A-Za-z0-9_~-]+(?:/[A-Za-z0-9_~-]+)*/?")
_PLACE = b'<base href="/" />'
# Editors write their styles into the page; scripts come from files only.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; frame-src 'self' blob:; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_COMMON = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


class Asset(Struct, frozen=True):
    """What is answered."""

    body: bytes
    headers: dict[str, str]
    status: int = 200


class Assets:
    """`base` is the path of the workbench without a slash at its end; empty = the root. `find` reads files."""

    def __init__(self, base: str, folder: Path = BUILT) -> None:
        self._base = base
        self._folder = folder

    @property
    def is_built(self) -> bool:
        return (self._folder / "index.html").is_file()

    def owns(self, path: str) -> bool:
        """Whether `path`, as it came over the wire, is one of the app's. At the root only what it knows is."""
        inside = self._inside(path)
        if inside is None:
            return False
        return bool(self._base) or inside.startswith("assets/") or _is_screen(inside)

    def find(self, path: str, *, gzip: bool) -> Asset | None:
        """The file, or the page for an address of the app; None where there is none, or the app is not built."""
        inside = self._inside(path)
        if inside is None:
            return None
        if _HASHED.fullmatch(inside):
            return self._file(inside, gzip=gzip)
        if _is_screen(inside):
            return self._page(200)
        # A mistyped address: the app says so in its own words.
        return self._page(404) if self._base and _WORDS.fullmatch(inside) else None

    def _inside(self, path: str) -> str | None:
        """The part below the base, or None."""
        if path == self._base:
            return ""
        return path[len(self._base) + 1 :] if path.startswith(f"{self._base}/") else None

    def _page(self, status: int) -> Asset | None:
        try:
            text = (self._folder / "index.html").read_bytes()
        except OSError:
            return None
        base = escape(f"{self._base}/", quote=True).encode()
        headers = {
            "content-type": _TYPES[".html"],
            "cache-control": "no-store",
            "content-security-policy": POLICY,
            **_COMMON,
        }
        return Asset(text.replace(_PLACE, b'<base href="' + base + b'" />'), headers, status)

    def _file(self, name: str, *, gzip: bool) -> Asset | None:
        path = self._folder / name
        headers = {
            "content-type": _TYPES[path.suffix],
            "cache-control": "public, max-age=31536000, immutable",
            "vary": "accept-encoding",
            **_COMMON,
        }
        if gzip:
            try:
                return Asset(path.with_name(path.name + ".gz").read_bytes(), {**headers, "content-encoding": "gzip"})
            except OSError:
                pass  # Small files have none.
        try:
            return Asset(path.read_bytes(), headers)
        except OSError:
            return None


def takes_gzip(accepted: str) -> bool:
    """What an `Accept-Encoding` says of gzip."""
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _is_screen(inside: str) -> bool:
    return inside == "" or inside.partition("/")[0] in SCREENS
