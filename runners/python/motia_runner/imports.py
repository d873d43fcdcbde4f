"""How project files are imported: one tree of packages that mirrors the project, whatever its folders are called.

Every project file is one module, `<project>.<folders>.<name>`; `import src.services.x`, `from ..services import x` and
`from shop.src.services import x` all give that one. A plain name that nobody else has is looked for beside the file
that asks. Who imports whom is noted (`graph.py`), so that a changed file can be forgotten with all that depends on it.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import keyword
import linecache
import os
import re
import sys
import zlib
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple

from motia_runner.graph import EXCLUDED, Graph

_FALLBACK = "motia_project"


class Tree:
    """The project's modules. `watched`: read imports from the source too, and never use stored bytecode."""

    def __init__(self, root: str, sdk: str, watched: bool) -> None:
        self.root = root
        self.watched = watched
        self.name = _tree_name(root)
        self.graph = Graph(root, self.name)
        self.texts: Dict[str, str] = {}
        """Path → what is read instead of the file, while an earlier version of a step is loaded."""
        self._sdk = sdk
        self._heads: Dict[str, bool] = {}
        self._beside: Set[Tuple[str, str]] = set()
        self._loading: List[str] = []
        self._import = builtins.__import__

    def install(self) -> None:
        """Take part in every import from now on. The root stands first on the path, as with PYTHONPATH."""
        sys.modules[self.name] = importlib.util.module_from_spec(_folder_spec(self.name, self.root))
        sys.meta_path.insert(0, self)
        sys.path.insert(0, self.root)
        builtins.__import__ = self._statement
        own = os.path.join(self.root, "motia")
        if os.path.isdir(own):
            # A project folder called motia lies behind the SDK: `motia.steps` is the project's, `motia.event` ours.
            sys.modules["motia"].__path__.append(own)

    def load(self, file: str) -> ModuleType:
        """The module of an absolute path, whatever its name; loaded unless it is already."""
        package = self._package(os.path.dirname(file))
        name = self._free(f"{package}.{_word(os.path.splitext(os.path.basename(file))[0])}", "__file__", file)
        if name in sys.modules:
            return sys.modules[name]
        return self._execute(name, file, None)

    def forget(self, changed: Iterable[str]) -> Set[str]:
        """Drop the modules of these files and of everything that needs them. Gives the files."""
        gone = self.graph.forget(changed)
        # Collect first, delete second: deleting a package breaks looking at its children.
        doomed = [name for name, module in list(sys.modules.items()) if getattr(module, "__file__", None) in gone]
        for name in doomed:
            module = sys.modules.pop(name)
            parent, _, last = name.rpartition(".")
            if getattr(sys.modules.get(parent), "__dict__", {}).get(last) is module:
                delattr(sys.modules[parent], last)
        self._heads.clear()
        self._beside.clear()
        with suppress(Exception):  # finders of installed packages take part, and are not ours to trust
            importlib.invalidate_caches()
        linecache.checkcache()
        return gone

    def begin(self, file: str) -> None:
        """A file starts to load; what is loading already needs it, also when it asked in an unusual way."""
        if self._loading:
            self.graph.note(self._loading[-1], file)
        self._loading.append(file)

    def end(self) -> None:
        self._loading.pop()

    # What the import system asks.

    def find_spec(self, name: str, path: Optional[Sequence[str]] = None, target: Any = None) -> Optional[ModuleSpec]:
        head, _, rest = name.partition(".")
        if head == self.name:
            return self._in_tree(name, path) if rest else None
        if head == "motia":
            if not rest or _exists(os.path.join(self._sdk, "motia", rest.partition(".")[0])):
                return None
        elif not self._is_ours(head):
            return None
        return self._alias(name)

    def _in_tree(self, name: str, path: Optional[Sequence[str]]) -> Optional[ModuleSpec]:
        last = name.rpartition(".")[2]
        for folder in path or ():
            base = os.path.join(folder, last)
            for file, inside in ((os.path.join(base, "__init__.py"), base), (base + ".py", None)):
                if file in self.texts or os.path.isfile(file):
                    return self._file_spec(name, file, inside)
            if os.path.isdir(base) and last not in EXCLUDED:
                return _folder_spec(name, base)
        return PathFinder.find_spec(name, path)

    def _alias(self, name: str) -> Optional[ModuleSpec]:
        """`src.x` is `<project>.src.x` under a second name."""
        true = f"{self.name}.{name}"
        path = getattr(importlib.import_module(true.rpartition(".")[0]), "__path__", None)
        if path is None or (true not in sys.modules and self._in_tree(true, list(path)) is None):
            return None
        return ModuleSpec(name, _Alias(true))  # type: ignore[arg-type]

    def _is_ours(self, head: str) -> bool:
        known = self._heads.get(head)
        if known is None:
            known = self._heads[head] = self._decide(head)
        return known

    def _decide(self, head: str) -> bool:
        base = os.path.join(self.root, head)
        if head in sys.builtin_module_names or head in EXCLUDED:
            return False
        if os.path.isfile(base + ".py") or os.path.isfile(os.path.join(base, "__init__.py")):
            return True
        if not os.path.isdir(base):
            return False
        # A folder without __init__.py gives way to any installed package of its name.
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            found = find(head, None) if find is not None and finder is not self else None
            if found is not None:
                return found.origin in (None, "namespace")
        return True

    # `import` statements of project files.

    def _statement(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        package = globals.get("__package__") if globals is not None else None
        if type(package) is not str or not (package + ".").startswith(self.name + "."):
            return self._import(name, globals, locals, fromlist, level)
        head = name.partition(".")[0]
        if level == 0 and not self._beside.isdisjoint(((package, head), (package, name))):
            return self._from_beside(package, name, globals, locals, fromlist)
        try:
            module = self._import(name, globals, locals, fromlist, level)
        except ModuleNotFoundError as error:
            if level or not error.name or not f"{name}.".startswith(f"{error.name}."):
                raise
            around = getattr(sys.modules.get(package), "__path__", None)
            if self._in_tree(f"{package}.{head}", around) is None:
                raise
            # `services.x` may be beside the file while another `services` is at the root.
            self._beside.add((package, head if error.name == head else name))
            return self._from_beside(package, name, globals, locals, fromlist)
        self._note(globals, module if fromlist or level else sys.modules.get(name, module), fromlist)
        return module

    def _from_beside(self, package: str, name: str, globals: Any, locals: Any, fromlist: Any) -> Any:
        full = f"{package}.{name}"
        module = self._import(full, globals, locals, fromlist, 0)
        self._note(globals, sys.modules[full], fromlist)
        return module if fromlist else sys.modules[f"{package}.{name.partition('.')[0]}"]

    def _note(self, globals: Any, module: Any, fromlist: Any) -> None:
        asking = globals.get("__file__")
        if asking:
            for part in (module, *(getattr(module, name, None) for name in fromlist or ())):
                if isinstance(part, ModuleType):
                    self.graph.note(asking, getattr(part, "__file__", None))

    # Packages and files.

    def _package(self, folder: str) -> str:
        """The package of a folder, made with those above it."""
        if folder == self.root:
            return self.name
        parent = self._package(os.path.dirname(folder))
        name = self._free(f"{parent}.{_word(os.path.basename(folder))}", "__path__", [folder])
        if name not in sys.modules:
            start = os.path.join(folder, "__init__.py")
            if os.path.isfile(start):
                self._execute(name, start, folder)
            else:
                sys.modules[name] = importlib.util.module_from_spec(_folder_spec(name, folder))
        return name

    def _free(self, name: str, attribute: str, wanted: Any) -> str:
        """`name`, unless another file or folder has it: `a-b` beside `a_b`."""
        known = sys.modules.get(name)
        if known is None or getattr(known, attribute, None) == wanted:
            return name
        return f"{name}_{zlib.crc32(str(wanted).encode()):x}"

    def _execute(self, name: str, file: str, inside: Optional[str]) -> ModuleType:
        spec = self._file_spec(name, file, inside)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)  # type: ignore[union-attr]
        except BaseException:
            sys.modules.pop(name, None)
            raise
        return module

    def _file_spec(self, name: str, file: str, inside: Optional[str]) -> ModuleSpec:
        spec = importlib.util.spec_from_file_location(
            name, file, loader=Source(name, file, self), submodule_search_locations=[inside] if inside else None
        )
        assert spec is not None
        return spec


