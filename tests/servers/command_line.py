"""Somebody with a home of their own who types commands: each is a process, as a script's would be.

What a command leaves behind is all that the next one has.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from dicom_objects import ct, part10
from orthanc import Orthanc

COMMAND: Final = [sys.executable, "-m", "workstation"]
WORDS: Final = "correct horse battery staple"
PATIENCE: Final = 180
STUDY: Final = "1.2.826.7.2"
NAME: Final = "ZQXNAME^SECRET"

Done = subprocess.CompletedProcess[str]


class Person:
    """Somebody with a home of their own who types commands."""

    def __init__(self, home: Path, words: str = WORDS) -> None:
        self.home = home
        self.keyring = False
        home.mkdir(mode=0o700)
        (home / "runtime").mkdir(mode=0o700)
        (home / "words").write_text(f"{words}\n")
        (home / "settings.toml").write_text("[workers]\ncount = 1\n")

    def run(self, *words: object, code: int = 0) -> Done:
        """Run a command that has to end with a code."""
        done = subprocess.run(  # noqa: S603  our own program
            self._command(*words),
            env=self._environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout
        assert NAME not in done.stderr
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *words: object, code: int = 0) -> list[dict[str, Any]]:
        """Return what a command answers as JSON."""
        found: list[dict[str, Any]] = json.loads(self.run(*words, "--json", code=code).stdout)
        return found

    @contextlib.contextmanager
    def running(self, *words: object) -> Iterator[subprocess.Popen[str]]:
        """Run a command beside the test; it has ended when the block does."""
        process = subprocess.Popen(  # noqa: S603  as above
            self._command(*words),
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def trail(self) -> str:
        """Return the audit trail as a person reads it."""
        return self.run("audit", "--last", "200").stdout

    def _command(self, *words: object) -> list[str]:
        command = [*COMMAND, "--passphrase-file", str(self.home / "words"), *map(str, words)]
        if not self.keyring:
            return command
        unlock = "printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
        return ["dbus-run-session", "--", "bash", "-c", f'{unlock}; exec "$@"', "login", *command]

    def _environment(self) -> dict[str, str]:
        kept = {
            name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ
        }
        return kept | {
            "HOME": str(self.home),
            "LUMEN_HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home / "runtime"),
            "LC_ALL": "C.UTF-8",
            "PYTHONUTF8": "1",
        }


def objects(count: int, study: str = STUDY, side: int = 32) -> dict[str, bytes]:
    """Return a CT of today as files, by UID."""
    chance = np.random.default_rng(7)
    made = {}
    for n in range(count):
        dataset = ct(
            chance.integers(0, 2500, (side, side)).astype(np.uint16),
            PatientName=NAME,
            PatientID="P7",
            StudyInstanceUID=study,
            SeriesInstanceUID=f"{study}.1",
            SOPInstanceUID=f"{study}.1.{n + 1}",
            StudyDate=time.strftime("%Y%m%d"),
            StudyDescription="CT head",
            InstanceNumber=n + 1,
            ImagePositionPatient=[0, 0, 3 * n],
            PixelSpacing=[0.5, 0.5],
        )
        made[str(dataset.SOPInstanceUID)] = part10(dataset)
    return made


def disc(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files into a new folder."""
    folder.mkdir()
    for uid, data in files.items():
        (folder / f"{uid}.dcm").write_bytes(data)
    return folder


def know(person: Person, way: str, **fields: str) -> None:
    """Set the archive up in the file that people may write by hand: no program has to start for it."""
    lines = ["[harbor]", *(f'{name} = "{value}"' for name, value in fields.items())]
    lines += ["[harbor.ways]", f'fibre = "{way}"']
    (person.home / "archives.toml").write_text("\n".join(lines), encoding="utf-8")


def web(person: Person, orthanc: Orthanc) -> None:
    """Set an Orthanc up, by DICOMweb."""
    know(person, orthanc.dicomweb)


def dimse(person: Person, orthanc: Orthanc) -> None:
    """Set an Orthanc up, by DIMSE."""
    way = f"127.0.0.1:{orthanc.dicom_port}"
    know(person, way, speech="dimse", encryption="none", called=orthanc.ae_title)
