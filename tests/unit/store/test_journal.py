import errno
import secrets
from pathlib import Path
from random import Random

import pytest
from simulated_disk import Fault, SimulatedDisk

from workstation.security import WrongKey
from workstation.store import journal as journal_module
from workstation.store.changes import Put
from workstation.store.errors import DiskFull, StoreDamaged, StoreTooNew
from workstation.store.files import read_file
from workstation.store.journal import Journal, Kind, Reading, Snapshot, open_journal, write_journal

KEY = bytes(range(32))
PATH = Path("/f/work.journal")
HEADER = 50
SCHEMA = 1


def _row(number: int) -> Put:
    return Put("notes", {"id": number})


@pytest.fixture
def disk() -> SimulatedDisk:
    return SimulatedDisk()


@pytest.fixture
def journal(disk: SimulatedDisk) -> Journal:
    """Return a journal with a snapshot of 300 rows at transaction 7, and transactions 8 to 11."""
    rows = [_row(number) for number in range(300)]
    opened = write_journal(disk, PATH, KEY, Snapshot(7, SCHEMA, b"mark", rows))
    for number in range(8, 12):
        opened.append(number, SCHEMA, [_row(number)])
    return opened


def _read(disk: SimulatedDisk, key: bytes = KEY) -> tuple[Reading, list[int]]:
    reading = open_journal(disk, PATH, key)
    return reading, [frame.number for frame in reading.frames() if frame.kind is Kind.TRANSACTION]


def _frames(disk: SimulatedDisk) -> tuple[bytes, list[bytes]]:
    """Return the header and the frames as they stand in the file."""
    content, frames = read_file(disk, PATH, 1 << 20), []
    position = HEADER
    while position < len(content):
        end = position + 4 + int.from_bytes(content[position : position + 4], "big")
        frames.append(content[position:end])
        position = end
    return content[:HEADER], frames


def _rewrite(disk: SimulatedDisk, content: bytes) -> None:
    disk.remove(PATH)
    with disk.create(PATH) as handle:
        handle.append(content)


@pytest.mark.usefixtures("journal")
def test_what_was_appended_is_read_in_order(disk: SimulatedDisk) -> None:
    reading = open_journal(disk, PATH, KEY)
    frames = list(reading.frames())
    rows = [change for frame in frames if frame.kind is Kind.ROWS for change in frame.changes()]

    assert rows == [_row(number) for number in range(300)]
    assert [frame.changes() for frame in frames if frame.kind is Kind.TRANSACTION] == [
        [_row(number)] for number in range(8, 12)
    ]
    assert reading.is_whole
    assert reading.number == 11
    assert reading.snapshot is not None
    assert (reading.snapshot.number, reading.snapshot.mark) == (7, b"mark")


def test_what_was_acknowledged_survives_a_power_cut(disk: SimulatedDisk, journal: Journal) -> None:
    journal.append(12, SCHEMA, [_row(12)])
    disk.restart(Random(1))

    assert _read(disk)[1] == [8, 9, 10, 11, 12]


@pytest.mark.parametrize("change", ["swap", "drop", "repeat", "foreign"])
@pytest.mark.usefixtures("journal")
def test_frames_that_changed_places_are_not_read(disk: SimulatedDisk, change: str) -> None:
    header, frames = _frames(disk)
    first, second, *rest = frames[-4:]
    write_journal(disk, Path("/f/other"), KEY, Snapshot(7, SCHEMA, b"", [])).append(8, SCHEMA, [])
    foreign = read_file(disk, Path("/f/other"), 1 << 20)[-len(first) :]
    tail = {
        "swap": [second, first, *rest],
        "drop": [second, *rest],
        "repeat": [first, first, second, *rest],
        "foreign": [foreign, *rest],
    }[change]
    _rewrite(disk, header + b"".join(frames[:-4] + tail))

    reading, numbers = _read(disk)
    assert numbers == ([8] if change == "repeat" else [])
    assert not reading.is_whole


