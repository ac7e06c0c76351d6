"""Small sound files in the transfer syntaxes that few or none of pydicom's own small files have.

Mutations find what is wrong in a codec only if the codec is reached.

Shapes:  37 rows × 53 columns, grey of 8, 12 and 16 bits, and colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final, TypeAlias

import imagecodecs
import numpy as np
from dicom_objects import compressed, ct
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]

_ROWS, _COLUMNS = 37, 53
_JPEG: Final = "1.2.840.10008.1.2.4"


@cache
def encoded_seeds() -> Sequence[bytes]:
    """Return a file of each picture in each syntax."""
    return [
        _file(values, bits, encode(values, bits), f"{_JPEG}.{last}")
        for last, encode in _ENCODERS.items()
        for values, bits in _pictures()
    ]


def _file(values: Array, bits: int, stream: bytes | bytearray, syntax: str) -> bytes:
    return compressed(ct(values, BitsStored=bits, HighBit=bits - 1), [bytes(stream)], syntax)


def _lossless_jpeg(values: Array, bits: int) -> bytes | bytearray:
    space = "rgb" if values.ndim == 3 else None
    return imagecodecs.jpeg8_encode(
        values, lossless=True, bitspersample=bits, colorspace=space, outcolorspace=space
    )


_ENCODERS: Final[dict[int, Callable[[Array, int], bytes | bytearray]]] = {
    57: _lossless_jpeg,
    70: _lossless_jpeg,
    80: lambda values, _: imagecodecs.jpegls_encode(values),
    81: lambda values, _: imagecodecs.jpegls_encode(values, level=2),
    90: lambda values, bits: imagecodecs.jpeg2k_encode(values, level=0, reversible=True, bitspersample=bits),
    201: lambda values, _: imagecodecs.htj2k_encode(values),
    202: lambda values, _: imagecodecs.htj2k_encode(values),
    203: lambda values, _: imagecodecs.htj2k_encode(values),
}


def _pictures() -> Iterator[tuple[Array, int]]:
    y, x = np.mgrid[:_ROWS, :_COLUMNS]
    wave = (np.sin(x / 9) * np.cos(y / 7) + 1) / 2
    noisy = 0.9 * wave + 0.1 * np.random.default_rng(7).random(wave.shape)
    for dtype, bits in (("u1", 8), ("u2", 12), ("u2", 16)):
        yield np.rint(noisy * (2**bits - 1)).astype(dtype), bits
    grey = np.rint(noisy * 255).astype("u1")
    yield np.stack([grey, grey[::-1], grey[:, ::-1]], axis=-1), 8
