"""From a worker's message to a reply or an error; nothing in the message is trusted.

An error of ours comes back as its own class only if that class is loaded already, or lies in the
package of the tasks: a worker that was taken over cannot have anything else imported.

Errors:  OutOfForm for a message that is neither a reply nor an error.
"""

from __future__ import annotations

import importlib
import re
import sys
from typing import Final

from workstation.errors import LumenError
from workstation.workers.errors import WorkerFailed, WorkerMemoryExceeded
from workstation.workers.job import Json, Limits, Reply
from workstation.workers.wire import Message, OutOfForm

OUR_PREFIX: Final = "workstation."
_CLASS_NAME: Final = re.compile(r"([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*):([A-Za-z_][A-Za-z0-9_]*)")
_KIND: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_TEXT_LENGTH: Final = 1000


def outcome(message: Message, number: int, task_module: str, limits: Limits) -> Reply | LumenError:
    """Return the reply to request ``number``, or the error that the task raised."""
    if message.get("id") != number:
        raise OutOfForm("a reply to another request")
    result, error = message.get("result"), message.get("error")
    if isinstance(result, dict):
        return result
    if isinstance(error, dict):
        return _error(error, task_module, limits)
    raise OutOfForm("neither a result nor an error")


def memory_exceeded(limits: Limits) -> WorkerMemoryExceeded:
    """Return the error of a job that needed too much."""
    return WorkerMemoryExceeded(f"This needs more memory than the {limits.memory_bytes >> 20} MiB allowed")


def _error(told: dict[str, Json], task_module: str, limits: Limits) -> LumenError:
    kind = told.get("kind")
    if kind == MemoryError.__name__:
        return memory_exceeded(limits)
    if isinstance(kind, str):
        return WorkerFailed.of(kind if _KIND.fullmatch(kind) else "unknown")
    name = told.get("class")
    known = _known_class(name, task_module) if isinstance(name, str) else None
    if known is None:
        return WorkerFailed.of("unknown")
    try:
        return known(
            _text(told.get("what")), where=_text(told.get("where")), remedy=_text(told.get("remedy"))
        )
    except TypeError:  # a class that is made in another way
        return WorkerFailed.of(known.__name__)


def _known_class(name: str, task_module: str) -> type[LumenError] | None:
    match = _CLASS_NAME.fullmatch(name)
    if match is None or not match[1].startswith(OUR_PREFIX):
        return None
    module = sys.modules.get(match[1])
    if module is None and match[1].startswith(f"{task_module.rpartition('.')[0]}."):
        try:
            module = importlib.import_module(match[1])
        except ImportError:
            return None
    known = getattr(module, match[2], None)
    return known if isinstance(known, type) and issubclass(known, LumenError) else None


def _text(value: Json | None) -> str:
    return value[:_TEXT_LENGTH] if isinstance(value, str) else ""
