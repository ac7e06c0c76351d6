"""Headers are built from the tables of the standards (T.81 B.2, T.87 C.2, T.800 A.5), byte by byte."""

import struct
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom import codec_headers as headers
from workstation.dicom.errors import PixelsRefused
from workstation.dicom.model import PixelFormat

PIXEL = PixelFormat("1.2.840.10008.1.2.4.90", 64, 48, 1, 16, 12, 11, signed=False, photometric="", planar=0)
STREAM = headers.Stream(64, 48, 1, 12)


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _frame(
    marker: int = 0xC0, *, ids: bytes = b"\1\2\3", sampling: tuple[int, ...] = (0x11, 0x11, 0x11)
) -> bytes:
    components = b"".join(struct.pack("3B", i, s, 0) for i, s in zip(ids, sampling, strict=True))
    return _segment(marker, struct.pack(">BHHB", 8, 64, 48, len(ids)) + components)


def _scan(*tail: int) -> bytes:
    return _segment(0xDA, bytes([1, 1, 0, *tail]))


JFIF = _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def _adobe(transform: int) -> bytes:
    return _segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


@pytest.mark.parametrize(
    ("segments", "rgb", "ycc"),
    [
        (_frame(), False, False),
        (JFIF + _frame(), False, True),
        (_adobe(0) + _frame(), True, False),
        (_adobe(1) + _frame(), False, True),
        (JFIF + _adobe(0) + _frame(), True, False),
        (_frame() + _adobe(0), True, False),
        (_frame(ids=b"RGB"), True, False),
        (_frame(sampling=(0x21, 0x11, 0x11)), False, True),
        (JFIF + _frame(0xC3), False, False),  # lossless: nothing was transformed
    ],
)
def test_a_jpeg_stream_tells_its_colours(segments: bytes, *, rgb: bool, ycc: bool) -> None:
    stream = headers.jpeg_stream(b"\xff\xd8" + segments + _scan(0, 63, 0))

    assert (stream.rows, stream.columns, stream.components, stream.precision) == (64, 48, 3, 8)
    assert (stream.rgb, stream.ycc) == (rgb, ycc)


def test_fill_bytes_and_lone_markers_are_stepped_over() -> None:
    """T.81 B.1.1.2: any number of 0xFF may come before a marker."""
    data = b"\xff\xd8" + b"\xff\xff\xff" + JFIF[1:] + b"\xff\x01" + _frame() + _scan(0, 63, 0)

    assert headers.jpeg_stream(data).rows == 64


@pytest.mark.parametrize(
    ("near", "interleave", "reversible", "planar"), [(0, 2, True, False), (3, 0, False, True)]
)
def test_a_jpeg_ls_stream_tells_its_loss_and_order(
    near: int, interleave: int, *, reversible: bool, planar: bool
) -> None:
    stream = headers.jpeg_stream(b"\xff\xd8" + _frame(0xF7) + _scan(near, interleave, 0))

    assert (stream.process, stream.reversible, stream.planar) == (headers.JPEG_LS, reversible, planar)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + _frame()[:-1],
        b"\xff\xd8" + JFIF,
        b"\xff\xd8\xff\xc0\0\0",
    ],
)
def test_bytes_without_a_frame_header_are_no_jpeg(data: bytes) -> None:
    with pytest.raises(PixelsRefused, match="no JPEG codestream"):
        headers.jpeg_stream(data)


def _siz(
    *, right: int = 48, bottom: int = 64, left: int = 0, tile: int = 64, depth: int = 11, count: int = 1
) -> bytes:
    body = (
        struct.pack(">H8IH", 0, right, bottom, left, 0, tile, tile, 0, 0, count)
        + bytes([depth, 1, 1]) * count
    )
    return b"\xff\x4f" + _segment(0x51, body)


def _cod(wavelet: int = 1) -> bytes:
    return _segment(0x52, bytes([0, 0, 0, 1, 0, 5, 4, 4, 0, wavelet]))


def _part(length: int) -> bytes:
    return _segment(0x90, struct.pack(">HIBB", 0, length, 0, 1)) + b"\xff\x93"


def test_a_jpeg_2000_stream_tells_its_size_depth_and_wavelet() -> None:
    found = headers.j2k_stream(_siz(left=8, right=56, depth=0x8B) + _cod(0) + _part(0))

    assert found == headers.Stream(64, 48, 1, 12, signed=True, reversible=False, tiles=1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        _siz(),
        _siz()[:30],
        _siz(count=0) + _cod(),
        _siz(tile=0) + _cod(),
        _siz() + _part(0),
        b"\xff\x4f\xff\x52" + bytes(80),
    ],
)
def test_bytes_without_siz_and_cod_are_no_jpeg_2000(data: bytes) -> None:
    with pytest.raises(PixelsRefused, match="no JPEG 2000 codestream"):
        headers.j2k_stream(data)


