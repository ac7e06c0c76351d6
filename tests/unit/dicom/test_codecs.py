"""Codecs against each other: what one library wrote, another one reads, and what went in comes out.

Encoders are imagecodecs', pyjpegls' and pydicom's own RLE; whole files by other writers are in
tests/reference.
"""

from collections.abc import Callable
from typing import Any

import imagecodecs
import jpeg_ls  # type: ignore[import-untyped]  # it ships no types
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.pixels.encoders.native import _encode_frame as rle_encode

from workstation.dicom.codecs import decode_frame, frame_array
from workstation.dicom.errors import PixelsRefused, Unsupported
from workstation.dicom.model import PixelFormat

_DICOM = "1.2.840.10008.1.2."
RLE = _DICOM + "5"
JPEG, JPEG_12, LOSSLESS, JLS, JLS_NEAR = (f"{_DICOM}4.{last}" for last in (50, 51, 70, 80, 81))
J2K, J2K_LOSSY, HTJ2K = (f"{_DICOM}4.{last}" for last in (90, 91, 201))

Array = NDArray[Any]


def _format(syntax: str, values: Array, photometric: str = "", stored: int | None = None) -> PixelFormat:
    bits = stored or values.dtype.itemsize * 8
    colour = values.ndim == 3
    return PixelFormat(
        syntax,
        rows=values.shape[0],
        columns=values.shape[1],
        samples=3 if colour else 1,
        bits_allocated=values.dtype.itemsize * 8,
        bits_stored=bits,
        high_bit=bits - 1,
        signed=values.dtype.kind == "i",
        photometric=photometric or ("RGB" if colour else "MONOCHROME2"),
        planar=0,
    )


def _decoded(stream: bytes | bytearray, pixel: PixelFormat) -> tuple[Array, str]:
    out = frame_array(pixel)
    return out, decode_frame(memoryview(bytes(stream)), pixel, out)


def _picture(dtype: str, low: int, high: int, *, colour: bool = False) -> Array:
    """Return a picture with smooth parts, noise and both ends of its range."""
    y, x = np.mgrid[:37, :53]
    wave = (np.sin(x / 9) * np.cos(y / 7) + 1) / 2
    noise = np.random.default_rng(7).random((37, 53)) * 0.1
    values = low + (high - low) * np.clip(wave * 0.9 + noise, 0, 1)
    values[0, 0], values[0, 1] = low, high
    grey = np.rint(values).astype(dtype)
    return np.stack([grey, grey[::-1], grey[:, ::-1]], axis=-1) if colour else grey


def _rle(values: Array) -> bytes:
    pixel = _format(RLE, values)

    class Runner:
        bits_allocated, samples_per_pixel, rows, columns = (
            pixel.bits_allocated, pixel.samples, pixel.rows, pixel.columns,
        )  # fmt: skip

        def get_option(self, _name: str, default: str) -> str:
            return default

    return bytes(rle_encode(values.tobytes(), Runner()))  # type: ignore[arg-type]  # what it asks of a runner


LOSSLESS_CODECS: dict[str, Callable[[Array], bytes | bytearray]] = {
    RLE: _rle,
    LOSSLESS: lambda values: imagecodecs.jpeg8_encode(
        values, lossless=True, bitspersample=values.itemsize * 8
    ),
    JLS: imagecodecs.jpegls_encode,
    J2K: lambda values: imagecodecs.jpeg2k_encode(values, level=0, reversible=True),
    HTJ2K: imagecodecs.htj2k_encode,
}


@pytest.mark.parametrize("syntax", LOSSLESS_CODECS)
@pytest.mark.parametrize(("dtype", "low", "high"), [("u1", 0, 255), ("u2", 0, 65535), ("u2", 0, 4095)])
def test_lossless_grey_comes_back_exactly(syntax: str, dtype: str, low: int, high: int) -> None:
    values = _picture(dtype, low, high)

    out, photometric = _decoded(LOSSLESS_CODECS[syntax](values), _format(syntax, values))

    assert (out == values).all()
    assert photometric == "MONOCHROME2"


@pytest.mark.parametrize("syntax", LOSSLESS_CODECS)
def test_lossless_colour_comes_back_exactly_and_by_pixel(syntax: str) -> None:
    values = _picture("u1", 0, 255, colour=True)
    encode = LOSSLESS_CODECS[syntax]
    if syntax == LOSSLESS:
        stream = imagecodecs.jpeg8_encode(values, lossless=True, colorspace="rgb", outcolorspace="rgb")
    else:
        stream = encode(values)

    out, photometric = _decoded(stream, _format(syntax, values))

    assert (out == values).all()
    assert photometric == "RGB"


