"""One open study: every viewport tells what it shows or why not, and what the reader made is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from dicom_objects import RLE, compressed, sequence
from offered import STUDY, a_cine, a_report, a_slice, blob_files, flip, item, put, take_in, trail
from pydicom.dataset import Dataset

from workstation.dicom import tasks
from workstation.measurement import Length, Point
from workstation.rendering import Picture as RenderedPicture
from workstation.rendering import Placement, Sampled, resample
from workstation.security import Action
from workstation.store import DiskFull
from workstation.viewing import Window, commands
from workstation.workflow import (
    Desk,
    Picture,
    Reading,
    Shown,
    Unshowable,
    Waiting,
    canvas,
    last_study,
    open_study,
    tables,
)
from workstation.workflow.machine import KERNELS
from workstation.workflow.sessions import keep_last_study, screen_of, seen_of

SIDE = 32
PATIENCE = 20.0
A_SECOND = 1.0

Open = Callable[..., Reading]


@pytest.fixture(autouse=True, scope="module")
def kernels() -> None:
    """Have the kernels compiled before anybody waits for a picture."""
    KERNELS.are_loaded()
    until(KERNELS.are_loaded, 60)


@pytest.fixture
def study(disc: Path, reopen: Callable[[], Desk]) -> Iterator[Open]:
    """Return what imports datasets and opens their study; without any, what opens it once more."""
    opened: list[Reading] = []

    def open_(*datasets: Dataset | bytes, desk: Desk | None = None) -> Reading:
        desk = desk or reopen()
        if datasets:
            put(disc, *datasets)
            take_in(desk, disc)
        opened.append(open_study(desk, study_uid=STUDY))
        return opened[-1]

    yield open_
    for reading in opened:
        if not reading._keeper._shutdown:
            reading.close()


def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def settled(reading: Reading, pane: int = 0) -> Shown | Unshowable:
    """Return a viewport's picture once it is more than on its way."""
    found: list[Picture] = []

    def ask() -> bool:
        found.append(reading.picture(pane, SIDE, SIDE))
        return not isinstance(found[-1], Waiting)

    until(ask)
    assert not isinstance(found[-1], Waiting)
    return found[-1]


def shown(reading: Reading, pane: int = 0) -> Shown:
    picture = settled(reading, pane)
    assert isinstance(picture, Shown), picture
    return picture


def words(values: Iterable[int]) -> bytes:
    return np.array(list(values), "<u2").tobytes()


def a_length(name: str = "m1", *, end: float = 3) -> Length:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    return Length(name, STUDY, f"{STUDY}.1", f"{STUDY}.1.1", 0, Point(0, 0), Point(end, 0), made)


# ---- pictures


def test_a_picture_waits_and_is_then_shown_and_the_window_is_told(study: Open) -> None:
    reading = study(*(a_slice(n, WindowCenter=-814, WindowWidth=20) for n in range(5)))
    told = threading.Event()
    hear = lambda _: told.set()  # noqa: E731  a signal holds its listener weakly
    reading.changed.connect(hear)
    first = reading.picture(0, SIDE, SIDE)

    assert isinstance(first, Waiting | Shown)
    if isinstance(first, Waiting):
        assert told.wait(PATIENCE)
    picture = shown(reading)
    assert picture.pixels.shape == (SIDE, SIDE)
    assert (picture.record.number, picture.frame) == (3, 0), "slices begin in their middle"
    assert picture.pixels.min() < picture.pixels.max()


def test_an_empty_viewport_and_a_study_without_images_wait_for_nothing(study: Open) -> None:
    reading = study(a_report())

    assert reading.series == ()
    assert reading.picture(0, SIDE, SIDE) == Waiting("")
    assert (reading.opening_window(0), reading.window_of_digit(0, 1), reading.data_range(0)) == (
        None,
        None,
        None,
    )


def test_a_cine_begins_at_its_beginning(study: Open) -> None:
    assert shown(study(a_cine(5))).frame == 0


def test_a_frame_that_does_not_decode_says_why_and_its_neighbours_are_shown(study: Open) -> None:
    broken = compressed(a_slice(1), [b"no RLE header at all, and far too short"], RLE)
    reading = study(a_slice(0), broken, a_slice(2))
    found = settled(reading)

    assert isinstance(found, Unshowable)
    assert found.reason.endswith(".")
    assert "inside the program" not in found.reason, "a broken file is no fault of the program"
    commands.scroll(reading.screen, pane=0, steps=1, who="wheel")
    assert shown(reading).record.number == 3