@pytest.mark.usefixtures("journal")
def test_whatever_byte_is_altered_nothing_wrong_is_read(disk: SimulatedDisk) -> None:
    content = read_file(disk, PATH, 1 << 20)
    for offset in range(len(content)):
        altered = bytearray(content)
        altered[offset] ^= 1 << secrets.randbelow(8)
        _rewrite(disk, bytes(altered))
        try:
            reading, numbers = _read(disk)
        except (StoreDamaged, StoreTooNew, WrongKey):
            continue
        assert not reading.is_whole
        assert numbers == [8, 9, 10, 11][: len(numbers)]


@pytest.mark.usefixtures("journal")
def test_a_cut_journal_reads_up_to_its_last_whole_entry(disk: SimulatedDisk) -> None:
    content = read_file(disk, PATH, 1 << 20)
    end = len(_frames(disk)[1][-1])
    for size in range(len(content) - end, len(content)):
        _rewrite(disk, content[:size])
        reading, numbers = _read(disk)
        assert numbers == [8, 9, 10]
        assert reading.is_whole is (size == len(content) - end)


@pytest.mark.usefixtures("journal")
def test_one_goes_on_after_the_last_whole_entry(disk: SimulatedDisk) -> None:
    content = read_file(disk, PATH, 1 << 20)
    _rewrite(disk, content[:-5])
    reading, _ = _read(disk)
    journal = reading.go_on()

    journal.append(11, SCHEMA, [_row(11)])

    reading, numbers = _read(disk)
    assert reading.is_whole
    assert numbers == [8, 9, 10, 11]


def test_an_entry_can_be_withdrawn(disk: SimulatedDisk, journal: Journal) -> None:
    link = journal.link
    journal.append(12, SCHEMA, [_row(12)])
    journal.withdraw()
    assert journal.link == link

    journal.append(12, SCHEMA, [_row(99)])

    assert _read(disk)[1] == [8, 9, 10, 11, 12]


@pytest.mark.parametrize("step", [1, 2])
def test_an_entry_that_could_not_be_written_or_synced_leaves_the_journal_as_it_was(
    disk: SimulatedDisk, journal: Journal, step: int
) -> None:
    disk.fault = Fault(disk.steps + step, errno.ENOSPC)

    with pytest.raises(DiskFull):
        journal.append(12, SCHEMA, [_row(12)])

    assert not journal.is_broken
    assert _read(disk)[1] == [8, 9, 10, 11]
    journal.append(12, SCHEMA, [_row(12)])
    assert _read(disk)[1] == [8, 9, 10, 11, 12]


def test_a_journal_that_cannot_be_cut_back_says_so(disk: SimulatedDisk, journal: Journal) -> None:
    disk.fault = Fault(disk.steps + 2, errno.EIO, lasts=True)

    with pytest.raises(Exception, match="refused"):
        journal.append(12, SCHEMA, [_row(12)])

    assert journal.is_broken


@pytest.mark.usefixtures("journal")
def test_another_key_is_told_from_damage(disk: SimulatedDisk) -> None:
    with pytest.raises(WrongKey):
        open_journal(disk, PATH, bytes(32))


@pytest.mark.usefixtures("journal")
def test_nothing_readable_stands_in_the_file(disk: SimulatedDisk) -> None:
    assert not disk.holds(b"notes")


def test_it_is_written_anew_when_its_tail_has_outgrown_the_snapshot(
    disk: SimulatedDisk, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_LEAST_TAIL", 100)
    begins = len(read_file(disk, PATH, 1 << 20)) - sum(map(len, _frames(disk)[1][-4:]))

    sizes = []
    for number in range(12, 60):
        sizes.append((len(read_file(disk, PATH, 1 << 20)), journal.wants_rewriting))
        journal.append(number, SCHEMA, [_row(number)])

    assert all(wants is (size - begins > begins) for size, wants in sizes)
    assert {wants for _, wants in sizes} == {False, True}


def test_a_snapshot_with_large_bodies_comes_in_frames_of_bounded_size(disk: SimulatedDisk) -> None:
    rows = [Put("notes", {"id": number, "body": secrets.token_bytes(1 << 20)}) for number in range(10)]

    write_journal(disk, PATH, KEY, Snapshot(7, SCHEMA, b"mark", rows))

    reading = open_journal(disk, PATH, KEY)
    frames = [frame.changes() for frame in reading.frames() if frame.kind is Kind.ROWS]
    assert [row for frame in frames for row in frame] == rows
    assert [len(frame) for frame in frames] == [4, 4, 2]
