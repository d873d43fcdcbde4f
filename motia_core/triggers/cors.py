"""Cross-origin answers for users' routes, as header lines ready to send. Pure; admin routes never ask here."""

from __future__ import annotations

from collections.abc import Iterable

from motia_core.config.knobs import Cors as CorsKnobs

Lines = dict[str, str]


class Cors:
    """`*` never goes with credentials. Named origins are echoed one by one, and caches are told."""

    def __init__(self, knobs: CorsKnobs) -> None:
        self._any = "*" in knobs.origins
        self._origins = frozenset(origin.rstrip("/").lower() for origin in knobs.origins)
        self._credentials = knobs.credentials and not self._any
        self._headers = knobs.headers
        self._max_age = str(knobs.max_age)
        self.same_for_all = self._any
        self._open: Lines = {"access-control-allow-origin": "*"}

    def lines(self, origin: str | None) -> Lines:
        """The headers of any answer."""
        if self._any:
            return self._open
        if origin is None or origin.lower() not in self._origins:
            return {"vary": "Origin"}
        found = {"access-control-allow-origin": origin, "vary": "Origin"}
        if self._credentials:
            found["access-control-allow-credentials"] = "true"
        return found

    def preflight(self, origin: str | None, asked_headers: str | None, methods: Iterable[str]) -> Lines:
        """The headers of an automatic OPTIONS answer. `*` does not cover Authorization, so what is asked is echoed."""
        listed = ", ".join(methods)
        found = {"allow": listed, **self.lines(origin)}
        if "access-control-allow-origin" not in found:
            return found
        found["access-control-allow-methods"] = listed
        if asked_headers is not None:
            found["access-control-allow-headers"] = asked_headers if "*" in self._headers else ", ".join(self._headers)
        found["access-control-max-age"] = self._max_age
        return found
