"""Every code a finding may carry: how it stands, what it means, what to do. `docs/migrating.md` shows this table.

Codes are stable: people search for them.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Verdict = Literal["change", "differs", "ignored", "same"]
ORDER: tuple[Verdict, ...] = ("change", "differs", "ignored", "same")
"""The gravest first."""

MEANINGS: dict[Verdict, str] = {
    "change": "has to be changed",
    "differs": "runs, but not quite as before",
    "ignored": "has no effect any more",
    "same": "runs as it is",
}


COMPARISONS = frozenset(
    {"script_loopback", "script_start", "env_port", "env_database", "new_step", "ruby_runs"}
    | {"undeclared_emit", "no_status", "no_return"}
)
"""Codes that only compare with the old system: nothing to somebody who does not come from it."""


class Entry(Struct, frozen=True):
    verdict: Verdict
    meaning: str
    action: str


CATALOGUE: dict[str, Entry] = {
    # package.json
    "old_program": Entry(
        "change",
        "A script calls `motia`, which is the old program once npm has installed the old package",
        "npm uninstall the old packages, or call motia without npm",
    ),
    "old_package": Entry(
        "ignored", "An old package: steps get Motia's own SDK, whatever is installed", "Remove it when convenient"
    ),
    "old_plugin": Entry(
        "ignored", "A plugin, an adapter or the old workbench: a stand-in takes its place", "Remove it"
    ),
    "old_test_kit": Entry(
        "change", "The old testing kit starts the old system", "Test against `motia dev --once -- COMMAND`"
    ),
    "soft_validation": Entry(
        "differs",
        "Bodies that break a schema are logged, not refused, because package.json names the old packages",
        "Set `validation.http` to `enforce`, or to `warn` before you remove the packages",
    ),
    "script_same": Entry("same", "The script runs as it is", "Nothing"),
    "script_gone": Entry("change", "The script calls a command that is not there", "Remove or replace it"),
    "script_loopback": Entry(
        "differs",
        "`motia dev` listens on this machine only; the old one listened on all addresses",
        "Add `--host 0.0.0.0` if other machines must reach it",
    ),
    "script_start": Entry(
        "differs",
        "Under `motia start`, `POST /emit` and the workbench need a token; they were open to everybody",
        "Set MOTIA_ADMIN_TOKEN where they are used",
    ),
    # The configuration file and .env
    "config_app": Entry("ignored", "`app`: there is no Express", "Make its routes API steps; use the key `cors`"),
    "config_plugins": Entry("ignored", "`plugins`: none is loaded", "Remove the key"),
    "config_adapters": Entry("ignored", "`adapters`: everything is kept in the database", "Remove the key"),
    "config_redis": Entry("ignored", "`redis`: there is no Redis", "Remove the key"),
    "config_auth": Entry("same", "`streamAuth` guards the streams as before", "Nothing"),
    "plugin_route": Entry("change", "A route that a plugin registers is not served", "Make it an API step"),
    "custom_adapter": Entry("ignored", "An adapter of your own is never used", "Remove it; see `database.url`"),
    "env_old_variable": Entry("ignored", "A variable that only the old system read", "Remove it"),
    "env_port": Entry("differs", "PORT and HOST are read now; the old system ignored them", "Check the value"),
    "env_database": Entry(
        "differs", "DATABASE_URL with `sqlite:` is Motia's own database now", "Set `database.url` if that is not meant"
    ),
    "env_foreign": Entry("same", "A database of the application's own: left alone", "Nothing"),
    # Files and folders
    "python_modules": Entry("same", "Python packages are found in `python_modules/`", "Nothing"),
    "python_packages": Entry(
        "change",
        "requirements.txt, and no interpreter of the project's own: its steps run on the one that runs Motia",
        "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
    ),
    "old_data": Entry(
        "ignored", "What the old system stored or compiled is not read", "Delete it when you need it no longer"
    ),
    "twin": Entry(
        "ignored", "`x.step.py` beside `x_step.py`: the first is not loaded, as before", "Delete one of the two"
    ),
    "twin_lost": Entry(
        "change", "`x.step` beside `x_step`: both were loaded, only the second is", "Give one of the two another name"
    ),
    "new_step": Entry(
        "differs", "The old system did not load this file; it runs now", "Rename it if it should not run"
    ),
    "ruby_runs": Entry("differs", "Ruby steps never answered in the old system; this one runs now", "Try it"),
    "ui_override": Entry("ignored", "It draws a step in the old workbench", "Delete it when convenient"),
    "tutorial": Entry("ignored", "A tutorial of the old workbench", "Delete it when convenient"),
    "kept_file": Entry("same", "Keeps its format and its place", "Nothing"),
    "old_image": Entry("change", "The image holds the old system", "Build on an image with Python, and install motia"),
    # Code
    "syntax": Entry("change", "The file cannot be read as what its ending says", "Mend the line named"),
    "module_state": Entry(
        "differs",
        "Functions change a variable of the module: it keeps its value between calls, which all began afresh before",
        "Keep it if it is a cache; else put it into the handler or into state",
    ),
    "chdir": Entry(
        "change",
        "The working directory is shared by all running steps",
        "Use paths from `__dirname`, `__file__` or `__dir__`",
    ),
    "env_write": Entry(
        "differs", "Environment variables that are set stay set for all later calls", "Use a local variable or state"
    ),
    "exit": Entry("differs", "Ending the process ends only this call, as a failure", "Return, or raise an error"),
    "undeclared_emit": Entry(
        "differs", "The topic is not in `emits`: the event was dropped, and is delivered now", "Declare it or remove it"
    ),
    "no_status": Entry(
        "differs", "An answer without `status` was a 500 and is a 200 with this body now", "Return `status` too"
    ),
    "no_return": Entry("differs", "A handler that returns nothing was a 500 and is a 204 now", "Return a response"),
    "state_data": Entry(
        "change", 'State gives the value itself, not `{"data": value}`', 'Use the value without ["data"]'
    ),
    "state_missing": Entry(
        "change", "State gives None for a missing key, which has no methods", "Test for None first, or use `or {}`"
    ),
    "internal_stream": Entry("change", "The hidden streams of the old system are not there", "Remove it"),
    "internal_route": Entry("change", "A route below `/__motia` that is not there", "Remove it"),
    "rpc": Entry("change", "`context.rpc` is not there", "Use state, streams and emit"),
    "emit_route": Entry(
        "differs", "`POST /emit` needs a token under `motia start`", "Send MOTIA_ADMIN_TOKEN as bearer"
    ),
    "custom_storage": Entry(
        "ignored", "A stream's own storage is never used: it is kept in the database", "Use `storageType: 'default'`"
    ),
    "duplicate_name": Entry("change", "Two steps have one name: only the first file serves", "Rename one"),
    "duplicate_route": Entry("change", "Two steps have one route: only the first file serves", "Change one"),
}
