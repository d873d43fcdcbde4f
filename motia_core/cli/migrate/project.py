"""The files of an old project: which there are, their texts, and which of them steps load. Knows no check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from motia_core.config.files import present
from motia_core.config.packages import old_dependencies
from motia_core.steps.discovery import Candidate, discover
from motia_core.workers.languages import extensions, left_out, load_runners

SCRIPTS = (".ts", ".mts", ".cts", ".js", ".mjs", ".cjs")
_MOST = 2_000_000
_SCRIPT_IMPORT = re.compile(r"""\b(?:from|import|require)\s*\(?\s*(["'`])(\.{1,2}(?:/[^"'`\n]*)?)\1""")
_PYTHON_IMPORT = re.compile(r"^\s*(?:from\s+(\.*[\w.]*)\s+import\s+([\w, *()]+)|import\s+([\w., ]+))", re.MULTILINE)
_RUBY_IMPORT = re.compile(r"""^\s*require_relative\s*\(?\s*["']([^"'\n]+)["']""", re.MULTILINE)
_UNENTERED = {"tests", "dist", "build", "coverage"}


class Project:
    """A folder as it lies on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        runners = load_runners(None, root)
        self._unentered = left_out(runners) | _UNENTERED
        found = discover(root, extensions(runners), left_out(runners))
        self.steps: tuple[Candidate, ...] = found.candidates
        self.shadowed = [problem for problem in found.problems if problem.code == "shadowed"]
        self.config = next(iter(present(root)), None)
        self.old = old_dependencies(root)
        self._texts: dict[str, str | None] = {}

    def text(self, file: str) -> str | None:
        """The file's text; None when it is not there, too large, or no text."""
        if file not in self._texts:
            path = self.root / file
            try:
                self._texts[file] = path.read_text("utf-8") if path.stat().st_size <= _MOST else None
            except (OSError, UnicodeDecodeError):
                self._texts[file] = None
        return self._texts[file]

    def files(self, *folders: str) -> Iterator[str]:
        """Every file below the folders, or below the project, sorted; packages, builds and dot folders left out."""
        for folder in folders or ("",):
            yield from self._below(self.root / folder)

    def _below(self, folder: Path) -> Iterator[str]:
        try:
            entries = sorted(folder.iterdir())
        except OSError:
            return
        for path in entries:
            if path.is_symlink() or path.name.startswith("."):
                continue
            if path.is_dir():
                if path.name not in self._unentered:
                    yield from self._below(path)
            elif path.is_file():
                yield path.relative_to(self.root).as_posix()

    def loaded(self, *starts: str) -> list[str]:
        """The files, and every file of the project that they load, as far as their texts say."""
        known: dict[str, None] = dict.fromkeys(starts)
        waiting = list(known)
        while waiting:
            file = waiting.pop(0)
            for target in self._imports(file):
                if target not in known:
                    known[target] = None
                    waiting.append(target)
        return list(known)

    def _imports(self, file: str) -> Iterator[str]:
        text = self.text(file) or ""
        folder = PurePosixPath(file).parent
        if file.endswith(SCRIPTS):
            for match in _SCRIPT_IMPORT.finditer(text):
                yield from self._script(folder, match[2])
        elif file.endswith(".py"):
            for match in _PYTHON_IMPORT.finditer(text):
                yield from self._python(folder, match)
        elif file.endswith(".rb"):
            for match in _RUBY_IMPORT.finditer(text):
                yield from self._first(folder, match[1], ("", ".rb"))

    def _script(self, folder: PurePosixPath, name: str) -> Iterator[str]:
        bare = re.sub(r"\.([cm]?)js$", r".\1ts", name)
        endings = ("", *SCRIPTS, *(f"/index{ending}" for ending in SCRIPTS))
        yield from self._first(folder, name, endings) or self._first(folder, bare, ("",))

    def _python(self, folder: PurePosixPath, match: re.Match[str]) -> Iterator[str]:
        modules = [match[1]] if match[1] else [part.split()[0] for part in match[3].split(",") if part.strip()]
        names = re.findall(r"\w+", match[2] or "")
        for module in modules:
            dots = len(module) - len(module.lstrip("."))
            parts = module[dots:].replace(".", "/")
            bases = [PurePosixPath(), folder]
            if dots:
                bases = [folder.joinpath(*[".."] * (dots - 1))]
            for base in bases:
                inside = [one for name in names for one in self._first(base, f"{parts}/{name}".lstrip("/"), (".py",))]
                found = [*(self._first(base, parts, (".py", "/__init__.py")) if parts else ()), *inside]
                yield from found
                if found:
                    break

    def _first(self, folder: PurePosixPath, name: str, endings: tuple[str, ...]) -> list[str]:
        for ending in endings:
            parts: list[str] = []
            for part in (folder / f"{name}{ending}").parts:
                if part != "..":
                    parts.append(part)
                elif parts:
                    parts.pop()
                else:
                    return []
            file = "/".join(parts)
            if (self.root / file).is_file() and "node_modules" not in parts:
                return [file]
        return []
