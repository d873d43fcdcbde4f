"""Which project file needs which: noted as files load and read from their source. Imports nothing itself."""

from __future__ import annotations

import ast
import os
from typing import Dict, Iterable, List, Optional, Sequence, Set

EXCLUDED = frozenset({"node_modules", "venv", "python_modules", "__pycache__", "site-packages"})


class Graph:
    """Edges between absolute paths below `root`."""

    def __init__(self, root: str, tree_name: str) -> None:
        self.root = root
        self._tree_name = tree_name
        self._needs: Dict[str, Set[str]] = {}

    def owns(self, file: Optional[str]) -> bool:
        """Whether a file is the project's own rather than of a package installed below it."""
        if not file or not file.startswith(self.root + os.sep):
            return False
        parts = file[len(self.root) + 1 :].split(os.sep)
        return EXCLUDED.isdisjoint(parts) and not any(part.startswith(".") for part in parts)

    def note(self, file: str, needed: Optional[str]) -> None:
        if needed is not None and needed != file and self.owns(needed):
            self._needs.setdefault(file, set()).add(needed)

    def note_source(self, file: str, source: ast.AST) -> None:
        """What the source imports anywhere, also inside functions that have not run yet."""
        here = os.path.dirname(file)
        for node in ast.walk(source):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._note_import(file, [self.root, here], alias.name, ())
            elif isinstance(node, ast.ImportFrom):
                names = [alias.name for alias in node.names]
                start = here
                for _ in range(node.level - 1):
                    start = os.path.dirname(start)
                self._note_import(file, [start] if node.level else [self.root, here], node.module or "", names)

    def dependencies(self, file: str) -> List[str]:
        """The project files that `file` needs, directly or not, without itself."""
        found: Set[str] = set()
        todo = [file]
        while todo:
            for needed in self._needs.get(todo.pop(), ()):
                if needed not in found:
                    found.add(needed)
                    todo.append(needed)
        return sorted(found - {file})

    def forget(self, changed: Iterable[str]) -> Set[str]:
        """Drop `changed` and everything that needs one of them; gives what was dropped."""
        gone = set(changed)
        while True:
            more = {file for file, needs in self._needs.items() if file not in gone and not gone.isdisjoint(needs)}
            if not more:
                break
            gone |= more
        for file in gone:
            self._needs.pop(file, None)
        return gone

    def _note_import(self, file: str, starts: Sequence[str], name: str, names: Sequence[str]) -> None:
        parts = name.split(".") if name else []
        if parts and parts[0] == self._tree_name:
            starts, parts = [self.root], parts[1:]
        for start in starts:
            found = _files(start, parts, names)
            if found:
                for needed in found:
                    self.note(file, needed)
                return


def _files(folder: str, parts: Sequence[str], names: Sequence[str]) -> List[str]:
    """What importing `parts` below `folder`, and `names` from it, would load; empty when nothing is there."""
    found: List[str] = []
    for part in parts:
        base = os.path.join(folder, part)
        start = os.path.join(base, "__init__.py")
        if os.path.isfile(start):
            found.append(start)
        elif os.path.isfile(base + ".py"):
            return [*found, base + ".py"]
        elif not os.path.isdir(base):
            return found
        folder = base
    for name in names:
        base = os.path.join(folder, name)
        found += [file for file in (base + ".py", os.path.join(base, "__init__.py")) if os.path.isfile(file)]
    return found