def test_a_damaged_file_is_unshowable_and_comes_back_when_it_is_imported_again(
    study: Open, disc: Path, folder: Path, reopen: Callable[[], Desk]
) -> None:
    desk = reopen()
    put(disc, a_slice())
    take_in(desk, disc)
    flip(blob_files(folder)[0])
    reading = study(desk=desk)
    assert isinstance(settled(reading), Unshowable)
    reading.close()

    take_in(desk, disc)
    assert shown(study(desk=desk)).record.number == 1


def test_tables_of_the_file_are_waited_for_and_used(study: Open) -> None:
    """A VOI LUT that turns the ramp over: PS3.3 C.11.2.1.1."""
    table = item(
        LUTDescriptor=[20, 0, 16], LUTData=words(65535 - 3449 * n for n in range(20)), LUTExplanation="odd"
    )
    reading = study(a_slice(RescaleIntercept=0, VOILUTSequence=sequence(table)))
    picture = shown(reading)

    assert picture.pixels[1, SIDE // 2] > picture.pixels[-2, SIDE // 2]
    window = reading.screen.viewport(0).window
    assert window is not None
    assert (window.lut, window.name) == (0, "odd")


def test_a_table_that_cannot_be_read_is_a_badge_on_its_picture(study: Open) -> None:
    table = item(LUTDescriptor=[20, 0, 16], LUTData=words((1, 2, 3)))  # 17 entries are missing
    picture = shown(study(a_slice(VOILUTSequence=sequence(table))))

    (badge,) = [badge for badge in picture.badges if "table" in badge.text]
    assert "VOI LUT" in badge.hint


def test_a_reader_of_tables_that_fails_costs_its_tables_and_no_more(
    study: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("ZQX")

    monkeypatch.setattr(tasks, "tables_found", fail)
    table = item(LUTDescriptor=[2, 0, 16], LUTData=words((0, 9)))
    picture = shown(study(a_slice(VOILUTSequence=sequence(table))))

    (badge,) = [badge for badge in picture.badges if "table" in badge.text]
    assert "RuntimeError" in badge.hint
    assert "ZQX" not in badge.hint


def test_overlays_larger_than_the_first_room_are_drawn(study: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_ROOM", 1)
    dataset = a_slice()
    plane = np.zeros((dataset.Rows, dataset.Columns), np.bool_)
    plane[dataset.Rows // 2] = True
    for tag, vr, value in (
        (0x0010, "US", dataset.Rows),
        (0x0011, "US", dataset.Columns),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x3000, "OB", np.packbits(plane, bitorder="little").tobytes()),
    ):
        dataset.add_new(0x60000000 | tag, vr, value)
    picture = shown(study(dataset))

    coloured = np.ptp(picture.pixels.astype(int), axis=-1).max(axis=1) > 0
    assert coloured[SIDE // 2 - 1 : SIDE // 2 + 1].any()
    assert not coloured[: SIDE // 4].any()


def test_tables_are_told_even_while_another_stack_is_opened(study: Open) -> None:
    """The one who reads tables tells every open stack, on a thread of its own."""
    reading = study(a_slice(), a_cine(2))
    one, other = (row.key for row in reading.series)
    told: list[str] = []

    def hear(stack: str) -> None:
        told.append(stack)
        if other not in told:
            reading.changed.disconnect(hear)
            reading.show_stack(1, other)

    reading.picture(0, SIDE, SIDE)
    reading.changed.connect(hear)
    reading._ask_again("")
    assert told[0] == one


# ---- which stack is where


def _of_series(number: int, image: int, **attributes: object) -> Dataset:
    uid = f"{STUDY}.{number}"
    own: dict[str, object] = {
        "SeriesInstanceUID": uid,
        "SeriesNumber": number,
        "SOPInstanceUID": f"{uid}.{image + 1}",
    }
    return a_slice(image, STUDY, **(own | attributes))


def test_the_localizer_comes_last_though_it_was_first(study: Open) -> None:
    scout = {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}
    reading = study(_of_series(1, 0, **scout), *(_of_series(2, n) for n in range(3)))
    localizer, slices = (row.key for row in reading.series)

    assert reading.screen.viewport(0).stack == slices
    commands.set_grid(reading.screen, rows=1, columns=2, who="keys")
    assert [state.stack for state in reading.screen.viewports[:2]] == [slices, localizer]


def test_a_larger_layout_shows_what_none_shows_yet_and_nothing_twice(study: Open) -> None:
    reading = study(*(_of_series(number, n) for number in (1, 2, 3) for n in range(3)))
    first, second, third = (row.key for row in reading.series)
    reading.show_stack(0, second)
    commands.show_texts(reading.screen, shown=False, who="keys")

    commands.set_grid(reading.screen, rows=2, columns=2, who="keys")

    assert [state.stack for state in reading.screen.viewports] == [second, first, third, *[""] * 6]
    assert [state.index for state in reading.screen.viewports[:3]] == [1, 1, 1]
    assert not any(state.texts for state in reading.screen.viewports[:4])


def test_a_viewport_that_was_hidden_keeps_what_it_showed(study: Open) -> None:
    reading = study(*(_of_series(number, n) for number in (1, 2) for n in range(3)))
    commands.set_grid(reading.screen, rows=1, columns=2, who="keys")
    first, second = (row.key for row in reading.series)
    reading.show_stack(1, first)
    commands.set_grid(reading.screen, rows=1, columns=1, who="keys")
    commands.set_grid(reading.screen, rows=1, columns=2, who="keys")

    assert reading.screen.viewport(1).stack == first
    commands.set_grid(reading.screen, rows=1, columns=3, who="keys")
    assert reading.screen.viewport(2).stack == second


# ---- windows


def test_the_file_s_window_is_on_the_screen_after_the_first_paint(study: Open) -> None:
    reading = study(a_slice(WindowCenter=-1000, WindowWidth=60))
    assert reading.screen.viewport(0).window is None
    shown(reading)

    assert reading.screen.viewport(0).window == Window(-1000, 60)
    assert reading.opening_window(0) == Window(-1000, 60)


def test_a_digit_brings_the_file_s_or_the_modality_s_window(study: Open) -> None:
    """7 is the lung in CT; the ramp of 0 to 19 is -1024 to -1005 HU after the rescale."""
    reading = study(a_slice(WindowCenter=[10, 20], WindowWidth=[30, 40]))
    shown(reading)
    first, second, lung, automatic = (reading.window_of_digit(0, digit) for digit in (1, 2, 7, 0))

    assert (first, second) == (Window(10, 30), Window(20, 40))
    assert lung is not None
    assert (lung.center, lung.width) == (-600, 1500)
    assert automatic is not None
    assert -1024 <= automatic.center <= -1005
    assert reading.data_range(0) == pytest.approx(19)


def test_a_window_drag_repeats_the_shading_and_nothing_else(
    study: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampled: list[Placement] = []

    def counted(picture: RenderedPicture, placement: Placement) -> Sampled:
        sampled.append(placement)
        return resample(picture, placement)

    monkeypatch.setattr(canvas, "resample", counted)
    reading = study(*(a_slice(n) for n in range(3)))
    dark, bright = Window(0, 20), Window(-2000, 20)
    pictures = []
    for window in (dark, bright, dark):
        commands.set_window(reading.screen, pane=0, window=window, who="mouse", gesture="drag")
        pictures.append(shown(reading).pixels)

    assert len(sampled) == 1
    assert pictures[0].max() == 0
    assert pictures[1].max() == 255
    assert np.array_equal(pictures[0], pictures[2])
    commands.scroll(reading.screen, pane=0, steps=1, who="wheel")
    shown(reading)
    assert len(sampled) == 2


def test_undo_takes_back_a_drag_and_stops_at_the_window_that_the_picture_opened_with(study: Open) -> None:
    reading = study(a_slice(WindowCenter=-1000, WindowWidth=60))
    shown(reading)
    commands.set_window(reading.screen, pane=0, window=Window(0, 10), who="mouse")
    shown(reading)

    for _ in range(3):
        reading.screen.undo(who="keys")
        shown(reading)
    assert reading.screen.viewport(0).window == Window(-1000, 60)
    reading.screen.redo(who="keys")
    assert reading.screen.viewport(0).window == Window(0, 10)


# ---- what the reader made


def test_a_length_is_on_the_disk_within_a_second_in_its_last_state(
    study: Open, reopen: Callable[[], Desk]
) -> None:
    desk = reopen()
    reading = study(a_slice(), desk=desk)
    for end in range(1, 8):
        reading.screen.set_mark(a_length(end=end), who="mouse", gesture="draw")
    until(lambda: desk.store.measurements.of_study(STUDY) == (a_length(end=7),), A_SECOND)
    reading.screen.remove_mark("m1", who="keys")
    until(lambda: desk.store.measurements.of_study(STUDY) == (), A_SECOND)
    reading.screen.undo(who="keys")
    until(lambda: desk.store.measurements.of_study(STUDY) == (a_length(end=7),), A_SECOND)
    assert {record.study for record in trail(desk) if record.action is Action.MEASURE} == {STUDY}


def test_what_was_drawn_right_before_closing_is_there_after_a_restart(
    study: Open, reopen: Callable[[], Desk]
) -> None:
    reading = study(a_slice(0), a_slice(1))
    reading.screen.set_mark(a_length(), who="mouse")
    commands.go_to(reading.screen, pane=0, index=0, who="keys")
    reading.close()
    again = study(desk=reopen())

    assert again.screen.marks == {"m1": a_length()}
    assert again.screen.viewports == reading.screen.viewports


@pytest.mark.parametrize("trouble", [DiskFull("There is no room"), RuntimeError("ZQX")])
def test_a_length_that_could_not_be_kept_is_told(
    study: Open, reopen: Callable[[], Desk], trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise trouble

    desk = reopen()
    reading = study(a_slice(), desk=desk)
    told: list[str] = []
    reading.troubled.connect(told.append)
    monkeypatch.setattr(desk.store.measurements, "put", fail)
    reading.screen.set_mark(a_length(), who="mouse")

    until(lambda: told)
    assert told[0].startswith("The measurement is not on the disk: ")
    assert "ZQX" not in told[0]


def test_the_screen_is_kept_within_a_second_so_that_a_crash_comes_back_to_it(
    study: Open, reopen: Callable[[], Desk]
) -> None:
    desk = reopen()
    reading = study(*(a_slice(n) for n in range(9)), desk=desk)
    commands.set_grid(reading.screen, rows=1, columns=2, who="keys")
    reading.show_stack(1, reading.series[0].key)
    commands.go_to(reading.screen, pane=1, index=7, who="keys")
    commands.set_window(reading.screen, pane=1, window=Window(-1000, 123), who="mouse")
    commands.turn(reading.screen, pane=1, quarters=1, who="keys")

    def is_kept() -> bool:
        kept = screen_of(desk, STUDY)
        return kept is not None and kept.viewports == reading.screen.viewports

    until(is_kept, A_SECOND)
    assert last_study(desk) == STUDY
    again = study(desk=desk)
    assert (again.screen.layout, again.screen.viewports) == (reading.screen.layout, reading.screen.viewports)


def test_what_was_seen_stays_seen(study: Open, reopen: Callable[[], Desk]) -> None:
    desk = reopen()
    reading = study(*(a_slice(n) for n in range(3)), desk=desk)
    shown(reading)
    (stack,) = (row.key for row in reading.series)
    assert reading.share(stack).seen == 1
    until(lambda: (f"{STUDY}.1.2", 0) in seen_of(desk, STUDY), A_SECOND)
    reading.close()

    again = study(desk=desk)
    assert again.share(stack).seen == 1
    commands.scroll(again.screen, pane=0, steps=1, who="wheel")
    shown(again)
    assert again.share(stack).seen == 2


def test_a_list_of_seen_images_that_cannot_be_read_is_none(study: Open, reopen: Callable[[], Desk]) -> None:
    desk = reopen()
    study(a_slice(), desk=desk).close()
    desk.store.sessions.put(f"seen {STUDY}", "[]")
    reading = study(desk=desk)

    assert reading.share(reading.series[0].key).seen == 0


def test_the_next_start_comes_back_to_the_study(study: Open, reopen: Callable[[], Desk]) -> None:
    study(a_slice(), desk=reopen()).close()

    assert last_study(reopen()) == STUDY


def test_after_a_study_was_put_away_the_next_start_begins_with_the_list(
    study: Open, reopen: Callable[[], Desk]
) -> None:
    study(a_slice(), desk=reopen()).put_away()

    assert last_study(reopen()) == ""


def test_a_study_that_is_put_away_for_another_leaves_that_one_the_last(
    study: Open, reopen: Callable[[], Desk]
) -> None:
    desk = reopen()
    reading = study(a_slice(), desk=desk)
    keep_last_study(desk, "2.25.9")
    reading.put_away()

    assert desk.store.sessions.get("last study") == "2.25.9"


def test_a_study_that_is_gone_is_not_the_last_one(study: Open, reopen: Callable[[], Desk]) -> None:
    desk = reopen()
    study(a_slice(), desk=desk).close()
    desk.store.eviction.remove(STUDY)

    assert last_study(desk) == ""


def test_a_screen_that_cannot_be_read_back_opens_as_if_for_the_first_time(
    study: Open, reopen: Callable[[], Desk]
) -> None:
    desk = reopen()
    study(*(a_slice(n) for n in range(3)), desk=desk).close()
    desk.store.sessions.put(f"screen {STUDY}", "{}")

    assert shown(study(desk=desk)).record.number == 2


def test_each_image_that_was_in_front_of_the_reader_counts_once(study: Open) -> None:
    reading = study(*(a_slice(n) for n in range(4)))
    key = reading.series[0].key
    assert (reading.share(key).count, reading.share(key).seen) == (4, 0)
    for index in (0, 1, 1, 0):
        commands.go_to(reading.screen, pane=0, index=index, who="keys")
        shown(reading)

    assert reading.share(key).seen == 2
    until(lambda: reading.share(key).ready == 4)


def called_off(thread: threading.Thread) -> bool:
    """Say whether it is a timer that will do nothing any more, a moment before it is gone."""
    return isinstance(thread, threading.Timer) and thread.finished.is_set()


def test_closing_leaves_no_thread_behind(study: Open) -> None:
    names = ("keep", "tables", "Thread-")
    before = {thread.ident for thread in threading.enumerate()}
    reading = study(a_slice(VOILUTSequence=sequence(item(LUTDescriptor=[2, 0, 16], LUTData=words((0, 9))))))
    shown(reading)
    commands.invert(reading.screen, pane=0, who="keys")
    reading.close()

    new = [thread for thread in threading.enumerate() if thread.ident not in before]
    assert not [one.name for one in new if one.name.startswith(names) and not called_off(one)]


# ---- a study that grows


def test_a_study_that_grows_tells_and_each_viewport_stays_at_its_image(
    study: Open, disc: Path, reopen: Callable[[], Desk]
) -> None:
    desk = reopen()
    reading = study(*(a_slice(n) for n in (2, 4, 6)), desk=desk)
    assert shown(reading).record.number == 5
    grown = threading.Event()
    hear = lambda _: grown.set()  # noqa: E731  a signal holds its listener weakly
    reading.grown.connect(hear)
    put(disc, *(a_slice(n) for n in (0, 1, 3, 5)))
    take_in(desk, disc)
    assert grown.wait(PATIENCE)

    assert reading.grow()
    assert not reading.grow()
    assert (reading.series[0].count, reading.study.here) == (7, 7)
    assert reading.screen.viewport(0).index == 4
    assert shown(reading).record.number == 5


def test_a_viewport_follows_its_image_into_another_stack(
    study: Open, disc: Path, reopen: Callable[[], Desk]
) -> None:
    """Planes 40 degrees apart are two stacks; one between them makes them one (a disc-angled spine)."""
    desk = reopen()
    reading = study(tilted(0, 0), tilted(1, 40), desk=desk)
    first, second = (row.key for row in reading.series)
    reading.show_stack(0, second)
    assert shown(reading).record.number == 2
    put(disc, tilted(2, 20))
    take_in(desk, disc)
    until(lambda: reading._arrived)
    reading.grow()

    assert [row.key for row in reading.series] == [first]
    assert reading.screen.viewport(0).stack == first
    assert shown(reading).record.number == 2
    assert (reading.share(second).count, reading.thumbnail(second, SIDE)) == (0, None)


def test_a_viewport_whose_image_is_gone_is_empty_and_the_others_go_on(
    study: Open, disc: Path, folder: Path, reopen: Callable[[], Desk]
) -> None:
    """A check found it damaged and set it aside."""
    desk = reopen()
    put(disc, a_cine(3))
    take_in(desk, disc)
    (victim,) = blob_files(folder)
    reading = study(a_slice(0), desk=desk)
    _, cine = (row.key for row in reading.series)
    reading.show_stack(1, cine)
    shown(reading, 1)
    flip(victim)
    desk.store.check(repair=True)
    desk.studies_changed.emit(STUDY)
    until(lambda: reading._arrived)
    reading.grow()

    assert reading.picture(1, SIDE, SIDE) == Waiting("")
    assert not reading.screen.viewport(1).stack
    assert shown(reading).record.number == 1


def tilted(number: int, degrees: float) -> Dataset:
    """Return a slice whose plane is turned about the patient's x axis."""
    turn = np.radians(degrees)
    return a_slice(
        number, ImageOrientationPatient=[1, 0, 0, 0, round(np.cos(turn), 6), round(np.sin(turn), 6)]
    )


def test_a_still_is_of_the_middle_image_and_none_of_what_cannot_be_shown(study: Open) -> None:
    broken = compressed(
        a_slice(0, SeriesInstanceUID=f"{STUDY}.2", SeriesNumber=2, SOPInstanceUID="1.2.7"), [b"rubbish!"], RLE
    )
    reading = study(*(a_slice(n) for n in range(3)), broken)
    still, none = (reading.thumbnail(row.key, 16) for row in reading.series)

    assert still is not None
    assert max(still.shape) <= 16
    assert none is None
