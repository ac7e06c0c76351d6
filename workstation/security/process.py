"""Keeping this process's memory to itself: no core dump, no look from another process of the same person.

Keys and pictures stand in memory while the program runs. A crash must not write them to the disk, and a
program beside ours shouldn't read them with a debugger. Swap is out of reach: hospitals encrypt the disk.

``app`` calls ``harden_process`` once, before any key is opened. Children start unhardened (``execve``
resets it): each calls it for itself. As a side effect ``/proc/self`` belongs to root from then on.

Source:  prctl(2), PR_SET_DUMPABLE; setrlimit(2), RLIMIT_CORE; proc(5), boot_id.
"""

from __future__ import annotations

import ctypes
import functools
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Hardening:
    """What this system lent itself to; shown by ``check``, never a reason to stop."""

    no_core_dump: bool
    no_debugger: bool


def harden_process() -> Hardening:
    """Do what this system offers, and say what that was."""
    return Hardening(no_core_dump=_forbid_core_dumps(), no_debugger=_forbid_debuggers())


@functools.cache
def boot_id() -> str:
    """Return what names this run of the machine: a monotonic time means nothing in another one."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid.uuid4())  # elsewhere each run of the program stands for itself


def _forbid_core_dumps() -> bool:
    if sys.platform == "win32":
        return False
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return False
    return True


def _forbid_debuggers() -> bool:
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