@pytest.mark.parametrize("syntax", [J2K, HTJ2K])
@pytest.mark.parametrize("dtype", ["i1", "i2"])
def test_signed_streams_keep_their_sign(syntax: str, dtype: str) -> None:
    info = np.iinfo(dtype)
    values = _picture(dtype, info.min, info.max)

    assert (_decoded(LOSSLESS_CODECS[syntax](values), _format(syntax, values))[0] == values).all()


@pytest.mark.parametrize("syntax", [LOSSLESS, JLS, J2K, HTJ2K])
def test_signed_values_in_an_unsigned_stream_get_their_sign_back(syntax: str) -> None:
    values = _picture("i2", -32768, 32767)

    stream = LOSSLESS_CODECS[syntax](values.view(np.uint16))

    assert (_decoded(stream, _format(syntax, values))[0] == values).all()


def test_twelve_signed_bits_in_a_twelve_bit_stream_get_their_sign_back() -> None:
    values = _picture("i2", -2048, 2047)
    stream = imagecodecs.jpeg8_encode((values & 0xFFF).astype(np.uint16), lossless=True, bitspersample=12)

    assert (_decoded(stream, _format(LOSSLESS, values, stored=12))[0] == values).all()


def test_thirty_two_bits_come_back_exactly() -> None:
    values = _picture("u4", 0, 2**32 - 1)

    assert (_decoded(_rle(values), _format(RLE, values))[0] == values).all()


def test_more_bits_than_openjpeg_keeps_are_refused() -> None:
    values = _picture("u4", 0, 2**24 - 1)

    exact = imagecodecs.jpeg2k_encode(values, level=0, reversible=True, bitspersample=24)
    assert (_decoded(exact, _format(J2K, values, stored=24))[0] == values).all()
    with pytest.raises(Unsupported, match="25 bits"):
        _decoded(
            imagecodecs.jpeg2k_encode(values, level=0, reversible=True, bitspersample=25),
            _format(J2K, values),
        )


@pytest.mark.parametrize("mode", [0, 1, 2], ids=["by plane", "by line", "by sample"])
def test_jpeg_ls_colours_come_out_by_pixel_in_every_interleave_mode(mode: int) -> None:
    """The encoder is pyjpegls'; T.87 C.2.3 numbers the modes."""
    values = _picture("u1", 0, 255, colour=True)
    source = np.ascontiguousarray(values.transpose(2, 0, 1)) if mode == 0 else values

    out, _ = _decoded(bytes(jpeg_ls.encode_array(source, interleave_mode=mode)), _format(JLS, values))

    assert (out == values).all()


@pytest.mark.parametrize("near", [1, 3])
def test_near_lossless_values_are_off_by_what_was_allowed_at_most(near: int) -> None:
    values = _picture("u2", 0, 4095)
    stream = imagecodecs.jpegls_encode(values, level=near)

    out, _ = _decoded(stream, _format(JLS_NEAR, values))

    assert 0 < np.abs(out.astype(int) - values).max() <= near
    with pytest.raises(PixelsRefused, match="lost values"):
        _decoded(stream, _format(JLS, values))


def test_an_irreversible_wavelet_under_a_lossless_syntax_is_refused() -> None:
    values = _picture("u2", 0, 4095)
    stream = imagecodecs.jpeg2k_encode(values, level=80, reversible=False)

    assert np.abs(_decoded(stream, _format(J2K_LOSSY, values))[0].astype(int) - values).max() < 40
    with pytest.raises(PixelsRefused, match="lost values"):
        _decoded(stream, _format(J2K, values))


@pytest.mark.parametrize(
    ("syntax", "dtype", "bits"), [(JPEG, "u1", 8), (JPEG_12, "u2", 12), (JPEG_12, "u1", 8)]
)
def test_lossy_jpeg_is_near_what_went_in(syntax: str, dtype: str, bits: int) -> None:
    values = _picture(dtype, 0, 2**bits - 1)
    stream = imagecodecs.jpeg8_encode(values, level=98, bitspersample=bits)

    out, _ = _decoded(stream, _format(syntax, values, stored=bits))

    assert np.abs(out.astype(int) - values).max() < 2**bits * 0.05


