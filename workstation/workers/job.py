"""What a worker is asked to do, and within which limits.

Units:   seconds of wall clock; bytes.
Errors:  ValueError for a limit that makes no sense.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from workstation.workers.shared import BufferSlice

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Reply: TypeAlias = dict[str, Json]

_MIB = 1 << 20
_SECONDS = 10.0  # facts, "Bombs and limits": 10 s + 1 s for each MB
_SECONDS_A_BYTE = 1e-6


def seconds_for(length: int) -> float:
    """Return how long a task may take over an input of that many bytes."""
    return _SECONDS + length * _SECONDS_A_BYTE


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use."""

    memory_bytes: int = 2048 * _MIB  # its own memory, shared buffers not counted
    reply_bytes: int = 4 * _MIB  # parsing one this long holds up the other threads for some 50 ms
    start_seconds: float = 30.0  # importing its codecs on a cold, busy disk


@dataclass(frozen=True, slots=True)
class Job:
    """One call of a task: small JSON arguments, bytes in and bytes out through shared memory."""

    task: str
    arguments: Mapping[str, Json] = field(default_factory=dict)
    input: BufferSlice | None = None
    output: BufferSlice | None = None
    seconds: float = _SECONDS

    def __post_init__(self) -> None:
        """Refuse a time that a watchdog cannot hold."""
        if not self.seconds > 0:
            raise ValueError(f"a job needs more than 0 s, not {self.seconds}")
