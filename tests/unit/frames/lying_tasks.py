"""A decode task that answers nonsense: a worker that was taken over."""

from __future__ import annotations

from typing import Any


def warm_up() -> None:
    """Nothing loads late here."""


def _decode(arguments: Any, source: memoryview | None, target: memoryview | None) -> Any:  # noqa: ANN401  lies
    del arguments, target
    lies: dict[bytes, object] = {
        b"none": {},
        b"few": {"photometric": []},
        b"numbers": {"photometric": [1]},
        b"long": {"photometric": ["x" * 17]},
    }
    return lies[bytes(source or b"")]


TASKS = {"decode": _decode}
