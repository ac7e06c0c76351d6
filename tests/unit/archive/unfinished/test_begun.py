from __future__ import annotations

from contextlib import suppress

import pytest
from dicom_objects import BIG, DEFLATED, EXPLICIT, ct, part10
from hypothesis import example, given
from hypothesis import strategies as st
from large_files import FORMS, Large, Line, large

from workstation.archive import Truncated, Wanted
from workstation.archive.unfinished import Begun, Differs, begun_of


def beginning(file: Large, size: int, *, length: int | None = 0) -> Begun | None:
    """Return what can be made of a file's first bytes; the archive tells its length unless that is None."""
    told = len(file.data) if length == 0 else length
    return begun_of(bytearray(file.data[:size]), told, least=0)


def needed(file: Large, size: int, **told: int | None) -> Begun:
    begun = beginning(file, size, **told)
    assert begun is not None
    return begun


def pixels_at(file: Large) -> int:
    return file.data.index(file.frames[0])


@given(
    form=st.sampled_from(FORMS),
    cuts=st.lists(st.integers(0, 400), max_size=12),
    size=st.integers(1, 60),
    by_bytes=st.lists(st.booleans(), min_size=13, max_size=13),
    turned=st.booleans(),
    tells=st.booleans(),
)
@example(form="odd", cuts=[0], size=7, by_bytes=[False] * 13, turned=False, tells=True)
def test_whatever_is_cut_wherever_the_file_comes_and_nothing_whole_comes_twice(
    *, form: str, cuts: list[int], size: int, by_bytes: list[bool], turned: bool, tells: bool
) -> None:
    file = large(form)
    start = pixels_at(file)
    begun = needed(file, start + (cuts.pop() if cuts else 0), length=0 if tells else None)
    line, fetched = Line(cuts), list[int]()
    here = sum(end <= len(begun.data) for end in file.ends)

    for with_bytes in by_bytes:
        with suppress(Truncated):
            if with_bytes:
                begun.take(None, line.chunks(file.data[len(begun.data) :], size))
            else:
                for batch in begun.batches():
                    for frame in reversed(batch) if turned else batch:
                        begun.take(frame, line.chunks(file.frames[frame], size))
                        fetched.append(frame)
            break
    else:
        pytest.fail("there were more cuts than attempts")

    assert bytes(begun.whole()) == file.data
    assert len(fetched) == len(set(fetched))
    assert not fetched or min(fetched) >= here


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_was_cut_is_asked_for_by_the_names_in_it(form: str) -> None:
    file = large(form)
    begun = needed(file, file.ends[1] + 3)

    named = ct()
    assert begun.wanted == Wanted(
        str(named.StudyInstanceUID), str(named.SeriesInstanceUID), str(named.SOPInstanceUID)
    )
    assert begun.uid == begun.wanted.uid
    assert begun.missing == (2, 3, 4)


@pytest.mark.parametrize("form", FORMS)
def test_a_beginning_that_ends_before_the_pixels_can_t_be_continued(form: str) -> None:
    file = large(form)

    assert all(beginning(file, size) is None for size in range(pixels_at(file) - 12))


def test_only_large_files_are_kept() -> None:
    file = large("explicit")
    data = bytearray(file.data[: file.ends[1]])

    assert begun_of(data, len(file.data)) is None
    assert begun_of(data, len(file.data), least=len(file.data)) is not None
    assert begun_of(data, None, least=len(file.data)) is None


@pytest.mark.parametrize(
    "data",
    [
        part10(ct()),  # a single frame
        part10(ct(NumberOfFrames=2, BitsAllocated=1), EXPLICIT),
        part10(ct(NumberOfFrames=2), BIG),
        part10(ct(NumberOfFrames=2), DEFLATED),
        part10(ct(NumberOfFrames=7)),  # that don't share the bytes evenly
        part10(ct(NumberOfFrames=2_000_000)),
        b"\0" * 128 + b"DICM" + b"\xff" * 400,
        b"<html>" * 100,
        b"",
    ],
)
def test_what_frames_can_t_continue_isn_t_kept(data: bytes) -> None:
    assert begun_of(bytearray(data[:-2]), len(data), least=0) is None


