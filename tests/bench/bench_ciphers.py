"""How fast a sealed stream is sealed and opened, beside the bare cipher and a plain copy of the same bytes.

Run:     PYTHONPATH=. .venv/bin/python tests/bench/bench_ciphers.py
Units:   MB/s of plaintext, 10**6 bytes; the median of ``ROUNDS``, each at least ``SECONDS`` long.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workstation.security import ChunkCipher, new_key, seal, sealed_size, unseal

ROUNDS: Final = 5
SECONDS: Final = 0.1
HEADER: Final = b"header and tags, as the store passes them".ljust(120)
SIZES: Final = {"64 KiB": 1 << 16, "512 KiB": 1 << 19, "32 MiB": 1 << 25}


def rate(size: int, work: Callable[[], object]) -> float:
    """Return MB/s of doing something with ``size`` bytes over and over."""
    work()
    return statistics.median(_round(size, work) for _ in range(ROUNDS))


def measures(size: int) -> Iterator[tuple[str, float]]:
    """Yield what is measured and its MB/s."""
    key, plain = new_key(), os.urandom(size)
    sealed, opened = bytearray(sealed_size(size)), bytearray(size)
    view, cipher = memoryview(sealed), ChunkCipher(key, HEADER)

    yield "copy (peer)", rate(size, lambda: opened.__setitem__(slice(None), plain))
    bare, nonce = AESGCM(key), bytes(12)
    whole = bytearray(size + 16)
    yield "bare AES-GCM, one call (peer)", rate(size, lambda: bare.encrypt_into(nonce, plain, HEADER, whole))
    yield "seal stream", rate(size, lambda: ChunkCipher(key, HEADER).seal_into(plain, sealed))
    yield (
        "open stream, memory",
        rate(size, lambda: cipher.open_range(lambda at, n: view[at : at + n], size, 0, size, opened)),
    )
    with tempfile.TemporaryFile() as file:
        file.write(sealed)
        file.flush()
        buffer = memoryview(bytearray(min(len(sealed), 1 << 21)))

        def read_at(at: int, count: int) -> memoryview:
            return buffer[: os.preadv(file.fileno(), [buffer[:count]], at)]

        yield "open stream, warm file", rate(size, lambda: cipher.open_range(read_at, size, 0, size, opened))
    value = seal(key, plain, HEADER)
    yield "unseal one value", rate(size, lambda: unseal(key, value, HEADER))


def main() -> None:
    """Print the table."""
    for name, size in SIZES.items():
        for what, speed in measures(size):
            sys.stdout.write(f"{name:>8}  {what:<32}{speed:>10,.0f} MB/s\n")


def _round(size: int, work: Callable[[], object]) -> float:
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < SECONDS:
        work()
        count += 1
    return count * size / spent / 1e6


if __name__ == "__main__":
    main()
