from __future__ import annotations

import os
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.security import SealBroken
from workstation.security.stream import CHUNK_BYTES, SEALED_CHUNK_BYTES, ChunkCipher, chunk_count, sealed_size

KEY = bytes(range(32))
HEADER = b"header and tags"
LENGTHS = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 20 * CHUNK_BYTES + 77]


def sealed(plain: bytes, key: bytes = KEY, associated: bytes = HEADER) -> bytes:
    out = bytearray(sealed_size(len(plain)))
    assert ChunkCipher(key, associated).seal_into(plain, out) == len(out)
    return bytes(out)


def opened(
    stream: bytes, length: int, start: int = 0, stop: int | None = None, associated: bytes = HEADER
) -> bytes:
    end = length if stop is None else stop
    out = bytearray(b"\xee" * (end - start))
    try:
        ChunkCipher(KEY, associated).open_range(lambda at, n: stream[at : at + n], length, start, end, out)
    except SealBroken:
        assert not any(out), "plaintext of an unverified stream was left in the buffer"
        raise
    return bytes(out)


def refused(stream: bytes, length: int, start: int = 0, stop: int | None = None) -> bool:
    try:
        opened(stream, length, start, stop)
    except SealBroken:
        return True
    return False


def chunks(stream: bytes) -> list[bytes]:
    return [stream[at : at + SEALED_CHUNK_BYTES] for at in range(0, len(stream), SEALED_CHUNK_BYTES)]


@pytest.mark.parametrize("length", LENGTHS)
def test_what_was_sealed_opens_again(length: int) -> None:
    plain = os.urandom(length)

    assert opened(sealed(plain), length) == plain


@pytest.mark.parametrize("length", LENGTHS)
def test_the_layout_is_the_one_written_down(length: int) -> None:
    """Sealed a second time by hand, from the module's description alone."""
    plain = os.urandom(length)
    pieces = [plain[at : at + 65536] for at in range(0, length, 65536)] or [b""]
    by_hand = b"".join(
        AESGCM(KEY).encrypt(struct.pack(">3xQB", n, n == len(pieces) - 1), piece, HEADER)
        for n, piece in enumerate(pieces)
    )

    assert sealed(plain) == by_hand
    assert sealed_size(length) == len(by_hand)
    assert chunk_count(length) == len(pieces)


@pytest.mark.parametrize("length", LENGTHS)
def test_sealing_in_pieces_gives_the_same_bytes(length: int) -> None:
    plain = os.urandom(length)

    assert b"".join(bytes(piece) for piece in ChunkCipher(KEY, HEADER).seal_pieces(plain)) == sealed(plain)


PLAIN = os.urandom(18 * CHUNK_BYTES + 1234)
SEALED = sealed(PLAIN)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_range_opens_alone(data: st.DataObject) -> None:
    rims = st.sampled_from([n * CHUNK_BYTES + d for n in range(19) for d in (-1, 0, 1) if n or d >= 0])
    place = st.one_of(rims, st.integers(0, len(PLAIN)))
    start, stop = sorted((data.draw(place), data.draw(place)))

    assert opened(SEALED, len(PLAIN), start, stop) == PLAIN[start:stop]


@pytest.mark.parametrize("length", LENGTHS)
def test_an_empty_range_opens_anywhere_and_still_verifies(length: int) -> None:
    stream = sealed(os.urandom(length))
    for at in {0, length // 2, length}:
        assert opened(stream, length, at, at) == b""
        assert refused(bytes(len(stream)), length, at, at)


def test_a_small_range_reads_only_its_own_chunks() -> None:
    asked: list[tuple[int, int]] = []

    def read_at(at: int, count: int) -> bytes:
        asked.append((at, count))
        return SEALED[at : at + count]

    out = bytearray(10)
    ChunkCipher(KEY, HEADER).open_range(read_at, len(PLAIN), 5 * CHUNK_BYTES - 5, 5 * CHUNK_BYTES + 5, out)

    assert asked == [(4 * SEALED_CHUNK_BYTES, 2 * SEALED_CHUNK_BYTES)]


def test_a_buffer_of_sixteen_bit_pixels_counts_as_bytes() -> None:
    pixels = memoryview(bytearray(os.urandom(4096))).cast("H")
    back = memoryview(bytearray(4096)).cast("H")
    out = bytearray(sealed_size(4096))
    ChunkCipher(KEY, HEADER).seal_into(pixels, out)
    ChunkCipher(KEY, HEADER).open_range(lambda at, n: out[at : at + n], 4096, 0, 4096, back)

    assert back.tobytes() == pixels.tobytes()


def test_every_byte_of_a_small_stream_counts() -> None:
    """One bit flipped in every byte of a chunk that is whole and of a last one that is short."""
    plain = os.urandom(200)
    good = sealed(plain)
    for at in range(len(good)):
        bad = bytearray(good)
        bad[at] ^= 1 << (at % 8)
        assert refused(bytes(bad), len(plain)), at


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(SEALED) - 1), st.integers(0, 7))
def test_a_flipped_bit_anywhere_is_refused_and_only_where_it_stands(at: int, bit: int) -> None:
    bad = bytearray(SEALED)
    bad[at] ^= 1 << bit
    hit = at // SEALED_CHUNK_BYTES
    other = (hit + 1) % 18

    assert refused(bytes(bad), len(PLAIN))
    assert refused(bytes(bad), len(PLAIN), hit * CHUNK_BYTES, hit * CHUNK_BYTES + 1)
    assert not refused(bytes(bad), len(PLAIN), other * CHUNK_BYTES, (other + 1) * CHUNK_BYTES)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_stream_cut_at_a_chunk_is_refused_even_with_a_shorter_length(length: int) -> None:
    stream = sealed(os.urandom(length))
    for count in range(chunk_count(length)):
        cut = stream[: count * SEALED_CHUNK_BYTES]
        assert refused(cut, length)
        assert refused(cut, count * CHUNK_BYTES)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SEALED) - 1))
