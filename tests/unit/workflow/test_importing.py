"""Whatever is dropped on the window: each file is accounted for, and what is said to be here is here."""

from __future__ import annotations

import errno
import gc
import itertools
import os
import threading
import time
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offered import STUDY, a_report, a_slice, contents, digests, part10, put, stored, take_in, trail
from pydicom.fileset import FileSet
from quick_desk import SharedPool, quick_desk

from workstation.dicom import sources
from workstation.security import Action, Outcome
from workstation.store import DiskFull, Incoming, Receipt, StoreDamaged
from workstation.store.disk import Disk
from workstation.store.files import DiskFiles, Handle
from workstation.workflow import Desk, ImportProgress, WrongStore

NOT_DICOM = b"Dr. Somebody's viewer for your pictures" * 10
BROKEN = bytes(128) + b"DICM" + b"garbage that claims much" * 8


def test_a_folder_comes_in_whole_and_once(desk: Desk, disc: Path) -> None:
    paths = put(disc, *(a_slice(n) for n in range(5)))
    first, second = take_in(desk, disc), take_in(desk, disc)

    assert (first.added, first.known, first.studies, first.study_uids) == (5, 0, 1, (STUDY,))
    assert (second.added, second.known) == (0, 5)
    assert contents(desk) == digests(path.read_bytes() for path in paths)
    assert len(stored(desk)) == 5


def test_the_same_file_twice_in_one_import_is_one(desk: Desk, disc: Path) -> None:
    first, second = put(disc, a_slice(), a_slice())
    summary = take_in(desk, disc, first, second)

    assert first.read_bytes() == second.read_bytes()
    assert (summary.added, summary.known, summary.refused) == (1, 1, ())


def test_another_content_under_the_same_uid_is_kept_apart_and_told(desk: Desk, disc: Path) -> None:
    paths = put(disc, a_slice(0), a_slice(0, WindowCenter=40, WindowWidth=400))
    summary = take_in(desk, *paths[:1]), take_in(desk, *paths[1:])

    assert [(one.added, one.versions) for one in summary] == [(1, 0), (1, 1)]
    assert contents(desk) == digests(path.read_bytes() for path in paths)
    assert [one.version for one in stored(desk)] == [1, 2]
    shown = desk.store.instances.of_study(STUDY)
    assert [one.version for one in shown] == [1], "the first stays the one that is shown"


def test_what_cannot_be_read_is_named_with_its_reason_and_the_rest_is_here(desk: Desk, disc: Path) -> None:
    put(disc, a_slice(0), a_slice(1))
    (disc / "broken.dcm").write_bytes(BROKEN)
    (disc / "no_uid.dcm").write_bytes(part10(a_slice(2, StudyInstanceUID=None)))
    (disc / "viewer.exe").write_bytes(NOT_DICOM)
    summary = take_in(desk, disc)

    assert (summary.added, summary.others) == (2, 1)
    assert [refusal.name for refusal in summary.refused] == ["disc/broken.dcm", "disc/no_uid.dcm"]
    assert "StudyInstanceUID is missing" in summary.refused[1].reason


def test_a_zip_comes_in_like_the_folder_in_it(desk: Desk, disc: Path, tmp_path: Path) -> None:
    paths = put(disc, *(a_slice(n) for n in range(3)))
    archive = tmp_path / "disc.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for path in paths:
            out.write(path, path.name)
        out.writestr("readme.txt", NOT_DICOM)
    summary = take_in(desk, archive)

    assert (summary.added, summary.others) == (3, 1)
    assert contents(desk) == digests(path.read_bytes() for path in paths)


def test_media_come_in_by_their_directory_and_tell_what_it_lists_in_vain(
    desk: Desk, disc: Path, tmp_path: Path
) -> None:
    write_media(disc, [a_file(tmp_path / f"{n}.dcm", n) for n in range(3)])
    lost = sorted(path for path in disc.rglob("*") if path.is_file() and path.name != "DICOMDIR")[1]
    lost.unlink()
    summary = take_in(desk, disc / "DICOMDIR")

    assert summary.added == 2
    assert [refusal.name.rpartition("/")[2] for refusal in summary.refused] == [lost.name]
    assert "it isn't there" in summary.refused[0].reason


def test_a_disc_s_directory_under_another_name_is_passed_over_like_dicomdir(
    desk: Desk, disc: Path, tmp_path: Path
) -> None:
    """As on discs of Philips: one DIRFILE in each folder, and every disc a warning."""
    write_media(disc, [a_file(tmp_path / f"{n}.dcm", n) for n in range(3)])
    (disc / "DICOMDIR").rename(disc / "DIRFILE")
    summary = take_in(desk, disc)

    assert (summary.added, summary.others, summary.refused) == (3, 1, ())


