"""Spans are counted by hand from the bytes that were put together; pydicom's encaps is the other opinion."""

import struct

import numpy as np
import pytest
from dicom_objects import BIG, DEFLATED, EXPLICIT, J2K, RLE, ct, part10
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames

from workstation.dicom.errors import DicomRefused, Unsupported
from workstation.dicom.examine import examine
from workstation.dicom.frame_table import frame_bytes
from workstation.dicom.model import FrameTable, PixelFormat

START = b"\xff\x4f\xff\x51"


def _item(content: bytes) -> bytes:
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def _encapsulated(
    fragments: list[bytes],
    frames: int,
    table: list[int] | None = None,
    syntax: str = J2K,
    /,
    **attributes: object,
) -> bytes:
    """Return a file with these fragments, whatever they hold, and a basic offset table."""
    dataset = ct(NumberOfFrames=frames, **attributes)
    offsets = _item(struct.pack(f"<{len(table or [])}I", *(table or [])))
    dataset.PixelData = offsets + b"".join(map(_item, fragments)) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return part10(dataset, syntax)


def _frames(data: bytes) -> list[bytes]:
    table = examine(memoryview(data)).table
    return [b"".join(data[offset : offset + length] for offset, length in frame) for frame in table.spans]


def test_native_frames_follow_each_other() -> None:
    pixels = np.arange(60, dtype=np.uint16).reshape(3, 4, 5)
    data = part10(ct(pixels, NumberOfFrames=3))

    start = len(data) - 120
    assert examine(memoryview(data)).table == FrameTable(
        (((start, 40),), ((start + 40, 40),), ((start + 80, 40),)),
    )


def test_pixels_that_arent_subsampled_as_they_say_are_refused() -> None:
    """Nobody knows whether they are YBR_FULL or RGB; pydicom refuses them too."""
    colour = {"SamplesPerPixel": 3, "PhotometricInterpretation": "YBR_FULL_422", "PlanarConfiguration": 0}
    eight = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}

    assert examine(memoryview(part10(ct(PixelData=bytes(40), **colour, **eight)))).table.spans[0][0][1] == 40
    with pytest.raises(DicomRefused, match="aren't subsampled"):
        examine(memoryview(part10(ct(PixelData=bytes(60), **colour, **eight))))


def test_padding_after_the_last_native_frame_is_left_alone() -> None:
    data = part10(ct(PixelData=bytes(200)))

    assert examine(memoryview(data)).table.spans == (((len(data) - 200, 40),),)


def test_frames_that_the_pixels_have_no_room_for_are_refused() -> None:
    with pytest.raises(DicomRefused, match="3 frames of 4 × 5 need 120 bytes"):
        examine(memoryview(part10(ct(NumberOfFrames=3, PixelData=bytes(118)))))


@pytest.mark.parametrize("syntax", [DEFLATED])
def test_a_deflated_file_is_read_whole(syntax: str) -> None:
    assert examine(memoryview(part10(ct(), syntax))).table == FrameTable()


