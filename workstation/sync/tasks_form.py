"""A reading task as text that the store keeps; only this program reads it again.

Errors:  ValueError for a text that ``to_json`` of this version did not write.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Final

from workstation.archive import Task, TaskState
from workstation.dicom.model import Patient

_MOMENTS: Final = ("due", "scheduled")


def to_json(task: Task) -> str:
    """Return a task as text."""
    told = asdict(task)
    for name in _MOMENTS:
        told[name] = told[name].isoformat() if told[name] else None
    return json.dumps(told, separators=(",", ":"))


def from_json(text: str) -> Task:
    """Return the task that ``to_json`` wrote."""
    try:
        told = json.loads(text)
        for name in _MOMENTS:
            told[name] = datetime.fromisoformat(told[name]) if told[name] else None
        told["patient"] = Patient(**told["patient"])
        told["state"] = TaskState(told["state"])
        return Task(**told)
    except (KeyError, TypeError) as error:
        raise ValueError("no task") from error
