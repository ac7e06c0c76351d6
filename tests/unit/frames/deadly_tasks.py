"""The decode task, but some bytes kill the worker: a crash in a codec."""

from __future__ import annotations

import os

from workstation.dicom import tasks
from workstation.dicom.tasks import Json, warm_up

__all__ = ["TASKS", "warm_up"]


def _decode(arguments: Json, source: memoryview | None, target: memoryview | None) -> Json:
    if source is not None and source[0] == 0xEE:
        os.abort()
    return tasks.TASKS["decode"](arguments, source, target)


TASKS = {"decode": _decode}
