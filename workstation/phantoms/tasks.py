"""Drawing instances in a worker process: the window stays quick while a night is made.

It draws at a lower priority than everything that a person waits for. A worker keeps the patient that it
drew last, since preparing one takes a second.

Shapes:  the output takes the Part 10 files one after the other; the reply tells their ``lengths``.
Errors:  PhantomRefused for a study or an instance that the night doesn't have, or too little room.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from workstation.phantoms.errors import PhantomRefused
from workstation.phantoms.night import night

Json = dict[str, Any]

_LAZY: Final = ("numpy.fft", "numpy.ma", "pydicom.pixels.encoders")  # the sandbox forbids loading later
_NICE: Final = 10
_ROOM: Final = 32 << 20  # no instance of the night is larger


def room_for(count: int) -> int:
    """Return how many bytes of output are enough for so many instances."""
    return count * _ROOM


def make_arguments(seed: int, now: datetime, key: str, numbers: Sequence[int]) -> Json:
    """Return the arguments for some instances of one study of a night."""
    return {"seed": seed, "now": now.isoformat(), "key": key, "numbers": list(numbers)}


def lengths(reply: Json) -> tuple[int, ...]:
    """Return how many bytes each instance has."""
    return tuple(int(length) for length in reply["lengths"])


def warm_up() -> None:
    """Load what drawing needs, and step back behind everything else."""
    import imagecodecs
    import numpy as np

    for name in _LAZY:
        importlib.import_module(name)
    tiny = np.zeros((8, 8), np.uint8)
    imagecodecs.jpegls_encode(tiny)
    imagecodecs.jpeg8_encode(tiny)
    with suppress(AttributeError, OSError):
        os.nice(_NICE)


def _make(arguments: Json, _source: memoryview | None, target: memoryview | None) -> Json:
    maker = _maker(arguments["seed"], arguments["now"], arguments["key"])
    sizes, position = [], 0
    for number in arguments["numbers"]:
        data = maker(number)
        if target is None or position + len(data) > len(target):
            raise PhantomRefused("The worker was given no room for the instance")
        target[position : position + len(data)] = data
        position += len(data)
        sizes.append(len(data))
    return {"lengths": sizes}


@lru_cache(maxsize=1)
def _maker(seed: int, now: str, key: str) -> Callable[[int], bytes]:
    for study in night(seed=seed, now=datetime.fromisoformat(now)):
        if study.key == key:
            return study.open()
    raise PhantomRefused("The night has no such study", where=key)


TASKS: Final[Mapping[str, Callable[[Json, memoryview | None, memoryview | None], Json]]] = {"make": _make}
