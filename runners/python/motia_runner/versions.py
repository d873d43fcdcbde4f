"""Which loading of a file a snapshot means: known from one snapshot on, until another has ended it. Loads nothing."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional, Tuple

from motia_runner.definition import Definition

_NEVER = float("inf")


class Loaded:
    """One version of a file: its steps by member. `ended` is the snapshot from which on it is no longer meant."""

    def __init__(self, snapshot: int, steps: Iterable[Definition], ended: float = _NEVER) -> None:
        self.snapshot = snapshot
        self.ended = ended
        self.steps = {step.member: step for step in steps}


class Versions:
    """The loadings of each file, oldest first."""

    def __init__(self) -> None:
        self._known: Dict[str, List[Loaded]] = {}

    def at(self, file: str, snapshot: int) -> Optional[Loaded]:
        """None when the file must be loaded. A snapshot older than all there is means the oldest."""
        versions = self._known.get(file, [])
        for version in reversed(versions):
            if version.snapshot <= snapshot:
                return version if snapshot < version.ended else None
        return versions[0] if versions else None

    def holds(self, file: str, snapshot: int) -> bool:
        """Whether `file` is here as `snapshot` knew it, and not only as a later one does."""
        version = self.at(file, snapshot)
        return version is not None and version.snapshot <= snapshot

    def add(self, file: str, snapshot: int, steps: Iterable[Definition], ended: float = _NEVER) -> Loaded:
        versions = self._known.setdefault(file, [])
        if ended == _NEVER and versions:
            # One that is loaded late belongs to the code that ended the one before it.
            snapshot = max(snapshot, int(versions[-1].ended))
        loaded = Loaded(snapshot, steps, ended)
        versions.append(loaded)
        versions.sort(key=lambda version: version.snapshot)
        return loaded

    def end(self, file: str, snapshot: int) -> bool:
        """Whether there was something to end."""
        versions = self._known.get(file)
        if not versions or versions[-1].ended != _NEVER:
            return False
        versions[-1].ended = snapshot
        return True

    def prune(self, snapshot: int, held: Iterable[Tuple[str, int]]) -> None:
        """Lets go of what neither `snapshot`, nor the one before it, nor the `held` ones need."""
        kept: List[Any] = [self.at(file, number) for file, number in held]
        for file, versions in list(self._known.items()):
            versions[:] = [one for one in versions if one.ended >= snapshot or one in kept]
            if not versions:
                del self._known[file]