def test_a_stream_cut_anywhere_is_refused(size: int) -> None:
    plain_length = max(0, size - chunk_count(size) * 16)

    assert refused(SEALED[:size], len(PLAIN))
    assert refused(SEALED[:size], len(PLAIN), len(PLAIN) - 7, len(PLAIN) - 1)
    assert refused(SEALED[:size], plain_length)


def test_chunks_that_changed_places_are_refused_for_every_pair() -> None:
    pieces = chunks(SEALED)
    for first in range(len(pieces)):
        for second in range(first + 1, len(pieces)):
            swapped = list(pieces)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            assert refused(b"".join(swapped), len(PLAIN)), (first, second)


def test_a_chunk_left_out_or_put_in_twice_is_refused() -> None:
    pieces = chunks(SEALED)
    for at in range(len(pieces)):
        without = b"".join(pieces[:at] + pieces[at + 1 :])
        doubled = b"".join(pieces[: at + 1] + pieces[at:])
        assert refused(without, len(PLAIN) - min(CHUNK_BYTES, len(PLAIN) - at * CHUNK_BYTES)), at
        assert refused(doubled, len(PLAIN)) or at == len(pieces) - 1, at


def test_a_chunk_of_another_stream_is_refused_in_the_same_place() -> None:
    other = chunks(sealed(PLAIN, associated=b"another header"))
    for at in range(len(other)):
        mixed = chunks(SEALED)
        mixed[at] = other[at]
        assert refused(b"".join(mixed), len(PLAIN)), at


def test_another_header_or_another_key_is_refused() -> None:
    with pytest.raises(SealBroken):
        opened(SEALED, len(PLAIN), associated=b"header and tagz")
    assert refused(sealed(PLAIN, key=bytes(32)), len(PLAIN))


def test_an_empty_stream_is_verified_too() -> None:
    assert opened(sealed(b""), 0) == b""
    assert refused(bytes(16), 0)
    assert refused(b"", 0)


def test_one_key_never_seals_twice() -> None:
    """A second stream under the same nonces would tell the difference of the two plaintexts."""
    cipher = ChunkCipher(KEY, HEADER)
    cipher.seal_into(b"first", bytearray(64))

    with pytest.raises(RuntimeError):
        cipher.seal_into(b"second", bytearray(64))
    with pytest.raises(RuntimeError):
        next(cipher.seal_pieces(b"third"))


@pytest.mark.parametrize(("start", "stop", "room"), [(-1, 4, 5), (3, 2, 0), (0, 101, 101), (0, 10, 9)])
def test_a_range_that_does_not_fit_is_the_callers_mistake(start: int, stop: int, room: int) -> None:
    stream = sealed(bytes(100))

    with pytest.raises(ValueError, match="range"):
        ChunkCipher(KEY, HEADER).open_range(
            lambda at, n: stream[at : at + n], 100, start, stop, bytearray(room)
        )


def test_a_buffer_too_small_to_seal_into_is_refused_before_anything_is_written() -> None:
    out = bytearray(100)

    with pytest.raises(ValueError, match="116 bytes"):
        ChunkCipher(KEY, HEADER).seal_into(bytes(100), out)
    assert not any(out)
