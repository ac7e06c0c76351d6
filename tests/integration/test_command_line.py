"""The real command in processes of its own: from files in to files out, and every way to end.

Each start costs a second or two: the tests share one store and ask once. They open it with its
recovery key, since a passphrase would take as long again; the store of the stopped import is made with one.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import imagecodecs
import numpy as np
import pydicom
import pytest
from dicom_objects import ct, part10

from workstation.security import read_json_line, verify_chain
from workstation.store.lock import StoreLock
from workstation.workflow import KeySource, create_store

NAME = "ZQXNAME^ÖDÖN"
STUDY, SERIES = "1.2.826.7.1", "1.2.826.7.1.1"
SIDE, SLICES = 48, 5
COMMAND = [sys.executable, "-m", "workstation"]
PATIENCE = 120
PHRASE = "correct horse battery staple"

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def files(folder: Path) -> list[Path]:
    """Write a study, and one file that can't be read."""
    chance = np.random.default_rng(5)
    folder.mkdir()
    for n in range(SLICES):
        dataset = ct(
            chance.integers(0, 2500, (SIDE, SIDE)).astype(np.uint16),
            SpecificCharacterSet="ISO_IR 192",
            PatientName=NAME,
            StudyInstanceUID=STUDY,
            SeriesInstanceUID=SERIES,
            SOPInstanceUID=f"{SERIES}.{n}",
            InstanceNumber=n + 1,
            ImagePositionPatient=[0, 0, 3 * n],
            PixelSpacing=[0.5, 0.5],
        )
        (folder / f"{n}.dcm").write_bytes(bytes(range(128)) + part10(dataset)[128:])
    (folder / "broken\x1b[2J.dcm").write_bytes(bytes(128) + b"DICM" + b"garbage that claims much" * 8)
    return sorted(folder.glob("?.dcm"))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("command")
    new = create_store(folder=made / "store", key=KeySource.passphrase(PHRASE), with_recovery=True)
    (made / "words").write_text(f"{PHRASE}\n")
    (made / "recovery").write_text(f"{new.recovery_key}\n")
    (made / "other").write_text("wrong horse battery staple\n")
    return made


@pytest.fixture(scope="module")
def environment(place: Path) -> dict[str, str]:
    return os.environ | {"LUMEN_HOME": str(place / "home"), "PYTHONUTF8": "1"}


