"""Long sealed values in chunks: any range opens alone, and no byte of an unverified chunk gets out.

A frame of a one-gigabyte loop must open in milliseconds, and a file that lost its tail, or two of whose
chunks changed places, must be seen for what it is. This is the STREAM construction: the plaintext is cut
into chunks of 64 KiB (the last is shorter, or empty for an empty plaintext), each sealed with AES-256-GCM
under one key. A chunk's nonce says which one it is and whether it is the last:

    11 bytes  counter from 0, big-endian
    1 byte    1 in the last chunk, 0 in all others

and the sealed chunks (ciphertext, then a tag of 16 bytes) follow one another without a gap.

What the caller owes: a key that seals ONE plaintext, ever (derived with a fresh random salt), for the
nonces start at 0; and ``associated`` data that says what the stream is, its ``plain_length`` included,
since a range that leaves out the last chunk doesn't see the end. An older whole stream put back in its
place verifies: who must notice keeps its salt elsewhere.

Units:   bytes; ranges are half open and count plaintext.
Errors:  SealBroken for a chunk that doesn't verify or isn't all there; the output is then all zeros.
         ValueError for a range or buffer that doesn't fit: the caller's mistake, not the file's.
Speed:   calls on 64 KiB release the interpreter lock; about a microsecond of Python a chunk.
Source:  Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption (CRYPTO 2015), STREAM;
         nonce layout as in the age file format (C2SP age, Payload).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workstation.security.ciphers import TAG_BYTES, Bytes, Key, wipe
from workstation.security.errors import SealBroken

CHUNK_BYTES: Final = 64 * 1024
SEALED_CHUNK_BYTES: Final = CHUNK_BYTES + TAG_BYTES

ReadAt: TypeAlias = Callable[[int, int], Bytes]
"""(offset, length) in the sealed stream → these bytes; fewer mean that the stream ends there.

The answer is used up before the next call, so it may be a view of one buffer used over and over."""

_CHUNKS_A_READ: Final = 16  # a mebibyte at a time: bounded memory, few calls
_COUNTER_BYTES: Final = 11


def chunk_count(plain_length: int) -> int:
    """Return how many chunks seal a plaintext; an empty one still has its (empty) last chunk."""
    return max(1, -(-plain_length // CHUNK_BYTES))


def sealed_size(plain_length: int) -> int:
    """Return how many bytes the sealed stream of a plaintext has."""
    return plain_length + chunk_count(plain_length) * TAG_BYTES


class ChunkCipher:
    """Seals one plaintext, or opens ranges of it; safe to open with from several threads."""

    def __init__(self, key: Key, associated: bytes) -> None:
        self._cipher = AESGCM(key)
        self._associated = associated
        self._has_sealed = False

    @staticmethod
    def sealed_size(plain_length: int) -> int:
        """Return how many bytes the sealed stream of a plaintext has."""
        return sealed_size(plain_length)

    def seal_into(self, plain: Bytes, out: bytearray | memoryview) -> int:
        """Seal the whole plaintext into the start of a buffer; return the bytes written."""
        source, target = _octets(plain), _octets(out)
        size = sealed_size(len(source))
        if len(target) < size:
            raise ValueError(f"{size} bytes do not fit in a buffer of {len(target)}")
        self._seal_once()
        last = chunk_count(len(source)) - 1
        return self._seal_chunks(source, range(last + 1), last, target)

    def seal_pieces(self, plain: Bytes) -> Iterator[memoryview]:
        """Seal a mebibyte at a time; each piece is to be written before the next is asked for."""
        self._seal_once()
        source = _octets(plain)
        last = chunk_count(len(source)) - 1
        buffer = memoryview(bytearray(_CHUNKS_A_READ * SEALED_CHUNK_BYTES))
        for first in range(0, last + 1, _CHUNKS_A_READ):
            chunks = range(first, min(first + _CHUNKS_A_READ, last + 1))
            yield buffer[: self._seal_chunks(source, chunks, last, buffer)]

    def open_range(
        self, read_at: ReadAt, plain_length: int, start: int, stop: int, out: bytearray | memoryview
    ) -> None:
        """Fill ``out`` with the plaintext from ``start`` to ``stop``, every chunk of it verified.

        An empty range still verifies the chunk that it points at: an empty stream can be damaged too.
        """
        if not 0 <= start <= stop <= plain_length:
            raise ValueError(f"no range {start} to {stop} in {plain_length} bytes")
        target = _octets(out)
        if len(target) != stop - start:
            raise ValueError(f"a buffer of {len(target)} bytes for a range of {stop - start}")
        try:
            self._open_chunks(read_at, plain_length, start, target)
        except (InvalidTag, _EndsEarly):
            wipe(target)
            raise SealBroken("A sealed file is damaged, cut short, or was altered") from None

    def _seal_once(self) -> None:
        if self._has_sealed:
            raise RuntimeError("one key seals one stream: a second one would repeat its nonces")
        self._has_sealed = True

    def _seal_chunks(self, plain: memoryview, chunks: range, last: int, out: memoryview) -> int:
        position = 0
        for index in chunks:
            chunk = plain[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES]
            end = position + len(chunk) + TAG_BYTES
            self._cipher.encrypt_into(_nonce(index, last), chunk, self._associated, out[position:end])
            position = end
        return position

    def _open_chunks(self, read_at: ReadAt, plain_length: int, start: int, out: memoryview) -> None:
        stop = start + len(out)
        last = chunk_count(plain_length) - 1
        first = min(start // CHUNK_BYTES, last)
        past = max(first + 1, -(-stop // CHUNK_BYTES))
        for begin in range(first, past, _CHUNKS_A_READ):
            chunks = range(begin, min(begin + _CHUNKS_A_READ, past))
            sealed = _read_chunks(read_at, plain_length, chunks)
            for position, index in enumerate(chunks):
                body = sealed[position * SEALED_CHUNK_BYTES : (position + 1) * SEALED_CHUNK_BYTES]
                self._open_chunk(body, _nonce(index, last), index * CHUNK_BYTES - start, out)

    def _open_chunk(self, body: memoryview, nonce: bytes, at: int, out: memoryview) -> None:
        """Open one chunk whose first byte belongs at ``at`` of ``out``; it may stick out at both ends."""
        length = len(body) - TAG_BYTES
        if at >= 0 and at + length <= len(out):
            self._cipher.decrypt_into(nonce, body, self._associated, out[at : at + length])
            return
        plain = bytearray(length)
        self._cipher.decrypt_into(nonce, body, self._associated, plain)
        begin, end = max(at, 0), min(at + length, len(out))
        out[begin:end] = memoryview(plain)[begin - at : end - at]


class _EndsEarly(Exception):
    """The stream has fewer bytes than its length says."""


def _octets(buffer: Bytes) -> memoryview:
    return memoryview(buffer).cast("B")


def _nonce(index: int, last: int) -> bytes:
    return index.to_bytes(_COUNTER_BYTES, "big") + (b"\x01" if index == last else b"\x00")


def _read_chunks(read_at: ReadAt, plain_length: int, chunks: range) -> memoryview:
    offset = chunks.start * SEALED_CHUNK_BYTES
    length = min(chunks.stop * SEALED_CHUNK_BYTES, sealed_size(plain_length)) - offset
    sealed = _octets(read_at(offset, length))
    if len(sealed) != length:
        raise _EndsEarly
    return sealed
