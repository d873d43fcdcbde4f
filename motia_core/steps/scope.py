"""Which files of a project matter to its steps: what a change of them may change. Pure."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from motia_core.steps.discovery import ROOTS, is_test, role_of, split
from motia_core.steps.registry import Snapshot


class Scope(Struct, frozen=True):
    """What to look at: `folders` right below the project (`everywhere`: all of them), source files with one of
    `extensions` in them, and single `files` besides, which may be absolute; never below folders named in `left_out`."""

    folders: frozenset[str]
    extensions: frozenset[str]
    files: frozenset[str]
    left_out: frozenset[str] = frozenset()
    everywhere: bool = False

    def covers(self, file: str) -> bool:
        """Whether a change of `file` matters."""
        folder, _, name = file.rpartition("/")
        if file in self.files:
            return True
        if folder and not self.everywhere and folder.partition("/")[0] not in self.folders:
            return False
        stem, extension = split(name)
        if is_test(stem):
            return False
        return role_of(stem) is not None or (bool(folder or self.everywhere) and extension in self.extensions)

    def enters(self, folder: str) -> bool:
        """Whether to look into a folder right below the project."""
        return self.everywhere or folder in self.folders

    @property
    def outside(self) -> list[str]:
        """Files that lie elsewhere on the disk."""
        return [file for file in self.files if file.startswith("/")]


def scope_of(
    snapshot: Snapshot,
    files: Collection[str],
    left_out: Collection[str] = (),
    families: Collection[Collection[str]] = (),
) -> Scope:
    """Where steps live, plus whatever they have loaded from elsewhere. `files` matter besides; `families` are the
    extensions that belong together. While an import fails, what is missing may come anywhere in the project."""
    loaded = {file for each in snapshot.files.values() for file in each}
    inside = {file for file in loaded if not file.startswith("/")}
    folders = {root.partition("/")[0] for root in ROOTS} | {file.partition("/")[0] for file in inside if "/" in file}
    own = {split(file)[1] for file in snapshot.files} - {""}
    extensions = own.union(*(family for family in families if own.intersection(family)))
    everywhere = any(one.problem.code == "import" for one in snapshot.broken)
    if everywhere:
        extensions |= {split(file)[1] for file in loaded} | {".json"}
    return Scope(
        frozenset(folders),
        frozenset(extensions),
        frozenset({*snapshot.files, *loaded, *files}),
        frozenset(left_out),
        everywhere,
    )