def test_a_bit_packed_file_is_read_whole_and_needs_a_bit_a_pixel() -> None:
    packed = {"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0, "NumberOfFrames": 3}

    assert examine(memoryview(part10(ct(PixelData=bytes(8), **packed)))).table == FrameTable()  # 60 bits
    with pytest.raises(DicomRefused, match="need 8 bytes"):
        examine(memoryview(part10(ct(PixelData=bytes(6), **packed))))


def test_a_fragment_for_each_frame_needs_no_table() -> None:
    assert _frames(_encapsulated([b"aa", b"bbbb", b"cc"], 3)) == [b"aa", b"bbbb", b"cc"]


def test_all_fragments_are_the_only_frame() -> None:
    assert _frames(_encapsulated([b"aa", b"bbbb", b"cc"], 1)) == [b"aabbbbcc"]


def test_an_offset_table_says_which_fragments_make_a_frame() -> None:
    assert _frames(_encapsulated([b"aa", b"bb", b"cccc", b"dd"], 2, [0, 20])) == [b"aabb", b"ccccdd"]


@pytest.mark.parametrize(
    "table",
    [None, [0], [0, 0], [20, 0], [0, 21], [0, 4000], [14, 24], [0, 5], [0, 20, 42]],
    ids=["none", "short", "zeros", "falling", "beside", "outside", "not from 0", "between", "long"],
)
def test_where_the_table_cant_be_true_the_codestreams_first_bytes_decide(table: list[int] | None) -> None:
    fragments = [START + b"a1", b"a2", START + b"b1", b"b2"]

    assert _frames(_encapsulated(fragments, 2, table)) == [START + b"a1a2", START + b"b1b2"]


@pytest.mark.parametrize("start", [b"\xff\xd8\xff\xe0", START, b"\x00\x00\x00\x0cjP  "])
def test_each_kind_of_codestream_is_known_by_its_first_bytes(start: bytes) -> None:
    assert _frames(_encapsulated([start, b"xx", start], 2)) == [start + b"xx", start]


@pytest.mark.parametrize("fragments", [[b"aa", b"bb", b"cc"], [START, b"bb", b"cc"], [b"aa", START, START]])
def test_frames_from_uncertain_fragments_are_refused(fragments: list[bytes]) -> None:
    with pytest.raises(DicomRefused, match="unknown which of 3 fragments make each of 2 frames"):
        _frames(_encapsulated(fragments, 2))


def test_fewer_fragments_than_frames_are_refused() -> None:
    with pytest.raises(DicomRefused, match="3 frames can't lie in 2 fragments"):
        _frames(_encapsulated([b"aa", b"bb"], 3))


def test_an_extended_offset_table_comes_before_the_basic_one() -> None:
    """PS3.3 C.7.6.3.1.8; the basic one then is empty, and if it isn't it is not to be used."""
    extended = {
        "ExtendedOffsetTable": struct.pack("<2Q", 0, 30),
        "ExtendedOffsetTableLengths": struct.pack("<2Q", 12, 10),
    }

    assert _frames(_encapsulated([b"aa", b"bb", b"cc", b"dd"], 2, [0, 10], **extended)) == [b"aabbcc", b"dd"]


@given(
    st.lists(
        st.lists(st.binary(min_size=1, max_size=4).map(lambda b: b * 2), min_size=1, max_size=3), min_size=1
    )
)
def test_pydicom_cuts_the_same_frames_by_the_offset_table(frames: list[list[bytes]]) -> None:
    fragments = [fragment for frame in frames for fragment in frame]
    sizes = [sum(8 + len(fragment) for fragment in frame) for frame in frames]
    table = [sum(sizes[:i]) for i in range(len(sizes))]
    data = _encapsulated(fragments, len(frames), table)
    value = data[data.rindex(b"\xe0\x7f\x10\x00") + 12 :]

    assert _frames(data) == list(generate_frames(value, number_of_frames=len(frames)))


def test_native_pixels_under_a_compressed_transfer_syntax_are_refused_and_the_other_way_round() -> None:
    data = part10(ct())
    with pytest.raises(DicomRefused, match="aren't encapsulated"):
        examine(memoryview(data.replace(_uid(EXPLICIT), _uid("1.2.840.10008.1.2.5"))))
    compressed = _encapsulated([b"aa"], 1, None, RLE)
    with pytest.raises(DicomRefused, match="are encapsulated"):
        examine(memoryview(compressed.replace(_uid(RLE), _uid(EXPLICIT))))


def _uid(syntax: str) -> bytes:
    return b"\x02\x00\x10\x00UI\x14\x00" + syntax.encode().ljust(20, b"\0")


def test_big_endian_words_of_an_odd_frame_keep_their_last_byte() -> None:
    pixels = np.arange(15, dtype=np.uint8).reshape(3, 5)
    (span,) = examine(memoryview(part10(_words(ct(pixels)), BIG))).table.spans
    assert span[0][1] == 16

    two = np.arange(30, dtype=np.uint8).reshape(2, 3, 5)
    with pytest.raises(Unsupported, match="share 16-bit words"):
        examine(memoryview(part10(_words(ct(two, NumberOfFrames=2)), BIG)))


def _words(dataset: Dataset) -> Dataset:
    dataset["PixelData"].VR = "OW"
    return dataset


@pytest.mark.parametrize(
    ("bits", "samples", "photometric", "size"),
    [
        (8, 1, "MONOCHROME2", 20),
        (16, 1, "MONOCHROME2", 40),
        (8, 3, "RGB", 60),
        (8, 3, "YBR_FULL_422", 40),
        (8, 1, "YBR_FULL_422", 20),
        (1, 1, "", 3),
    ],
)
def test_the_length_of_a_native_frame(bits: int, samples: int, photometric: str, size: int) -> None:
    """20 pixels: by hand. YBR_FULL_422 keeps two samples a pixel (PS3.3 C.7.6.3.1.2)."""
    pixel = PixelFormat(
        EXPLICIT, 4, 5, samples, bits, bits, bits - 1, signed=False, photometric=photometric, planar=0
    )

    assert frame_bytes(pixel) == size
