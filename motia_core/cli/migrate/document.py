"""Writes the table of codes into `docs/migrating.md` (`python -m motia_core.cli.migrate.document`); a test compares."""

from __future__ import annotations

from motia_core.cli.migrate.catalogue import CATALOGUE, MEANINGS, ORDER
from motia_core.config.document import DOCS, fill, heading, row


def table() -> str:
    """Every code, the gravest first."""
    lines = []
    for verdict in ORDER:
        lines += [f"### {verdict}: {MEANINGS[verdict]}", "", *heading("Code", "Meaning", "What to do")]
        entries = sorted(
            ((code, entry) for code, entry in CATALOGUE.items() if entry.verdict == verdict), key=lambda one: one[0]
        )
        lines += [row(f"`{code}`", entry.meaning, entry.action) for code, entry in entries]
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    path = DOCS / "migrating.md"
    path.write_text(fill(path.read_text(encoding="utf-8"), "codes", table()), encoding="utf-8")


if __name__ == "__main__":
    main()
