"""The tasks as a worker calls them: JSON in, JSON out, bytes in buffers."""

import json
from collections.abc import Callable, Iterable

import imagecodecs
import numpy as np
import pytest
from dicom_objects import DEFLATED, J2K, compressed, ct, item, part10, sequence

from workstation.dicom import tasks
from workstation.dicom.errors import DicomRefused, PixelsRefused
from workstation.dicom.examine import examine
from workstation.dicom.record_json import from_json
from workstation.dicom.tasks import Json


def words(values: Iterable[int]) -> bytes:
    return np.array(list(values), "<u2").tobytes()


FRAMES = np.arange(3 * 20, dtype=np.uint16).reshape(3, 4, 5)


def _call(name: str, arguments: Json, source: bytes, target: bytearray | None = None) -> Json:
    """Call a task with arguments and reply that went through JSON, as the pool does it."""
    reply = tasks.TASKS[name](
        json.loads(json.dumps(arguments)), memoryview(source), None if target is None else memoryview(target)
    )
    return dict(json.loads(json.dumps(reply)))


def _decoded(data: bytes, frames: list[int], part: slice | None = None) -> tuple[np.ndarray, tuple[str, ...]]:
    found = examine(memoryview(data))
    assert found.record.pixel is not None
    target = bytearray(tasks.frame_size(found.record.pixel) * len(frames))
    base = part.start if part else 0
    arguments = tasks.decode_arguments(found.record.pixel, found.table, frames, base)
    reply = _call("decode", arguments, data[part] if part else data, target)
    return np.frombuffer(target, np.uint16).reshape(-1, 4, 5), tasks.photometrics(reply)


def test_what_a_worker_examines_is_what_examine_finds() -> None:
    data = part10(ct())

    assert tasks.examined(_call("examine", {}, data)) == examine(memoryview(data))


def test_several_files_are_examined_as_each_would_be_alone() -> None:
    files = [part10(ct()), b"nothing of the kind", part10(ct(FRAMES, NumberOfFrames=3))]
    parts = [(sum(map(len, files[:n])), len(file)) for n, file in enumerate(files)]
    first, refused, last = tasks.all_examined(
        _call("examine all", tasks.examine_arguments(parts), b"".join(files))
    )

    assert (first, last) == (examine(memoryview(files[0])), examine(memoryview(files[2])))
    with pytest.raises(DicomRefused) as alone:
        examine(memoryview(files[1]))
    assert str(refused) == str(alone.value)


def test_the_text_that_a_worker_wrote_says_what_the_record_says() -> None:
    found = tasks.examined(_call("examine", {}, part10(ct())))

    assert from_json(found.record_text) == found.record


def _native() -> bytes:
    return part10(ct(FRAMES, NumberOfFrames=3))


def _deflated() -> bytes:
    return part10(ct(FRAMES, NumberOfFrames=3), DEFLATED)


def _encapsulated() -> bytes:
    streams = [
        bytes(imagecodecs.jpeg2k_encode(frame, level=0, reversible=True, resolutions=1)) for frame in FRAMES
    ]
    return compressed(ct(FRAMES, NumberOfFrames=3), streams, J2K)


@pytest.mark.parametrize("make", [_native, _deflated, _encapsulated])
@pytest.mark.parametrize("frames", [[0], [2, 0], [0, 1, 2]])
def test_frames_are_delivered_in_the_order_that_was_asked_for(
    make: Callable[[], bytes], frames: list[int]
) -> None:
    pixels, photometrics = _decoded(make(), frames)

    assert (pixels == FRAMES[frames]).all()
    assert photometrics == ("MONOCHROME2",) * len(frames)


def test_the_input_may_be_the_part_of_the_file_that_holds_the_frames() -> None:
    data = _native()
    start = len(data) - 80

    pixels, _ = _decoded(data, [1, 2], slice(start, len(data)))

    assert (pixels == FRAMES[1:]).all()


def test_a_frame_in_two_fragments_is_put_together() -> None:
    stream = bytes(imagecodecs.jpeg2k_encode(FRAMES[0], level=0, reversible=True, resolutions=1))
    halves = [stream[:40], stream[40:] + b"\0" * (len(stream) % 2)]
    data = compressed(ct(FRAMES[0]), halves, J2K, table=False)

    pixels, _ = _decoded(data, [0])

    assert (pixels[0] == FRAMES[0]).all()


def _with_tables() -> bytes:
    table = item(LUTDescriptor=[500, 0, 16], LUTData=words(range(500)))
    return part10(ct(FRAMES[0], VOILUTSequence=sequence(table)))


def _tables(data: bytes, room: int) -> tuple[Json, bytearray]:
    target = bytearray(room)
    return _call("tables", tasks.tables_arguments(examine(memoryview(data)).record), data, target), target


def test_tables_are_what_the_header_says() -> None:
    reply, target = _tables(_with_tables(), 1000)

    assert tasks.tables_need(reply, 10_000) == 0
    (table,) = tasks.tables_found(reply, memoryview(target)).voi_of(0)
    assert table.entries.tolist() == list(range(500))


def test_tables_that_find_no_room_say_how_much_they_need_and_not_without_end() -> None:
    reply, _ = _tables(_with_tables(), 998)

    assert tasks.tables_need(reply, 10_000) == 1000
    with pytest.raises(DicomRefused, match="larger"):
        tasks.tables_need({"needs": 1 << 30}, 10_000)


def test_tables_of_a_file_that_is_none_are_refused() -> None:
    with pytest.raises(DicomRefused):
        _call("tables", {"pixel": None, "frames": 0}, b"nothing of the kind", bytearray(10))


@pytest.mark.parametrize("room", [None, bytearray(39)])
def test_frames_without_room_are_refused(room: bytearray | None) -> None:
    data = _native()
    found = examine(memoryview(data))
    assert found.record.pixel is not None

    with pytest.raises(PixelsRefused, match="no room"):
        _call("decode", tasks.decode_arguments(found.record.pixel, found.table, [0]), data, room)


@pytest.mark.parametrize("spans", [[[[0, 10]]], [[[10**9, 40]]], [[[-60, 40]]], [[]]])
def test_spans_outside_of_the_input_are_refused(spans: list[list[list[int]]]) -> None:
    data = _native()
    found = examine(memoryview(data))
    assert found.record.pixel is not None
    arguments = tasks.decode_arguments(found.record.pixel, found.table, [0]) | {"spans": spans}

    with pytest.raises(DicomRefused):
        _call("decode", arguments, data[:30], bytearray(40))
