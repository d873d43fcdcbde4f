"""Which project file needs which: noted as files load and read from their code. Imports nothing itself."""

from __future__ import annotations

import opcode
import os
from types import CodeType
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple

_IMPORT, _CONST = opcode.opmap["IMPORT_NAME"], opcode.opmap["LOAD_CONST"]
_SMALL, _EXTENDED = opcode.opmap.get("LOAD_SMALL_INT", -1), opcode.opmap["EXTENDED_ARG"]
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

    def relative(self, file: str) -> str:
        """The path as the core names it."""
        return os.path.relpath(file, self.root).replace(os.sep, "/")

    def note(self, file: str, needed: Optional[str]) -> None:
        if needed is not None and needed != file and self.owns(needed):
            self._needs.setdefault(file, set()).add(needed)

    def note_code(self, file: str, code: CodeType) -> None:
        """What the compiled source imports anywhere, also inside functions that have not run yet."""
        here = os.path.dirname(file)
        for name, names, level in _imports(code):
            start = here
            for _ in range(level - 1):
                start = os.path.dirname(start)
            self._note_import(file, [start] if level else [self.root, here], name, names)

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


def _imports(code: CodeType) -> Iterator[Tuple[str, Sequence[str], int]]:
    """(name, names, level) of every import statement. From the code and not from a syntax tree: building one as
    Python objects fails in some versions when another is built meanwhile, as the printing of a traceback does."""
    raw, extended = code.co_code, 0
    last: Tuple[Any, Any] = (0, None)
    for at in range(0, len(raw), 2):
        operation, argument = raw[at], raw[at + 1] | extended
        extended = 0
        if operation == _EXTENDED:
            extended = argument << 8
        elif operation == _CONST:
            last = (last[1], code.co_consts[argument])
        elif operation == _SMALL:
            last = (last[1], argument)
        elif operation == _IMPORT:
            yield code.co_names[argument], last[1] or (), last[0]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _imports(constant)


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
