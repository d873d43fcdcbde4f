"""The power fails

A library loaded before the C library writes down every write and sync of the database files under load. From that, 50
disks are rebuilt as a power cut would have left them: everything that was not synced is dropped, or kept in part, sector
by sector, in order or shuffled. Each image opens, is sound and holds every emit acknowledged before the cut. To show
that the drill sees what it looks for, it is run again with `durability.events: normal`, which does not wait for the
disk: there it must find loss.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import anyio

from tests.drills.kit.core import Core, sound
from tests.drills.kit.disk import MODES, Disk, compiled, steps
from tests.drills.kit.held import held, holds_tables
from tests.drills.kit.load import KEPT, Load
from tests.drills.kit.project import project
from tests.drills.kit.verdict import Broken, Skipped, must

IMAGES = 50
EMITS = 4000
LIMIT = 900.0
PADDING = 12_000  # large enough that the log is carried over into the database now and then


class Recorded(NamedTuple):
    """`promised`: each acknowledged event, and how long the log was when its answer had come."""

    log: Path
    promised: list[tuple[int, int]]


class Seen(NamedTuple):
    images: int
    lacking: int
    lost: int
    syncs: int
    writes: int
    carried_over: int


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    images, emits = max(8, int(IMAGES * scale)), max(150, int(EMITS * scale))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = compiled(folder)
        if library is None:
            raise Skipped("there is no C compiler (cc)")
        recorded = await record(folder / "full", library, emits, "full", report)
        full = await anyio.to_thread.run_sync(rebuild, folder / "image", recorded, images, report)
        must(not full.lacking, f"{full.lacking} of {images} images lack acknowledged emits, {full.lost} at most")
        recorded = await record(folder / "normal", library, max(150, emits // 4), "normal", report)
        blind = await anyio.to_thread.run_sync(rebuild, folder / "image", recorded, 8, report)
        must(blind.lost, "nothing was lost although the core did not wait for the disk: this drill sees nothing")
    return {
        "images": images,
        "sound_images": images,
        "accepted": emits,
        "lost": full.lost,
        "syncs": full.syncs,
        "writes": full.writes,
        "carried_over": full.carried_over,
        "lost_without_sync": blind.lost,
    }


async def record(folder: Path, library: Path, emits: int, durability: str, report: Callable[[str], None]) -> Recorded:
    log = folder / "disk.log"
    where = project(folder, languages=(), kept=True, config=f'[durability]\nevents = "{durability}"\n')
    promised: list[tuple[int, int]] = []
    core = Core(where, LD_PRELOAD=str(library), DRILL_DISK=str(folder / ".motia/motia.db"), DRILL_DISK_LOG=str(log))
    async with core, Load(lambda: core.url, by=KEPT, padding=PADDING) as load:
        load.told = lambda n: promised.append((log.stat().st_size, n))
        report(f"recording {emits:,} emits, durability {durability}")
        await load.run(emits)
    return Recorded(log, promised)


def rebuild(folder: Path, recorded: Recorded, images: int, report: Callable[[str], None]) -> Seen:
    chance, disk = random.Random(17), Disk()
    first, last = recorded.promised[0][0], recorded.log.stat().st_size
    # Half of the cuts come right after an answer, where least has had time to reach the disk by itself.
    cuts = sorted(
        chance.choice(recorded.promised)[0] if number % 2 else chance.randint(first, last) for number in range(images)
    )
    lacking, most, made = 0, 0, 0
    for step in steps(recorded.log):
        while cuts and step.end > cuts[0]:
            cut = cuts.pop(0)
            promised = {n for size, n in recorded.promised if size <= cut}
            made += 1
            report(f"image {made} of {images}, {len(promised):,} emits promised")
            image = disk.image(MODES[made % len(MODES)], chance, folder, "motia.db")
            try:
                missing = len(promised - held(image))
                if holds_tables(image):
                    sound(image)
            except sqlite3.DatabaseError as error:
                raise Broken(f"image {made} is damaged: {error}") from error
            lacking, most = lacking + bool(missing), max(most, missing)
        disk.apply(step)
    return Seen(made, lacking, most, disk.syncs, disk.writes, disk.carried_over)