def test_frames_in_several_fragments_aren_t_continued() -> None:
    file = large("no table")
    second = file.data.index(file.frames[1])
    split = bytearray(file.data)
    split[second : second + 4] = b"rest"  # of the first frame

    assert begun_of(split[: file.ends[2]], len(split), least=0) is None


@pytest.mark.parametrize("form", FORMS)
def test_a_frame_that_isn_t_the_file_s_is_noticed(form: str) -> None:
    file = large(form)
    begun = needed(file, file.ends[1] - 3)  # three bytes of the second frame are lacking
    other = bytearray(file.frames[1])
    other[5] ^= 1

    with pytest.raises(Differs):
        begun.take(1, [memoryview(other)])


@pytest.mark.parametrize(
    ("frame", "syntax"),
    [(0, ""), (5, ""), (-1, ""), (3, "1.2.840.10008.1.2.4.50"), (3, "1.2.840.10008.1.2.2")],
)
def test_a_frame_that_nobody_waits_for_is_of_no_use(frame: int, syntax: str) -> None:
    file = large("explicit")
    begun = needed(file, file.ends[0])

    with pytest.raises(Differs):
        begun.take(frame, [memoryview(file.frames[frame % 5])], syntax)


@pytest.mark.parametrize("form", ["explicit", "implicit", "table", "extended", "jpeg 2000"])
def test_a_frame_of_another_length_is_of_no_use(form: str) -> None:
    file = large(form)
    begun = needed(file, file.ends[0])

    with pytest.raises(Differs):
        begun.take(1, [memoryview(file.frames[1] + b"more")])


def test_native_frames_are_the_same_in_both_little_endian_syntaxes() -> None:
    file = large("implicit")
    begun = needed(file, file.ends[0])

    for frame in begun.missing:
        begun.take(frame, [memoryview(file.frames[frame])], EXPLICIT)

    assert bytes(begun.whole()) == file.data


@pytest.mark.parametrize(("form", "ends"), [("explicit", True), ("odd", True), ("table", None)])
def test_it_is_told_whether_something_follows_the_pixels(form: str, *, ends: bool | None) -> None:
    file = large(form)

    assert needed(file, file.ends[0]).ends_with_pixels is ends
    assert needed(file, file.ends[0], length=None).ends_with_pixels is None
    further = needed(file, file.ends[0], length=len(file.data) + 20)
    assert further.ends_with_pixels is (None if ends is None else False)


@pytest.mark.parametrize("form", ["explicit", "table"])
def test_a_file_that_isn_t_as_long_as_the_archive_said_doesn_t_pass(form: str) -> None:
    file = large(form)
    begun = needed(file, file.ends[0], length=len(file.data) + 20)
    for frame in begun.missing:
        begun.take(frame, [memoryview(file.frames[frame])])

    with pytest.raises(Differs):
        begun.whole()


def test_a_file_of_which_something_lacks_doesn_t_pass() -> None:
    file = large("explicit")

    with pytest.raises(Differs):
        needed(file, file.ends[0]).whole()


def test_frames_are_asked_for_in_batches_that_aren_t_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.archive.unfinished.begun._MOST_BYTES", 50)  # two frames of 24
    file = large("explicit", count=9)
    begun = needed(file, file.ends[1])

    assert list(begun.batches()) == [(2, 3), (4, 5), (6, 7), (8,)]
    first, *_ = needed(file, pixels_at(file)).batches()
    assert first == (0,)  # nobody knows yet how large a frame is


def test_what_follows_the_pixels_comes_by_bytes() -> None:
    file = large("table")
    data = file.data + b"\xfc\xff\xfc\xffOB\0\0\4\0\0\0more"
    begun = begun_of(bytearray(data[: file.ends[0]]), len(data), least=0)
    assert begun is not None

    begun.take(None, [memoryview(data)[file.ends[0] :]])

    assert bytes(begun.whole()) == data
