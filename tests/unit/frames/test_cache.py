"""The cache with real workers; pixels are compared with what pydicom or numpy encoded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from memory_reader import NATIVE, RLE, MemoryReader, Unreadable, encoded, pixel_format, record_of
from numpy.typing import NDArray
from pydicom import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import dcmwrite
from pydicom.uid import DeflatedExplicitVRLittleEndian

from workstation.dicom import tasks
from workstation.dicom.errors import DicomRefused
from workstation.dicom.model import PixelFormat
from workstation.dicom.series import FrameRef, ImageStack
from workstation.frames import FrameCache, FrameSource, FrameStatus
from workstation.workers import WorkerPool

SECONDS = 20.0
FORMATS = {"native": pixel_format(), "rle": pixel_format(syntax=RLE)}


def _settled(source: FrameSource, *, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not source.progress.finished:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _holds(source: FrameSource, reader: MemoryReader, numbers: Sequence[int] | None = None) -> bool:
    stack = source.stack
    frames = {k: source.frame(k) for k in (range(len(source)) if numbers is None else numbers)}
    return all(
        np.array_equal(frame, reader.pixels(stack, k)) for k, frame in frames.items() if frame is not None
    )


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_wish_brings_the_whole_stack_with_the_right_pixels(
    cache: FrameCache, reader: MemoryReader, name: str
) -> None:
    source = cache.source(reader.stack("a", [FORMATS[name]] * 40))
    source.want(20)
    _settled(source)

    assert source.progress.ready == source.ready_count == 40
    assert _holds(source, reader)
    assert source.photometric(3) == "MONOCHROME2"


def test_nothing_comes_before_it_is_wanted(cache: FrameCache, reader: MemoryReader) -> None:
    source = cache.source(reader.stack("a", [pixel_format()] * 5))
    time.sleep(0.05)

    assert source.frame(2) is None
    assert source.state(2).status is FrameStatus.ABSENT
    assert not reader.reads


def test_the_volume_is_the_frames_themselves_and_cannot_be_written(
    cache: FrameCache, reader: MemoryReader
) -> None:
    stack = reader.stack("a", [FORMATS["native"], FORMATS["rle"]] * 6)
    source = cache.source(stack)
    assert source.volume_values() is None
    assert source.wait_all(SECONDS)

    volume, frame = source.volume_values(), source.frame(5)

    assert volume is not None
    assert frame is not None
    assert volume.shape == (12, 16, 24)
    assert volume.dtype == np.uint16
    assert np.shares_memory(volume, frame)
    assert all(np.array_equal(volume[k], reader.pixels(stack, k)) for k in range(12))
    with pytest.raises(ValueError, match="read-only"):
        frame[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        volume[0, 0, 0] = 1


def test_the_frame_that_is_looked_at_comes_first_and_its_neighbours_outward(
    cache: FrameCache, reader: MemoryReader
) -> None:
    stack = reader.stack("a", [FORMATS["native"]] * 60)
    source = cache.source(stack)
    source.want(30)
    _settled(source)
    order = reader.order(stack)

    assert order[0] == 30
    # Two threads read batches of 16 side by side, so only roughly outward.
    assert max(abs(k - 30) for k in order[:16]) <= 24


def test_a_new_wish_is_served_before_what_the_old_one_left(cache: FrameCache, reader: MemoryReader) -> None:
    stack = reader.stack("a", [FORMATS["rle"]] * 200)
    source = cache.source(stack)
    reader.gate.clear()
    source.want(10)
    assert reader.entered.wait(SECONDS)
    source.want(150)
    reader.gate.set()
    _settled(source)
    order = reader.order(stack)

    assert order.index(150) <= 4  # at most what was begun before the wish
    assert sorted(order) == list(range(200))


def test_the_neighbours_ahead_come_first_while_scrolling(cache: FrameCache, reader: MemoryReader) -> None:
    stack = reader.stack("a", [FORMATS["rle"]] * 100)
    source = cache.source(stack)
    reader.gate.clear()
    source.want(50)
    assert reader.entered.wait(SECONDS)
    source.want(51)
    reader.gate.set()
    _settled(source)
    early = reader.order(stack)[4:24]

    assert sum(k > 51 for k in early) > 2 * sum(k < 50 for k in early)


def test_the_stack_wanted_last_comes_before_the_rest_of_another(
    cache: FrameCache, reader: MemoryReader
) -> None:
    first, second = (reader.stack(name, [FORMATS["rle"]] * 60) for name in "ab")
    one, two = cache.source(first), cache.source(second)
    reader.gate.clear()
    one.want(0)
    assert reader.entered.wait(SECONDS)
    two.want(0)
    reader.gate.set()
    _settled(two)
    _settled(one)
    names = [uid[0] for uid, _ in reader.reads]

    assert names[:10].count("a") <= 5
    assert names.index("b") <= 5


def test_closing_takes_back_what_is_not_begun_and_keeps_what_is_there(
    cache: FrameCache, reader: MemoryReader
) -> None:
    stack = reader.stack("a", [FORMATS["native"]] * 100)
    with cache.source(stack) as source:
        reader.gate.clear()
        source.want(50)
        assert reader.entered.wait(SECONDS)
    reader.gate.set()
    time.sleep(0.1)

    assert len(reader.reads) <= 34  # two threads with a batch each, and two first wishes
    with cache.source(stack) as again:
        assert again.wait(50, SECONDS) is not None
        assert reader.order(stack).count(50) == 1


def test_ready_tells_of_each_frame_once_on_another_thread(cache: FrameCache, reader: MemoryReader) -> None:
    stack = reader.stack("a", [FORMATS["rle"], FORMATS["native"]] * 5)
    reader.damaged.add(("a.3", 0))
    heard: list[tuple[str, int]] = []
    threads: set[int] = set()

    def hear(where: tuple[str, int]) -> None:
        threads.add(threading.get_ident())
        heard.append(where)

    source = cache.source(stack)
    source.ready.connect(hear)
    source.want(0)
    _settled(source)
    time.sleep(0.05)

    assert sorted(heard) == [("a", k) for k in range(10)]
    assert threading.get_ident() not in threads


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_damaged_frame_fails_with_its_reason_and_the_series_goes_on(
    cache: FrameCache, reader: MemoryReader, name: str
) -> None:
    stack = reader.stack("a", [FORMATS[name]] * 30)
    reader.damaged |= {("a.7", 0), ("a.29", 0)}
    source = cache.source(stack)
    source.want(7)
    _settled(source)

    assert source.progress.ready == 28
    assert source.failed == dict.fromkeys((7, 29), "The stored image is damaged.")
    assert source.state(7).status is FrameStatus.FAILED
    assert source.failure(7) == "The stored image is damaged."
    assert source.failure(8) == ""
    assert source.frame(7) is None
    assert source.volume_values() is None
    assert _holds(source, reader)
    with pytest.raises(Unreadable):
        source.wait(7, SECONDS)


def test_a_failed_frame_is_not_tried_again(cache: FrameCache, reader: MemoryReader) -> None:
    stack = reader.stack("a", [FORMATS["rle"]])
    reader.damaged.add(("a.0", 0))
    source = cache.source(stack)
    source.want(0)
    _settled(source)
    source.want(0)
    with pytest.raises(Unreadable):
        source.wait(0, SECONDS)

    assert reader.order(stack) == [0]


@pytest.mark.parametrize("what", ["frame", "stack"])
def test_what_failed_is_tried_again_when_the_stack_is_opened_again(
    cache: FrameCache, reader: MemoryReader, what: str
) -> None:
    """A damaged file was imported again meanwhile."""
    stack = reader.stack("a", [FORMATS["rle"]] * 3)
    if what == "frame":
        reader.damaged.add(("a.1", 0))
    else:
        reader.measure_error = Unreadable("The stored image is damaged")
    with cache.source(stack) as source:
        source.want(1)
        _settled(source)
        assert 1 in source.failed
    reader.damaged.clear()
    reader.measure_error = None

    with cache.source(stack) as source:
        assert source.failed == {}
        assert source.wait_all(SECONDS)
        assert _holds(source, reader)


@pytest.mark.parametrize("cut", [0, 1, 40])
@pytest.mark.parametrize("name", list(FORMATS))
def test_a_frame_that_is_too_short_is_refused_and_the_others_are_right(
    cache: FrameCache, reader: MemoryReader, name: str, cut: int
) -> None:
    stack = reader.stack("a", [FORMATS[name]] * 3)
    reader.encoded[("a.1", 0)] = reader.encoded[("a.1", 0)][:cut]
    source = cache.source(stack)
    source.want(1)
    _settled(source)

    assert list(source.failed) == [1]
    assert _holds(source, reader, [0, 2])
    with pytest.raises(DicomRefused):
        source.wait(1, SECONDS)


def test_a_stack_that_cannot_be_measured_fails_whole(cache: FrameCache, reader: MemoryReader) -> None:
    reader.measure_error = Unreadable("The index is damaged")
    source = cache.source(reader.stack("a", [FORMATS["native"]] * 3))
    source.want(1)
    _settled(source)

    assert source.failed == dict.fromkeys(range(3), "The index is damaged.")


def test_an_unexpected_error_of_the_reader_tells_only_its_kind(
    cache: FrameCache, reader: MemoryReader
) -> None:
    reader.measure_error = ValueError("DOE^JANE")
    source = cache.source(reader.stack("a", [FORMATS["native"]]))
    source.want(0)
    _settled(source)

    assert "ValueError" in source.failure(0)
    assert "DOE" not in source.failure(0)


def test_frames_of_different_forms_are_shown_each_in_its_own(cache: FrameCache, reader: MemoryReader) -> None:
    forms = [pixel_format(8, 8), pixel_format(20, 10, RLE), pixel_format(8, 8, RLE), pixel_format(30, 31)]
    source = cache.source(reader.stack("a", forms))

    assert source.wait_all(SECONDS)
    assert [frame.shape for k in range(4) if (frame := source.frame(k)) is not None] == [
        (8, 8), (20, 10), (8, 8), (30, 31)
    ]  # fmt: skip
    assert _holds(source, reader)
    assert source.volume_values() is None


def test_waiting_for_one_frame_brings_no_other(cache: FrameCache, reader: MemoryReader) -> None:
    stack = reader.stack("a", [FORMATS["rle"]] * 20)
    with cache.source(stack) as source:
        frame = source.wait(12, SECONDS)
        time.sleep(0.05)

    assert frame is not None
    assert np.array_equal(frame, reader.pixels(stack, 12))
    assert reader.order(stack) == [12]


def test_waiting_ends_with_nothing_when_time_is_up(cache: FrameCache, reader: MemoryReader) -> None:
    reader.gate.clear()
    source = cache.source(reader.stack("a", [FORMATS["native"]]))

    assert source.wait(0, 0.05) is None


@pytest.mark.parametrize("k", [-1, 3])
def test_a_frame_that_does_not_exist_is_an_error(cache: FrameCache, reader: MemoryReader, k: int) -> None:
    source = cache.source(reader.stack("a", [FORMATS["native"]] * 3))

    for ask in (source.want, source.frame, source.state, source.photometric):
        with pytest.raises(IndexError):
            ask(k)


def test_a_stack_larger_than_the_budget_keeps_what_is_near_the_wish(
    make_cache: Callable[[int], FrameCache], reader: MemoryReader
) -> None:
    stack = reader.stack("a", [FORMATS["rle"]] * 60)
    size = 16 * 24 * 2
    cache = make_cache(20 * size)
    source = cache.source(stack)

    for wish in (30, 31, 5, 59):
        source.want(wish)
        assert source.wait(wish, SECONDS) is not None
        _quiet(source)
        held = [k for k in range(60) if source.frame(k) is not None]
        assert wish in held
        assert len(held) == 20
        assert max(abs(k - wish) for k in held) <= 20
        assert _holds(source, reader)
        assert cache.resident_bytes <= 20 * size
    assert source.volume_values() is None


def test_a_frame_far_from_the_window_can_still_be_waited_for(
    make_cache: Callable[[int], FrameCache], reader: MemoryReader
) -> None:
    stack = reader.stack("a", [FORMATS["native"]] * 60)
    source = make_cache(10 * 16 * 24 * 2).source(stack)
    source.want(30)
    _quiet(source)

    frame = source.wait(0, SECONDS)

    assert frame is not None
    assert np.array_equal(frame, reader.pixels(stack, 0))
    assert source.frame(30) is not None


def test_what_a_window_gives_up_stays_right_for_whoever_still_shows_it(
    make_cache: Callable[[int], FrameCache], reader: MemoryReader
) -> None:
    stack = reader.stack("a", [FORMATS["native"]] * 60)
    source = make_cache(10 * 16 * 24 * 2).source(stack)
    shown = source.wait(0, SECONDS)
    source.want(50)
    _quiet(source)

    assert source.frame(0) is None
    assert np.array_equal(np.asarray(shown), reader.pixels(stack, 0))


def test_stacks_nobody_has_open_go_when_room_is_needed_the_oldest_first(
    make_cache: Callable[[int], FrameCache], reader: MemoryReader
) -> None:
    stacks = [reader.stack(name, [FORMATS["native"]] * 10) for name in "abcd"]
    size = 10 * 16 * 24 * 2
    cache = make_cache(3 * size)
    on_screen = cache.source(stacks[0])
    assert on_screen.wait_all(SECONDS)
    for stack in stacks[1:]:
        with cache.source(stack) as source:
            assert source.wait_all(SECONDS)
        assert cache.resident_bytes <= 3 * size
    reader.reads.clear()

    assert on_screen.progress.ready == 10
    for stack, reread in ((stacks[3], 0), (stacks[2], 0), (stacks[1], 10)):
        with cache.source(stack) as source:
            source.wait_all(SECONDS)
        assert len(reader.order(stack)) == reread


def test_open_stacks_never_go_and_the_next_gets_a_window(
    make_cache: Callable[[int], FrameCache], reader: MemoryReader
) -> None:
    stacks = [reader.stack(name, [FORMATS["native"]] * 20) for name in "abc"]
    size = 20 * 16 * 24 * 2
    cache = make_cache(2 * size)
    sources = [cache.source(stack) for stack in stacks]
    assert sources[0].wait_all(SECONDS)
    assert sources[1].wait_all(SECONDS)
    sources[2].want(10)
    _quiet(sources[2])

    assert sources[0].ready_count == sources[1].ready_count == 20
    assert sources[2].ready_count == 8
    sources[0].close()
    sources[2].close()
    with cache.source(stacks[2]) as again:  # there is room now
        assert again.wait_all(SECONDS)
        assert again.volume_values() is not None


@pytest.mark.parametrize("budget", [64 << 20, 10 * 16 * 24 * 2])
def test_wiping_zeroes_what_is_shown_and_leaves_nothing_to_ask(
    make_cache: Callable[[int], FrameCache], reader: MemoryReader, budget: int
) -> None:
    stack = reader.stack("a", [FORMATS["rle"]] * 20)
    cache = make_cache(budget)
    source = cache.source(stack)
    shown = source.wait(10, SECONDS)
    assert shown is not None
    assert shown.any()

    cache.wipe()

    assert not shown.any()
    assert source.frame(10) is None
    assert cache.resident_bytes == 0
    source.want(10)
    assert source.wait(10, 0.2) is None
    source.close()
    again = cache.source(stack).wait(10, SECONDS)
    assert np.array_equal(np.asarray(again), reader.pixels(stack, 10))


def test_wiping_while_frames_are_on_their_way_leaves_none_behind(
    cache: FrameCache, reader: MemoryReader
) -> None:
    stack = reader.stack("a", [pixel_format(256, 256, RLE)] * 8 + [pixel_format(256, 256)] * 8)
    for _ in range(5):
        source = cache.source(stack)
        source.want(8)
        shown = source.wait(0, SECONDS)
        cache.wipe()
        time.sleep(0.1)

        assert shown is not None
        assert not shown.any()
        assert shown.base is not None
        assert not np.asarray(shown.base).any()  # the whole block, not only this frame
        assert source.ready_count == 0 or source.frame(0) is None
        source.close()


def test_deflated_objects_are_decoded_whole_in_a_worker(cache: FrameCache, reader: MemoryReader) -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(1, 4096, (5, 16, 24)).astype(np.uint16)
    pixel = replace(pixel_format(), transfer_syntax=str(DeflatedExplicitVRLittleEndian))
    record = record_of("a", pixel, frames=5)
    reader.wholes["a"] = _deflated(values)
    references = tuple(FrameRef(record, k) for k in (4, 3, 2, 1, 0))
    reader.truth |= {("a", k): values[k] for k in range(5)}
    source = cache.source(ImageStack("a", "1.3", "a", "cine", references, None))

    assert source.wait_all(SECONDS)
    assert _holds(source, reader)
    assert len(reader.reads) < 5  # several frames for each time the object is read


def _deflated(values: NDArray[np.uint16]) -> bytes:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    dataset.NumberOfFrames, dataset.Rows, dataset.Columns = values.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = values.tobytes()
    file = DicomBytesIO()
    dcmwrite(file, dataset, enforce_file_format=True)
    return file.getvalue()


def test_a_worker_that_dies_on_a_frame_is_given_one_more_chance_and_no_more(reader: MemoryReader) -> None:
    """The task module kills its worker on every frame that starts with a marked byte."""
    stack = reader.stack("a", [FORMATS["rle"]] * 6)
    reader.encoded[("a.2", 0)] = b"\xee" + reader.encoded[("a.2", 0)][1:]
    with WorkerPool("deadly_tasks", 2) as pool, FrameCache(1 << 20, pool, reader) as cache:
        source = cache.source(stack)
        source.want(2)
        _settled(source)

        assert list(source.failed) == [2]
        assert _holds(source, reader)
        assert reader.order(stack).count(2) == 2


@pytest.mark.parametrize("reply", ["none", "few", "numbers", "long"])
def test_a_reply_that_does_not_fit_fails_the_frame(reader: MemoryReader, reply: str) -> None:
    stack = reader.stack("a", [FORMATS["rle"]])
    reader.encoded[("a.0", 0)] = reply.encode()
    with WorkerPool("lying_tasks", 1) as pool, FrameCache(1 << 20, pool, reader) as cache:
        source = cache.source(stack)
        source.want(0)
        _settled(source)

        assert "reply" in source.failure(0)


def test_closing_the_pool_first_fails_what_is_open_and_ends(reader: MemoryReader) -> None:
    pool = WorkerPool(tasks.__name__, 1)
    with FrameCache(1 << 20, pool, reader) as cache:
        source = cache.source(reader.stack("a", [FORMATS["rle"]] * 5))
        pool.close()
        source.want(0)
        _settled(source)

        assert len(source.failed) == 5


def test_a_closed_cache_leaves_no_thread(pool: WorkerPool, reader: MemoryReader) -> None:
    before = threading.active_count()
    with FrameCache(1 << 20, pool, reader) as cache:
        assert cache.source(reader.stack("a", [FORMATS["rle"]] * 5)).wait_all(SECONDS)

    assert threading.active_count() == before


def test_eight_bit_colour_by_plane_is_brought_by_pixel(cache: FrameCache, reader: MemoryReader) -> None:
    """PS3.3 C.7.6.3.1.3: PlanarConfiguration 1 is all red, then all green, then all blue."""
    pixel = PixelFormat(NATIVE, 2, 2, 3, 8, 8, 7, signed=False, photometric="RGB", planar=1)
    reference = FrameRef(record_of("a", pixel), 0)
    reader.encoded[("a", 0)] = bytes([1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24])
    frame = cache.source(ImageStack("a", "1.3", "a", "single", (reference,), None)).wait(0, SECONDS)

    assert frame is not None
    assert frame.tolist() == [[[1, 11, 21], [2, 12, 22]], [[3, 13, 23], [4, 14, 24]]]


def test_bits_beyond_those_stored_are_off(cache: FrameCache, reader: MemoryReader) -> None:
    """PS3.5 8.1.1: 12 bits stored in 16; the upper four may hold anything."""
    stack = reader.stack("a", [FORMATS["native"]])
    reader.encoded[("a", 0)] = b""
    reader.encoded[("a.0", 0)] = encoded(reader.pixels(stack, 0) | 0xF000, FORMATS["native"])
    source = cache.source(stack)

    assert np.array_equal(np.asarray(source.wait(0, SECONDS)), reader.pixels(stack, 0))


def _quiet(source: FrameSource) -> None:
    """Wait until nothing is on its way."""
    deadline = time.monotonic() + SECONDS
    while True:
        before = source.progress
        time.sleep(0.05)
        busy = any(source.state(k).status is FrameStatus.QUEUED for k in range(len(source)))
        if not busy and source.progress == before:
            return
        assert time.monotonic() < deadline
