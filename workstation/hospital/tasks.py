"""Painting in a worker process: some instances of a study, and what the archive keeps of each.

Turning a header into JSON costs as much as painting a small picture; here it holds up nobody.

Shapes:  the output takes the Part 10 files one after the other; the reply tells their ``lengths`` and what is
         ``described`` of each.
Errors:  those of ``phantoms.tasks``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydicom.uid import DigitalXRayImageStorageForPresentation

from workstation.hospital.describing import described
from workstation.phantoms import cast, files
from workstation.phantoms import tasks as phantom_tasks

Json = dict[str, Any]


def warm_up() -> None:
    """Load what painting and describing need."""
    phantom_tasks.warm_up()
    visit = cast.visits(0, datetime(2026, 1, 1, tzinfo=UTC))["wrist-xr"]
    head = files.template(visit, "DX", 1, "", visit.when)
    described(files.part10(head, DigitalXRayImageStorageForPresentation, visit, 1))


def _paint(arguments: Json, source: memoryview | None, target: memoryview | None) -> Json:
    reply = phantom_tasks.TASKS["make"](arguments, source, target)
    if target is None:
        raise AssertionError("the phantoms' task refuses to paint without room")
    ends, end = [], 0
    for length in phantom_tasks.lengths(reply):
        end += length
        ends.append((end - length, end))
    return reply | {"described": [described(bytes(target[start:end])) for start, end in ends]}


TASKS: Final[Mapping[str, Callable[[Json, memoryview | None, memoryview | None], Json]]] = {"paint": _paint}
