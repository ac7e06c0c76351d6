"""How long a sealed stream takes to seal and to open, beside the bare cipher on the same bytes.

Each is the median of ``ROUNDS``, each at least ``SECONDS`` long.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from figures import Figure
from ground import Ground

from workstation.security import ChunkCipher, new_key, sealed_size

ROUNDS: Final = 5
SECONDS: Final = 0.1
HEADER: Final = b"header and tags, as the store passes them".ljust(120)
SIZES: Final = {"64 KiB": 1 << 16, "512 KiB": 1 << 19, "32 MiB": 1 << 25}


def figures(_: Ground) -> Iterator[Figure]:
    """Seal and open streams of a few sizes."""
    for name, size in SIZES.items():
        key, plain = new_key(), os.urandom(size)
        bare, nonce, whole = AESGCM(key), bytes(12), bytearray(size + 16)
        peer = _milliseconds(lambda: bare.encrypt_into(nonce, plain, HEADER, whole))  # noqa: B023  called here
        for what, work in _works(key, plain):
            yield Figure(f"{what}, {name}", _milliseconds(work), peer, against="AES-GCM in one call")


def _works(key: bytearray, plain: bytes) -> Iterator[tuple[str, Callable[[], object]]]:
    size = len(plain)
    sealed, opened = bytearray(sealed_size(size)), bytearray(size)
    view, cipher = memoryview(sealed), ChunkCipher(key, HEADER)
    yield "seal a stream", lambda: ChunkCipher(key, HEADER).seal_into(plain, sealed)
    in_memory = lambda at, count: view[at : at + count]  # noqa: E731  two of a kind
    yield "open a stream in memory", lambda: cipher.open_range(in_memory, size, 0, size, opened)
    with tempfile.TemporaryFile() as file:
        file.write(sealed)
        file.flush()
        buffer = memoryview(bytearray(min(len(sealed), 1 << 21)))

        def read_at(at: int, count: int) -> memoryview:
            return buffer[: os.preadv(file.fileno(), [buffer[:count]], at)]

        yield "open a stream in a warm file", lambda: cipher.open_range(read_at, size, 0, size, opened)


def _milliseconds(work: Callable[[], object]) -> float:
    work()
    return 1e3 * statistics.median(_round(work) for _ in range(ROUNDS))


def _round(work: Callable[[], object]) -> float:
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < SECONDS:
        work()
        count += 1
    return spent / count
