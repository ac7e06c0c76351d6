"""The few calls to the Linux kernel that Python has no function for.

Errors:  OSError with the kernel's own number.
Source:  prctl(2), syscall(2).
"""

from __future__ import annotations

import ctypes
import functools
import os
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_NO_NEW_PRIVS: Final = 38


def prctl(option: int, value: int) -> None:
    """Set a property of this process."""
    _checked(
        _library().prctl(
            option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)
        )
    )


def syscall(number: int, *arguments: ctypes.c_void_p | ctypes.c_long | ctypes.c_size_t) -> int:
    """Call the kernel by number."""
    return _checked(_library().syscall(ctypes.c_long(number), *arguments))


@functools.cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