def test_eight_bits_may_lie_in_sixteen() -> None:
    values = _picture("u2", 0, 255)
    stream = imagecodecs.jpeg8_encode(values.astype(np.uint8), level=98)

    assert np.abs(_decoded(stream, _format(JPEG_12, values, stored=8))[0].astype(int) - values).max() < 13


@pytest.mark.parametrize("said", ["RGB", "YBR_FULL", "YBR_FULL_422"])
def test_what_a_jpeg_stream_says_of_its_colours_counts(said: str) -> None:
    """JFIF means Y, Cb, Cr, and an Adobe mark of 0 means R, G, B, whatever the header says."""
    values = _picture("u1", 0, 255, colour=True)
    ycc = imagecodecs.jpeg8_encode(values, level=95, subsampling="444")
    rgb = imagecodecs.jpeg8_encode(values, level=95, colorspace="rgb", outcolorspace="rgb")

    out, photometric = _decoded(ycc, _format(JPEG, values, said))
    assert photometric == "YBR_FULL"
    luma = values @ np.array([0.299, 0.587, 0.114])  # PS3.3 C.7.6.3.1.2
    assert np.abs(out[:, :, 0] - luma).max() < 14
    out, photometric = _decoded(rgb, _format(JPEG, values, said))
    assert photometric == "RGB"
    assert np.abs(out.astype(int) - values).max() < 60


@pytest.mark.parametrize("photometric", ["YBR_RCT", "YBR_ICT"])
def test_the_component_transform_of_jpeg_2000_is_undone(photometric: str) -> None:
    values = _picture("u1", 0, 255, colour=True)
    stream = imagecodecs.jpeg2k_encode(values, level=0, reversible=True, mct=True)

    out, delivered = _decoded(stream, _format(J2K, values, photometric))

    assert delivered == "RGB"
    assert (out == values).all()


@pytest.mark.parametrize("codecformat", ["j2k", "jp2"])
def test_a_codestream_may_lie_in_boxes_or_bare(codecformat: str) -> None:
    values = _picture("u2", 0, 4095)
    stream = imagecodecs.jpeg2k_encode(values, level=0, reversible=True, codecformat=codecformat)

    assert (_decoded(stream, _format(J2K, values))[0] == values).all()


STREAMS: dict[str, Callable[[Array], bytes | bytearray]] = {
    **LOSSLESS_CODECS,
    JPEG: lambda values: imagecodecs.jpeg8_encode(values, level=90),
}


@pytest.mark.parametrize("syntax", STREAMS)
@pytest.mark.parametrize("part", [0.0, 0.3, 0.7, 0.98])
def test_a_cut_frame_is_refused_not_filled(syntax: str, part: float) -> None:
    """Without a word, libjpeg fills up with grey."""
    values = _picture("u1", 0, 255)
    stream = bytes(STREAMS[syntax](values))

    with pytest.raises(PixelsRefused):
        _decoded(stream[: int(len(stream) * part)], _format(syntax, values))


@pytest.mark.parametrize("syntax", STREAMS)
def test_a_frame_of_another_size_is_refused_before_its_codec_runs(syntax: str) -> None:
    values = _picture("u1", 0, 255)
    other = np.vstack([values, values])

    with pytest.raises(PixelsRefused):
        _decoded(STREAMS[syntax](values), _format(syntax, other))


def test_an_rle_segment_that_is_too_short_is_refused() -> None:
    values = _picture("u1", 0, 255)
    header = np.array([1, 64, *[0] * 14], "<u4").tobytes()

    with pytest.raises(PixelsRefused, match="too short"):
        _decoded(header + b"\x01ab", _format(RLE, values))


def test_the_result_may_be_a_part_of_shared_memory() -> None:
    values = _picture("u2", 0, 4095)
    pixel = _format(HTJ2K, values)
    memory = bytearray(values.nbytes + 16)
    out = np.frombuffer(memory, np.uint16, values.size, 16).reshape(values.shape)

    decode_frame(bytes(imagecodecs.htj2k_encode(values)), pixel, out)

    assert (out == values).all()
    assert memory[16:] == values.tobytes()


def test_an_unknown_transfer_syntax_is_unsupported() -> None:
    values = _picture("u1", 0, 255)
    pixel = _format("1.2.840.10008.1.2.4.102", values)

    with pytest.raises(Unsupported, match=r"4\.102"):
        decode_frame(b"", pixel, frame_array(pixel))
