"""What the budgets are measured on: the night of the demonstration, real studies, stores of their own.

The night is drawn once and kept in ``.cache/bench`` of the checkout until phantoms or store change; real
studies lie in the folder that LUMEN_DATA names, or in ../shared/data. Everything else is temporary.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import workstation
from workstation.config import Places, Settings, load
from workstation.workflow import Desk, KeySource, StudyRow, list_studies, open_demo, open_desk

ROOT: Final = Path(__file__).parents[2]
DATA: Final = Path(os.environ.get("LUMEN_DATA", ROOT.parent / "shared" / "data"))
OFF_SCREEN: Final = f"offscreen:configfile={ROOT / 'tests' / 'ui' / 'offscreen.json'}"
CACHE: Final = ROOT / ".cache" / "bench"

CHEST_CT: Final = "CT chest and abdomen, follow-up nodule"
BRAIN_MR: Final = "MR brain, T1 T2 DWI"
CHEST_XR: Final = "XR chest PA"

_WORDS: Final = "a passphrase for stores that live for a minute"


@dataclass(frozen=True, slots=True)
class Ground:
    """A folder for what is needed for the length of one run, on the disk that the checkout is on."""

    folder: Path

    def new(self, name: str) -> Path:
        """Return a folder that isn't there yet."""
        number = sum(1 for _ in self.folder.iterdir())
        return self.folder / f"{number}-{name}"

    def unpacked(self, archive: str) -> Path | None:
        """Return a folder with the files of one archive of real studies, None where it is absent."""
        source, target = DATA / archive, self.folder / archive.removesuffix(".zip")
        if not source.is_file():
            return None
        if not target.exists():
            with zipfile.ZipFile(source) as opened:
                opened.extractall(target)
        return target


@contextmanager
def ground() -> Iterator[Ground]:
    """Yield the ground of one run."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=CACHE) as folder:
        yield Ground(Path(folder))


@cache
def night() -> Path:
    """Return the home in which the night's studies are; they are drawn the first time."""
    home = CACHE / f"night-{_edition()}"
    for old in CACHE.glob("night-*"):
        if old != home:
            shutil.rmtree(old)
    command = [sys.executable, "-m", "workstation", "demo", "--prepare"]
    subprocess.run(command, env=environment(home), check=True, stdout=subprocess.DEVNULL)
    return home


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a child that lives in this home, off screen."""
    return os.environ | {"LUMEN_HOME": str(home), "QT_QPA_PLATFORM": OFF_SCREEN}


@contextmanager
def night_desk() -> Iterator[Desk]:
    """Open the night's store."""
    places = Places.below(night())
    with open_demo(settings=settings(places), places=places) as desk:
        yield desk


@contextmanager
def own_desk(home: Path) -> Iterator[Desk]:
    """Open the store of real studies in a home, or make one."""
    places = Places.below(home)
    desk = open_desk(settings=settings(places), places=places, key=KeySource.passphrase(_WORDS), create=True)
    try:
        yield desk
    finally:
        desk.close()


def settings(places: Places) -> Settings:
    """Return the settings as they are before anyone changes them."""
    return load(places.policy, places.settings)


def study_of(desk: Desk, description: str) -> StudyRow:
    """Return the first study that is so described."""
    return next(study for study in list_studies(desk) if study.description == description)


def _edition() -> str:
    """Return a name for everything that decides what the night looks like on the disk."""
    package = Path(workstation.__file__).parent
    sources = sorted(
        [*package.glob("phantoms/*.py"), *package.glob("store/*.py"), *package.glob("dicom/*.py")]
    )
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