def a_file(path: Path, number: int) -> Path:
    path.write_bytes(
        part10(
            a_slice(number, StudyDate="20260101", StudyTime="101500", StudyID="1", AccessionNumber="A")
        ).replace(b"1.2.3.4\0", f"1.2.3.{number}\0".encode())  # FileSet goes by the meta information's UID
    )
    return path


def write_media(folder: Path, files: Iterable[Path]) -> None:
    """Write a disc with its DICOMDIR, by pydicom, which leaves temporary folders to the collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        media = FileSet()
        for file in files:
            media.add(file)
        media.write(folder)
        del media
        gc.collect()


def test_progress_ends_with_the_totals_whatever_became_of_the_files(desk: Desk, disc: Path) -> None:
    put(disc, *(a_slice(n) for n in range(4)), a_report())
    (disc / "broken.dcm").write_bytes(BROKEN)
    (disc / "cut.zip").write_bytes(b"PK\3\4 and no table of contents")
    (disc / "viewer.exe").write_bytes(NOT_DICOM)
    told: list[ImportProgress] = []
    take_in(desk, disc, progress=told.append)

    size = sum(path.stat().st_size for path in disc.glob("*.dcm"))
    assert (told[-1].files, told[-1].files_total) == (7, 7)
    assert (told[-1].size, told[-1].size_total) == (size, size)
    assert [one.files for one in told] == sorted(one.files for one in told)
    assert all(one.files_total in (None, 7) for one in told)


def test_progress_is_told_even_where_there_is_nothing_to_take(desk: Desk, disc: Path) -> None:
    (disc / "viewer.exe").write_bytes(NOT_DICOM)
    told: list[ImportProgress] = []
    take_in(desk, disc, progress=told.append)

    assert [(one.files, one.files_total, one.size, one.size_total) for one in told] == [(0, 0, 0, 0)]


def test_a_cancel_ends_the_search_for_files_too(desk: Desk, disc: Path) -> None:
    put(disc, *(a_slice(n) for n in range(3)))
    told: list[ImportProgress] = []
    summary = take_in(desk, disc, progress=told.append, cancelled=lambda: True)

    assert (summary.cancelled, summary.added) == (True, 0)
    assert told[-1].files_total is None, "nobody knows how many there would have been"


def test_progress_is_told_one_at_a_time(desk: Desk, disc: Path) -> None:
    put(disc, *(a_slice(n) for n in range(6)))
    for n in range(6):
        (disc / f"broken{n}.dcm").write_bytes(BROKEN)
    inside = threading.Semaphore(1)
    met: list[bool] = []

    def progress(_: ImportProgress) -> None:
        met.append(inside.acquire(blocking=False))
        time.sleep(0.002)
        inside.release()

    take_in(desk, disc, progress=progress)
    assert all(met)


def test_each_study_is_in_the_trail_and_the_counts_once(desk: Desk, disc: Path) -> None:
    put(disc, a_slice(0, "1.2.3"), a_slice(1, "1.2.3"), a_slice(0, "1.2.4"))
    take_in(desk, disc)
    records = [record for record in trail(desk) if record.action is Action.IMPORT]

    assert sorted(record.study for record in records) == ["", "1.2.3", "1.2.4"]
    assert {record.patient for record in records if record.study} == {"P1^^^"}
    assert [record.detail for record in records if not record.study] == [
        "3 added (0 as another version), 0 known, 0 refused"
    ]


def test_one_file_that_cannot_be_stored_costs_no_other(
    desk: Desk, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(disc, *(a_slice(n) for n in range(6)))
    store = desk.store.intake.put

    def put_all_but_one(batch: Sequence[Incoming]) -> Sequence[Receipt]:
        if any(one.examined.record.number == 3 for one in batch):
            raise StoreDamaged("This one is impossible")
        return store(batch)

    monkeypatch.setattr(desk.store.intake, "put", put_all_but_one)
    summary = take_in(desk, disc)

    assert summary.added == 5
    assert [(one.name, one.reason) for one in summary.refused] == [
        ("disc/0002.dcm", "This one is impossible.")
    ]


def test_real_studies_never_go_into_the_demonstration(desk: Desk, disc: Path) -> None:
    put(disc, a_slice())
    desk.is_demo = True

    with pytest.raises(WrongStore):
        take_in(desk, disc)
    assert stored(desk) == []


class FullDisk(DiskFiles):
    """A disk that has room for so many more images."""

    def __init__(self) -> None:
        self.room = 3

    def create(self, path: Path) -> Handle:
        """Make a new file, while there is room."""
        if "blobs" in path.parts and path.name.endswith(".tmp") and not path.name.startswith("study"):
            if not self.room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.room -= 1
        return super().create(path)


def test_a_full_disk_is_told_and_what_came_in_before_stays(
    folder: Path, disc: Path, pool: SharedPool
) -> None:
    paths = put(disc, *(a_slice(n, f"1.2.{n}") for n in range(12)))
    files = FullDisk()
    desk = quick_desk(folder, pool, disk=Disk(files=files))
    for path in paths[:2]:
        take_in(desk, path)

    with pytest.raises(DiskFull):
        take_in(desk, disc)
    here = contents(desk)
    assert digests(path.read_bytes() for path in paths[:2]) <= here
    assert trail(desk)[-1].outcome is Outcome.SERIOUS_FAILURE
    assert {one.record.study.uid for one in stored(desk)} <= {record.study for record in trail(desk)}

    files.room = 1000
    summary = take_in(desk, disc)
    assert (summary.added, summary.known) == (12 - len(here), len(here))
    assert contents(desk) == digests(path.read_bytes() for path in paths)
    desk.close()


def test_a_person_who_breaks_off_waits_for_nothing_and_loses_nothing(
    desk: Desk, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+C comes while files are being found; several hundred are queued then."""
    paths = put(disc, *(a_slice(n) for n in range(40)))
    walk = sources.walk

    def broken_off(what: Iterable[Path]) -> Iterator[sources.Found]:
        yield from itertools.islice(walk(what), 30)
        raise KeyboardInterrupt

    monkeypatch.setattr(sources, "walk", broken_off)
    with pytest.raises(KeyboardInterrupt):
        take_in(desk, disc)
    here = contents(desk)
    assert here <= digests(path.read_bytes() for path in paths)
    assert len(here) < 30, "what nobody waits for was still taken in"
    assert desk.arriving == 0
    assert trail(desk)[-1].detail == "KeyboardInterrupt"


