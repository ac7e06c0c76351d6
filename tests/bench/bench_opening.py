"""A volume of 384 slices out of the encrypted store, beside SimpleITK's reading of the plain files.

Both find out what belongs together and in which order, and end with one array. Nothing of ours is decoded
before; the files of both are in the system's cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import SimpleITK
from figures import Figure, Skipped, in_turns
from ground import Ground, own_desk
from numpy.typing import NDArray

from workstation.workflow import Desk, import_studies, stacks_of

ROUNDS: Final = 7
_WHAT: Final = "open 384 MR slices from the encrypted store"
_ARCHIVE: Final = "mr-head-t1.zip"
_SECONDS: Final = 60.0


def figures(ground: Ground) -> Iterator[Figure | Skipped]:
    """Import the series, then open it in turns."""
    files = ground.unpacked(_ARCHIVE)
    if files is None:
        yield Skipped(_WHAT, f"{_ARCHIVE} is not here")
        return
    with own_desk(ground.new("opening")) as desk:
        summary = import_studies(desk, paths=[files], progress=lambda _: None)
        study = summary.study_uids[0]
        folder = next(path.parent for path in files.rglob("*.dcm"))
        assert _ours(desk, study).shape == _peer(folder).shape
        times = in_turns(ROUNDS, {"ours": lambda: _ours(desk, study), "peer": lambda: _peer(folder)})
    yield Figure(_WHAT, min(times["ours"]), min(times["peer"]), 1.0, "s", "SimpleITK, plain files")


def _ours(desk: Desk, study: str) -> NDArray[Any]:
    desk.frames.wipe()
    (stack,) = stacks_of(desk, study)
    with desk.frames.source(stack) as source:
        assert source.wait_all(_SECONDS)
        values = source.volume_values()
        assert values is not None
        return values


def _peer(folder: Path) -> NDArray[Any]:
    reader: Any = SimpleITK.ImageSeriesReader  # its own types say too little
    series = reader()
    series.SetFileNames(series.GetGDCMSeriesFileNames(str(folder)))
    values: NDArray[Any] = SimpleITK.GetArrayViewFromImage(series.Execute())
    return values
