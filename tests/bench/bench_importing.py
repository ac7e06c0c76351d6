"""Import (parse, hash, encrypt, sync, index), beside ``cp -r`` and ``sync`` of the same files.

Every import goes into a store of its own, whose workers have started; every copy into a new folder.
Nothing is removed before the end: ext4 passes by the inodes of files that were removed a moment ago, and
looking at each of them costs whoever makes the next file more than the file does.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from figures import Figure, Skipped, seconds
from ground import CHEST_CT, Ground, night_desk, own_desk, study_of

from workstation.workflow import export_study, import_studies

AT_MOST: Final = 3.0
ROUNDS: Final = 5
_ARCHIVE: Final = "mr-head-t1.zip"
_AGAINST: Final = "cp -r; sync"
_COPY: Final = 'cp -r "$1" "$2" && sync'


def figures(ground: Ground) -> Iterator[Figure | Skipped]:
    """Import an MR and a CT."""
    mr = ground.unpacked(_ARCHIVE)
    if mr is None:
        yield Skipped("import an MR of 384 files", f"{_ARCHIVE} is not here")
    else:
        yield _figure(ground, "import an MR of 384 files", mr)
    ct = ground.new("ct")
    with night_desk() as desk:
        export_study(desk, study_uid=study_of(desk, CHEST_CT).uid, folder=ct)
    yield _figure(ground, "import a CT of 224 files", ct)


def _figure(ground: Ground, what: str, files: Path) -> Figure:
    pairs = [
        (_imported(ground.new("store"), files), _copied(ground.new("copy"), files)) for _ in range(ROUNDS)
    ]
    ours, peer, processor = (
        statistics.median(times) for times in zip(*((a, b, c) for (a, c), b in pairs), strict=True)
    )
    return Figure(what, ours, peer, AT_MOST, "s", _AGAINST, processor)


def _imported(home: Path, files: Path) -> tuple[float, float]:
    """Return the wall clock's seconds, and our own processor seconds (the workers' are not in them)."""
    with own_desk(home) as desk:
        while desk.pool.sandbox is None:
            time.sleep(0.05)
        time.sleep(1)
        os.sync()
        processor = time.process_time()
        spent = seconds(lambda: import_studies(desk, paths=[files], progress=lambda _: None))
        processor = time.process_time() - processor
    return spent, processor


def _copied(target: Path, files: Path) -> float:
    os.sync()
    return seconds(lambda: subprocess.run(["sh", "-c", _COPY, "sh", files, target], check=True))