FILES = 9


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("many")
    put(place, *(a_slice(n, f"1.2.{n % 3}") for n in range(FILES)))
    return place


def after(calls: int) -> Callable[..., bool]:
    """Return what is True from the call of this number on."""
    counter = itertools.count()
    return lambda *_: next(counter) >= calls


@settings(deadline=None, max_examples=8)
@given(calls=st.integers(0, 2 * FILES), by=st.sampled_from(["progress", "asking"]))
def test_a_cancel_at_any_moment_leaves_whole_instances_and_a_second_try_brings_the_rest(
    calls: int, by: str, many: Path, tmp_path_factory: pytest.TempPathFactory, pool: SharedPool
) -> None:
    reached, is_late = threading.Event(), after(calls)

    def progress(_: ImportProgress) -> None:
        if is_late():
            reached.set()

    desk = quick_desk(tmp_path_factory.mktemp("store") / "store", pool)
    whole = digests(path.read_bytes() for path in many.iterdir())
    if by == "progress":
        summary = take_in(desk, many, progress=progress, cancelled=reached.is_set)
    else:
        summary = take_in(desk, many, cancelled=is_late)
    here = contents(desk)

    assert here <= whole
    assert summary.added == len(here)
    assert summary.cancelled or here == whole
    assert {one.record.study.uid for one in stored(desk)} == set(summary.study_uids)
    rest = take_in(desk, many)
    assert (rest.added, rest.known, rest.cancelled) == (FILES - len(here), len(here), False)
    assert contents(desk) == whole
    desk.close()


KINDS: dict[str, Callable[[int], bytes]] = {
    "slice": lambda n: part10(a_slice(n)),
    "the same slice": lambda _: part10(a_slice(0)),
    "another version": lambda n: part10(a_slice(0, WindowCenter=40 + n, WindowWidth=400)),
    "broken": lambda _: BROKEN,
    "no UID": lambda n: part10(a_slice(n, StudyInstanceUID=None)),
    "viewer": lambda _: NOT_DICOM,
    "empty": lambda _: b"",
}


@settings(deadline=None, max_examples=12)
@given(kinds=st.lists(st.sampled_from(sorted(KINDS)), max_size=12), calls=st.none() | st.integers(0, 12))
def test_each_file_is_counted_once_whatever_it_is_and_however_it_ends(
    kinds: list[str], calls: int | None, tmp_path_factory: pytest.TempPathFactory, pool: SharedPool
) -> None:
    folder = tmp_path_factory.mktemp("mixed")
    for n, kind in enumerate(kinds):
        (folder / f"{n}.dcm").write_bytes(KINDS[kind](n))
    desk = quick_desk(tmp_path_factory.mktemp("store") / "store", pool)
    summary = take_in(desk, folder, cancelled=(lambda: False) if calls is None else after(calls))
    desk.close()

    counts = summary.added, summary.known, summary.others, len(summary.refused), summary.untouched
    assert min(counts) >= 0
    if not summary.cancelled:
        assert (sum(counts), summary.untouched) == (len(kinds), 0)
        assert summary.others == kinds.count("viewer") + kinds.count("empty")
    assert sum(counts) <= len(kinds)


def test_an_empty_file_alone_is_counted(desk: Desk, disc: Path) -> None:
    (disc / "empty.dcm").touch()
    summary = take_in(desk, disc / "empty.dcm")

    assert (summary.added, summary.others, summary.refused, summary.untouched) == (0, 1, (), 0)
