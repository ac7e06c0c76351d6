"""Large objects over a line that is cut: what came stays, and what lacks of it is asked for."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import pytest
from fake_archive import Archive, FakeConnection, Whole, address
from large_files import Large, Line, large

from workstation.archive import (
    BadAnswer,
    Contents,
    Endpoint,
    ListedInstance,
    ListedSeries,
    NotOffered,
    Part,
    Wanted,
)
from workstation.archive.unfinished import Begun
from workstation.clock import SystemClock
from workstation.dicom.model import Patient, Series, Study
from workstation.dicom.sources import Source
from workstation.sync import line as lines
from workstation.sync.bell import Bell
from workstation.sync.board import Board, Piece, Want
from workstation.sync.fetching import Arrived, Fetching
from workstation.sync.shaping import Shaper
from workstation.sync.urgency import Urgency

STUDY, SERIES, UID = "1.2.3", "1.2.3.1", "1.2.3.4"
"""Of ``dicom_objects``."""


@dataclass
class Cut(Whole):
    """A part on a line that is cut."""

    line: Line = field(default_factory=Line)

    def __iter__(self) -> Iterator[memoryview]:
        return self.line.chunks(self.data)


@dataclass
class Cutting(Archive):
    """An archive with one large file behind a line that is cut; it notes what came whole."""

    file: Large = field(default_factory=lambda: large("explicit"))
    line: Line = field(default_factory=Line)
    came: list[str] = field(default_factory=list)
    refusal: list[Exception] = field(default_factory=list)  # the first answers to what continues it

    def connect(self, endpoint: Endpoint, _patience: float) -> FakeConnection:
        return CuttingConnection(self, endpoint.name)


class CuttingConnection(FakeConnection):
    """A connection to it."""

    _archive: Cutting

    def retrieve(self, wanted: Wanted) -> Generator[Part, None, None]:
        self._archive.say(self._endpoint, f"retrieve {wanted.uid}")
        yield Cut(self._archive.file.data, line=self._archive.line)
        self._archive.came.append("file")

    def rest(self, begun: Begun) -> Generator[Part, None, None]:
        self._archive.say(self._endpoint, "rest")
        if self._archive.refusal:
            raise self._archive.refusal.pop(0)
        for frame in begun.missing:
            yield Cut(self._archive.file.frames[frame], frame=frame, is_file=False, line=self._archive.line)
            self._archive.came.append(f"frame {frame}")


@dataclass
class Ground:
    """Lets everything land."""

    board: Board
    landed: list[bytes] = field(default_factory=list)

    def offer(self, source: Source) -> bool:
        assert isinstance(source, Arrived)
        self.landed.append(bytes(source.data))
        self.board.landed(STUDY, [UID])
        source.trip.settle()
        return True

    def learnt(self, piece: Piece, contents: Contents) -> None:
        self.board.learn(piece, contents, ())

    def gone(self, want: Want) -> None:
        raise AssertionError(want)


def contents() -> Contents:
    series = ListedSeries(Series(SERIES, 1, "CT", "", "", "", "", "", "", ""), (ListedInstance(UID, "1", 1),))
    return Contents(Patient("1", "", "", "", ""), Study(STUDY, "", "", "", "", "", "", ""), (series,))


def brought(archive: Cutting, *, large: int = 0) -> list[bytes]:
    """Return what lands, carried piece by piece in this thread until nothing is wanted any more."""
    archive.contents[STUDY] = contents()
    board, clock = Board(), SystemClock()
    ground = Ground(board)
    line = lines.Line(address("fibre"), archive.connect, clock)
    fetching = Fetching(line, board, ground, Shaper(clock), Bell(), large=large)
    board.want(Want("group", STUDY, Urgency.OPEN))
    while (piece := board.take()) is not None:
        fetching._carry(piece)
    fetching.join()
    return ground.landed


@pytest.mark.parametrize("form", ["explicit", "rle", "table"])
@pytest.mark.parametrize("seed", range(5))
def test_a_large_object_comes_in_spite_of_cuts_and_nothing_whole_comes_twice(form: str, seed: int) -> None:
    file = large(form, count=30, seed=seed)
    first = file.ends[seed] - 5  # within the frame of this number
    archive = Cutting(file=file, line=Line([first, 40, 3, 0, 70, 100]))

    assert brought(archive) == [file.data]
    assert archive.came == [f"frame {frame}" for frame in range(seed, 30)]


def test_a_small_object_comes_anew() -> None:
    archive = Cutting(line=Line([large("explicit").ends[2]]))

    assert brought(archive, large=1 << 20) == [archive.file.data]
    assert archive.came == ["file"]


def test_an_object_that_an_archive_can_t_continue_comes_anew_at_once() -> None:
    archive = Cutting(line=Line([large("explicit").ends[2]]), refusal=[NotOffered("Not here")])

    assert brought(archive) == [archive.file.data]
    assert [one.rpartition(": ")[2] for one in archive.asked[1:]] == [
        f"retrieve {UID}",
        "rest",
        f"retrieve {UID}",
    ]


def test_a_hotel_s_page_costs_nothing_of_what_came_but_twice_is_an_answer() -> None:
    cut = large("explicit").ends[2]
    once = Cutting(line=Line([cut]), refusal=[BadAnswer("Welcome")])
    twice = Cutting(line=Line([cut]), refusal=[BadAnswer("Welcome"), BadAnswer("Welcome")])

    assert brought(once) == brought(twice) == [once.file.data]
    assert once.came == ["frame 3", "frame 4"]
    assert twice.came == ["file"]


def test_what_continues_another_file_makes_it_come_anew() -> None:
    archive = Cutting(line=Line([large("explicit").ends[2] - 3]))
    other = large("explicit", seed=1)
    archive.file = Large(archive.file.data, (*archive.file.frames[:2], *other.frames[2:]))

    assert brought(archive) == [archive.file.data]
    assert archive.came == ["file"]
    assert archive.asked.count("fibre: rest") == 1
