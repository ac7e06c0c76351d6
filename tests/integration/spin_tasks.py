"""Tasks for test_sandbox: one that never ends, one that ends at once."""

from __future__ import annotations

from workstation.workers import Json, Reply


def warm_up() -> None:
    """Nothing loads late here."""


def spin(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del arguments, source, target
    while True:
        pass


def nothing(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del arguments, source, target
    return {}


TASKS = {"spin": spin, "nothing": nothing}
