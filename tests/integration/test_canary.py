"""A patient's name is on no disk in the clear, whatever the program did and however it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import canary_run
import numpy as np
import pytest
from canary_run import NAME, PATIENT_ID, STUDY
from dicom_objects import ct, part10

ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
SECRETS = (NAME, *NAME.split("^"), NAME.lower(), NAME.replace("^", " "), PATIENT_ID, STUDY)
NEEDLES = {secret.encode(encoding) for secret in SECRETS for encoding in ENCODINGS}
PATIENCE = 120.0


def traces(folder: Path) -> list[str]:
    """Return where a secret stands, in a file or in the name of one."""
    found = []
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes().rstrip(b"\0") if path.is_file() and not path.is_symlink() else b""
        name = os.fsencode(path.relative_to(folder))
        found += [f"{path}: {needle!r}" for needle in NEEDLES if needle in content or needle in name]
    return found


def slices(folder: Path, first: int, count: int) -> Path:
    folder.mkdir()
    dataset = ct(
        np.random.default_rng(first).integers(0, 3000, (64, 64)).astype(np.uint16),
        SpecificCharacterSet="ISO_IR 192",
        PatientName=NAME,
        PatientID=PATIENT_ID,
        StudyInstanceUID=STUDY,
        SeriesInstanceUID=f"{STUDY}.1",
        SOPInstanceUID=f"{STUDY}.1.99999",
    )
    data = part10(dataset)
    for n in range(first, first + count):
        uid = f"{STUDY}.1.{10000 + n}".encode()
        (folder / f"{n:05}.dcm").write_bytes(data.replace(f"{STUDY}.1.99999".encode(), uid))
    return folder


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Run the session in a home of its own; return the home, and the folder for what was to leave it."""
    place = tmp_path_factory.mktemp("canary")
    home, out = place / "home", place / "out"
    folders = {
        "LUMEN_HOME": home / "lumen",
        "HOME": home,
        "TMPDIR": home / "tmp",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_RUNTIME_DIR": home / "run",
    }
    for folder in (out, *folders.values()):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    disc, more = slices(place / "disc", 0, 5), slices(place / "more", 100, 1500)
    environment = os.environ | {name: str(folder) for name, folder in folders.items()}
    command = [sys.executable, canary_run.__file__]
    with subprocess.Popen(  # noqa: S603  our own script
        [*command, "first", str(disc), str(more), str(out)],
        env=environment, cwd=Path.cwd(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "importing\n"
        wait_for_files(folders["LUMEN_HOME"], 25)
        child.send_signal(signal.SIGKILL)
        assert child.communicate()[1] == ""
    assert child.returncode == -signal.SIGKILL
    assert traces(home) == [], "after the kill"
    again = subprocess.run(  # noqa: S603  our own script
        [*command, "reopen"], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert again.stdout.startswith("0 findings, ")
    assert int(again.stdout.split()[2]) >= 5
    return home, out


def wait_for_files(home: Path, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while sum(1 for _ in (home / "store" / "blobs").glob("*/*/*")) < count:
        assert time.monotonic() < end
        time.sleep(0.005)


def test_no_file_below_the_home_holds_the_patient(session: tuple[Path, Path]) -> None:
    home, _ = session
    written = [path for path in home.rglob("*") if path.is_file()]

    assert {"work.db", "work.journal", "cache.db", "keys.json", "lumen.log"} <= {
        path.name for path in written
    }
    assert len(written) >= 15
    assert traces(home) == []


def test_the_log_had_the_chance(session: tuple[Path, Path]) -> None:
    """Else the test above would prove nothing about it."""
    log = (session[0] / "lumen" / "lumen.log").read_text(encoding="utf-8")

    assert "a fault" in log
    assert "py.warnings" in log
    assert "a.library" in log
    assert "uid:" in log


def test_an_exported_trail_names_study_and_patient_by_number_and_never_by_name(
    session: tuple[Path, Path],
) -> None:
    trail = (session[1] / "trail.jsonl").read_text(encoding="utf-8")

    assert STUDY in trail
    assert PATIENT_ID in trail
    assert "ZQX" not in trail


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("secret", SECRETS)
def test_the_search_would_have_found_it(tmp_path: Path, secret: str, encoding: str) -> None:
    assert traces(tmp_path) == []
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "page").write_bytes(bytes(4097) + secret.encode(encoding) + bytes(99))

    assert traces(tmp_path)


def test_the_search_looks_at_names_of_files_too(tmp_path: Path) -> None:
    (tmp_path / STUDY).mkdir()

    assert traces(tmp_path)
