import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.errors import DicomRefused
from workstation.dicom.inflate import inflate
from workstation.dicom.limits import DEFAULT_LIMITS, MIB, Limits


def _deflated(data: bytes) -> memoryview:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return memoryview(packer.compress(data) + packer.flush())


@given(st.binary(max_size=4096))
def test_what_was_deflated_comes_back(data: bytes) -> None:
    assert inflate(_deflated(data), DEFAULT_LIMITS) == data


def test_a_padding_byte_after_the_stream_does_no_harm() -> None:
    assert inflate(memoryview(bytes(_deflated(b"abc")) + b"\0"), DEFAULT_LIMITS) == b"abc"


def test_a_ratio_beyond_the_limit_is_refused_and_a_small_one_is_not() -> None:
    zeros = bytes(20 * MIB)  # deflates about 1000 : 1

    with pytest.raises(DicomRefused, match="grows beyond 16 MB"):
        inflate(_deflated(zeros), DEFAULT_LIMITS)
    assert inflate(_deflated(zeros), Limits(inflate_ratio=2000)) == zeros


def test_the_absolute_limit_holds_at_any_ratio() -> None:
    with pytest.raises(DicomRefused, match="grows beyond 1 MB"):
        inflate(_deflated(bytes(2 * MIB)), Limits(inflated=MIB))


def test_a_cut_stream_says_so() -> None:
    whole = _deflated(bytes(range(256)) * 40)

    with pytest.raises(DicomRefused, match="cut off inside its deflated dataset"):
        inflate(whole[: len(whole) // 2], DEFAULT_LIMITS)


def test_bytes_that_are_no_deflate_stream_are_refused() -> None:
    with pytest.raises(DicomRefused, match="damaged"):
        inflate(memoryview(b"\xff" * 64), DEFAULT_LIMITS)
