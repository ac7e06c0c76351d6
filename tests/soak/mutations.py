"""Files that went wrong: seeded mutations of sound ones, for the unit tests and the soak alike.

Each mutation is one of those that find something: a flipped bit, a byte or length that is extreme,
a piece cut out, doubled or moved, the end missing. The same seed gives the same files.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator, Sequence

Mutation = Callable[[random.Random, bytearray, int, int], None]

_EXTREMES = (0, 1, 0x7F, 0x80, 0xFE, 0xFF)
_LENGTHS = (0, 1, 2, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFE, 0xFFFF_FFFF)


def header_mutations(seeds: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Yield files whose first 8 kB (preamble apart) were changed."""
    yield from _mutations(seeds, count, seed, lambda data: (128, min(len(data), 8192)))


def pixel_mutations(seeds: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Yield files that were changed from their last pixel data element on: codestreams, mostly."""
    yield from _mutations(
        seeds, count, seed, lambda data: (max(data.rfind(b"\xe0\x7f\x10\x00"), 0), len(data))
    )


def _mutations(
    seeds: Sequence[bytes], count: int, seed: int, where: Callable[[bytes], tuple[int, int]]
) -> Iterator[bytes]:
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(chance.choice(seeds))
        start, end = where(bytes(data))
        for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
            end = min(end, len(data))
            if start < end:
                chance.choice(_MUTATIONS)(chance, data, start, end)
        yield bytes(data)


def _flip_bit(chance: random.Random, data: bytearray, start: int, end: int) -> None:
    data[chance.randrange(start, end)] ^= 1 << chance.randrange(8)


def _set_byte(chance: random.Random, data: bytearray, start: int, end: int) -> None:
    data[chance.randrange(start, end)] = chance.choice(_EXTREMES)


def _set_length(chance: random.Random, data: bytearray, start: int, end: int) -> None:
    at = chance.randrange(start, end)
    data[at : at + 4] = struct.pack(chance.choice("<>") + "I", chance.choice(_LENGTHS))


def _cut_out(chance: random.Random, data: bytearray, start: int, end: int) -> None:
    at = chance.randrange(start, end)
    del data[at : at + chance.choice((1, 2, 4, 8, 64))]


def _double(chance: random.Random, data: bytearray, start: int, end: int) -> None:
    at = chance.randrange(start, end)
    piece = data[at : at + chance.choice((1, 2, 8, 64))]
    data[at:at] = piece * chance.choice((1, 2, 8))


def _move(chance: random.Random, data: bytearray, start: int, end: int) -> None:
    source, target = chance.randrange(start, end), chance.randrange(start, end)
    piece = data[source : source + chance.choice((2, 4, 12))]
    data[target : target + len(piece)] = piece


def _truncate(chance: random.Random, data: bytearray, start: int, end: int) -> None:
    del data[chance.randrange(start, end) :]


_MUTATIONS: tuple[Mutation, ...] = (
    _flip_bit, _flip_bit, _flip_bit, _set_byte, _set_byte, _set_byte,
    _set_length, _cut_out, _double, _move, _truncate,
)  # fmt: skip