def test_components_that_differ_are_refused() -> None:
    data = bytearray(_siz(count=3) + _cod())
    data[42] = 7

    with pytest.raises(PixelsRefused, match="components of the codestream differ"):
        headers.j2k_stream(bytes(data))


SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"


@pytest.mark.parametrize(
    "box",
    [
        struct.pack(">I4s", 12, b"jp2c") + b"code",
        struct.pack(">I4s", 0, b"jp2c") + b"code",  # T.800 I.4: to the end
        struct.pack(">I4sQ", 1, b"jp2c", 20) + b"code",
        struct.pack(">I4s", 10, b"jp2h") + b"xx" + struct.pack(">I4s", 12, b"jp2c") + b"code",
    ],
)
def test_the_codestream_is_taken_out_of_its_boxes(box: bytes) -> None:
    assert bytes(headers.j2k_codestream(SIGNATURE + box)) == b"code"


@pytest.mark.parametrize(
    "box",
    [
        b"",
        struct.pack(">I4s", 0, b"free") + struct.pack(">I4s", 12, b"jp2c") + b"code",
        struct.pack(">I4s", 4, b"free") * 50,
        struct.pack(">I4sQ", 1, b"free", 2),
        b"\0\0\0\7fre" + struct.pack(">I4s", 12, b"jp2c") + b"code",
        struct.pack(">I4s", 0xFFFFFFF0, b"free"),
    ],
)
def test_boxes_that_lead_nowhere_end_the_search(box: bytes) -> None:
    """A reader that trusts lengths (pydicom 3.0.2) never comes back from the box of length 0."""
    with pytest.raises(PixelsRefused, match="no JPEG 2000"):
        headers.j2k_codestream(SIGNATURE + box)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rows": 65}, "contradicts its header"),
        ({"columns": 47}, "contradicts its header"),
        ({"components": 3}, "3 components"),
        ({"precision": 17}, "17 bits"),
        ({"precision": 0}, "0 bits"),
        ({"tiles": 65536}, "too many tiles"),
        ({"reversible": False}, "lost values"),
        ({"whole": False}, "cut off"),
    ],
)
def test_a_stream_that_isnt_the_picture_of_the_header_is_refused(change: dict[str, int], reason: str) -> None:
    headers.check(STREAM, PIXEL)
    with pytest.raises(PixelsRefused, match=reason):
        headers.check(replace(STREAM, **change), PIXEL)  # type: ignore[arg-type]  # fields by name


def test_a_frame_as_large_as_its_header_may_still_be_too_large() -> None:
    with pytest.raises(PixelsRefused, match="too large"):
        headers.check(replace(STREAM, rows=60_000), replace(PIXEL, rows=60_000))


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        (b"", b"..\xff\xd9", True),
        (b"", b"..\xff\xd9\0\0", True),
        (b"", b"..\xff\0", False),
        (b"", b"", False),
        (_segment(0xE1, b"\xff\xd9"), b"..", False),  # in a comment it ends nothing
    ],
)
def test_a_jpeg_is_whole_if_its_end_comes_after_its_scan(before: bytes, after: bytes, *, whole: bool) -> None:
    assert headers.jpeg_stream(b"\xff\xd8" + before + _frame() + _scan(0, 63, 0) + after).whole is whole


def _rle(*offsets: int) -> bytes:
    return struct.pack("<16I", len(offsets), *offsets, *[0] * (15 - len(offsets)))


def test_rle_segments_are_cut_at_their_offsets() -> None:
    data = _rle(64, 66) + b"aabbb"

    assert [bytes(segment) for segment in headers.rle_segments(data, PIXEL)] == [b"aa", b"bbb"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(63),
        bytes(64),
        _rle(64),
        _rle(64, 66, 68) + b"aabbb",
        _rle(66, 64) + b"aab",
        _rle(0, 64),
        _rle(64, 99),
    ],
)
def test_an_rle_header_that_cant_be_is_refused(data: bytes) -> None:
    """GDCM dies of zero segments (SIGFPE)."""
    with pytest.raises(PixelsRefused):
        headers.rle_segments(data, PIXEL)


@given(st.binary(max_size=200))
def test_no_bytes_make_a_reader_fail_otherwise_or_hang(data: bytes) -> None:
    for reader in (headers.jpeg_stream, headers.j2k_codestream, headers.j2k_stream):
        for start in (b"", b"\xff\xd8", b"\xff\x4f\xff\x51", SIGNATURE):
            with suppress(PixelsRefused):
                reader(start + data)