@pytest.fixture(scope="module")
def run(place: Path, environment: dict[str, str]) -> Run:
    """Return what runs the command at the shared store; nothing that it does may end in a traceback."""

    def run(*words: object, store: str = "store", file: str = "recovery", **changed: str) -> Done:
        common = ("--store", place / store, "--passphrase-file", place / file)
        done = subprocess.run(  # noqa: S603  our own program
            [*COMMAND, *map(str, (*common, *words))],
            env=environment | changed,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout
        return done

    return run


@pytest.fixture(scope="module")
def imported(run: Run, place: Path) -> Done:
    files(place / "in")
    return run("import", place / "in")


def test_an_import_takes_what_can_be_read_and_names_the_rest(imported: Done) -> None:
    assert imported.returncode == 3
    assert imported.stdout == "Imported 5 instances in 1 study · 1 could not be read.\n"
    assert imported.stderr.startswith("in/broken [2J.dcm: ")


@pytest.mark.usefixtures("imported")
def test_the_lists_are_what_came_in(run: Run) -> None:
    (study,) = json.loads(run("studies", "--json").stdout)
    (series,) = json.loads(run("series", "--study", STUDY, "--json").stdout)

    assert (study["uid"], study["patient_name"], study["here"]) == (STUDY, NAME, SLICES)
    assert (series["series_uid"], series["count"], series["regular"]) == (SERIES, SLICES, True)


@pytest.mark.usefixtures("imported")
def test_a_rendered_image_is_what_pydicom_and_the_standard_s_formula_give(run: Run, place: Path) -> None:
    """PS3.3 C.11.2.1.2.1; at one device pixel for each of the image, nothing is resampled."""
    center, width, index = 100.0, 900.0, 3
    picture = place / "a.png"
    done = run(
        "render", "--study", STUDY, "--index", index, "--window", center, width,
        "--size", f"{SIDE}x{SIDE}", "--output", picture,
    )  # fmt: skip
    pixels = np.asarray(imagecodecs.png_decode(picture.read_bytes()))

    source = pydicom.dcmread(place / "in" / f"{index}.dcm")
    values = source.pixel_array * float(source.RescaleSlope) + float(source.RescaleIntercept)
    expected = np.clip(((values - (center - 0.5)) / (width - 1) + 0.5) * 255, 0, 255)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert np.abs(pixels - expected).max() <= 1


@pytest.mark.usefixtures("imported")
def test_an_export_is_byte_for_byte_what_came_in_but_for_the_preamble(run: Run, place: Path) -> None:
    done = run("export", "--study", STUDY, place / "out")
    came = {hashlib.sha256(path.read_bytes()[128:]).digest() for path in (place / "in").glob("?.dcm")}
    went = [path.read_bytes() for path in (place / "out").iterdir()]

    assert done.returncode == 0
    assert {hashlib.sha256(data[128:]).digest() for data in went} == came
    assert {data[:128] for data in went} == {bytes(128)}


@pytest.mark.usefixtures("imported")
def test_the_trail_is_verified_here_and_elsewhere(run: Run, place: Path) -> None:
    lines = run("audit", "--verify", "--export", place / "trail.jsonl")
    report = verify_chain(map(read_json_line, (place / "trail.jsonl").read_text().splitlines()))
    messages = run("audit", "--export", place / "trail.xml")

    assert lines.returncode == messages.returncode == 0
    assert report.bad is None
    assert report.count > 10
    assert ET.parse(place / "trail.xml").getroot().tag == "AuditMessages"  # noqa: S314  our own file
    assert "ZQX" not in (place / "trail.jsonl").read_text() + (place / "trail.xml").read_text()


@pytest.mark.usefixtures("imported")
def test_wrong_words_no_store_and_a_busy_one_are_told_apart(run: Run, place: Path) -> None:
    wrong, missing = run("studies", file="other"), run("studies", store="nowhere")
    lock = StoreLock(place / "store" / "lock")
    busy = run("studies")
    lock.release()

    assert [done.returncode for done in (wrong, missing, busy)] == [37, 47, 40]
    assert {done.stdout for done in (wrong, missing, busy)} == {""}
    assert {done.stderr.count("\n") for done in (wrong, missing, busy)} == {1}
    assert not (place / "nowhere").exists()


@pytest.mark.usefixtures("imported")
def test_a_name_that_a_terminal_cannot_show_is_no_error(run: Run) -> None:
    done = run("studies", PYTHONUTF8="0", PYTHONIOENCODING="iso8859-5")

    assert (done.returncode, done.stderr) == (0, "")
    assert "ZQXNAME^?D?N" in done.stdout


BROKEN_INSIDE = """
import threading
from workstation.cli import studies
import workstation.__main__ as program

def fail(_):
    raise ValueError("ZQXNAME^SECRET")

def fail_twice(desk):
    thread = threading.Thread(target=fail, args=(0,))
    thread.start()
    thread.join()
    fail(desk)

studies.list_studies = fail_twice
program.main()
"""


@pytest.mark.usefixtures("imported")
def test_a_fault_of_the_program_is_one_calm_line_and_the_log_knows_the_rest(
    place: Path, environment: dict[str, str]
) -> None:
    words = ["--store", str(place / "store"), "--passphrase-file", str(place / "recovery"), "studies"]
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", BROKEN_INSIDE, *words],
        env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    log = (place / "home" / "lumen.log").read_text()

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "workstation: Something unexpected happened inside the program (ValueError).\n"
    assert [json.loads(line)["message"] for line in log.splitlines()] == [
        "uncaught ValueError", "unexpected ValueError",
    ]  # fmt: skip
    assert "ZQX" not in log
    assert "fail_twice" in log


def test_a_reader_that_goes_away_leaves_no_trace(environment: dict[str, str]) -> None:
    with subprocess.Popen(  # noqa: S603  our own program
        [*COMMAND, "--help"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        told = child.stderr.read()
    assert told == ""


def test_wrong_usage_ends_with_2(run: Run) -> None:
    done = run("render", "--study", "1.2")

    assert (done.returncode, done.stdout) == (2, "")
    assert "--output" in done.stderr


@pytest.fixture
def interrupted(place: Path, environment: dict[str, str]) -> tuple[int, str, str]:
    """Import many files and press Ctrl+C once the first are stored."""
    many, store = place / "many", place / "stopped"
    many.mkdir()
    data = part10(ct(np.zeros((256, 256), np.uint16), SOPInstanceUID="1.2.3.4.99999"))
    for n in range(3000):
        (many / f"{n}.dcm").write_bytes(data.replace(b"1.2.3.4.99999", f"1.2.3.4.{10000 + n}".encode()))
    with subprocess.Popen(  # noqa: S603  our own program
        [*COMMAND, "--store", str(store), "--passphrase-file", str(place / "words"), "import", str(many)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        end = time.monotonic() + PATIENCE
        while not any((store / "blobs").glob("*/*/*")):
            assert child.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
    return child.returncode, out, err


def test_ctrl_c_stops_an_import_where_everything_is_whole(
    interrupted: tuple[int, str, str], run: Run
) -> None:
    code, out, err = interrupted

    assert code == 130
    assert err == "workstation: Stopped. What was taken in until then is whole.\n"
    checked = run("check", store="stopped", file="words")
    taken = int(out.split()[1].replace(",", ""))
    assert 0 < taken < 3000
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith(f"Looked at {taken:,} files")


@pytest.mark.usefixtures("imported")
def test_a_damaged_file_is_found_by_a_check(run: Run, place: Path) -> None:
    """The last of these tests: it spoils the store."""
    victim = next(path for path in (place / "store" / "blobs").glob("*/*/*") if path.name != "study.key")
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    done = run("check")

    assert done.returncode == 3
    assert victim.name in done.stderr
    assert "1 finding." in done.stdout