class Source(SourceFileLoader):
    """Loads one project file."""

    def __init__(self, name: str, file: str, tree: Tree) -> None:
        super().__init__(name, file)
        self._tree = tree

    def get_data(self, path: str) -> bytes:
        text = self._tree.texts.get(path)
        return super().get_data(path) if text is None else text.encode()

    def get_code(self, fullname: str) -> Optional[CodeType]:
        if not self._tree.watched:
            return super().get_code(fullname)
        # Bytecode is found by time in whole seconds and by size: two quick saves would run the older one.
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        self._tree.graph.note_code(self.path, code)
        return code

    def exec_module(self, module: ModuleType) -> None:
        self._tree.begin(self.path)
        try:
            super().exec_module(module)
        finally:
            self._tree.end()


class _Alias:
    """Gives an existing module under a second name, and leaves it as it was."""

    def __init__(self, true: str) -> None:
        self._true = true
        self._spec: Any = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._true)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


def _tree_name(root: str) -> str:
    """The folder's own name, as old projects know their modules, unless something else has it."""
    name = os.path.basename(root)
    if not name.isidentifier() or keyword.iskeyword(name) or name in sys.modules or name == "motia":
        return _FALLBACK
    try:
        taken = _exists(os.path.join(root, name)) or importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        taken = True
    return _FALLBACK if taken else name


def _folder_spec(name: str, folder: str) -> ModuleSpec:
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [folder]
    return spec


def _exists(base: str) -> bool:
    return os.path.isfile(base + ".py") or os.path.isdir(base)


def _word(name: str) -> str:
    return re.sub(r"\W", "_", name)
