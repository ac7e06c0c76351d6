"""Landlock: a process gives up the file system and the network, for itself and for good.

Denying everything needs no rules: whatever is handled and not allowed is refused. What was opened
before stays usable, which is why every codec is touched first. It binds the calling thread and its
descendants, so it must be closed while there is one thread.

Errors:  OSError when the kernel refuses.
Source:  landlock(7), linux/landlock.h; the syscall numbers are the same on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import Final

from workstation.workers.kernel import syscall

_CREATE_RULESET: Final = 444
_RESTRICT_SELF: Final = 446
_VERSION: Final = 1  # LANDLOCK_CREATE_RULESET_VERSION

# The ABI from which on each right is known, and the mask of all that are known then.
_FILE_RIGHTS: Final = ((1, (1 << 13) - 1), (2, (1 << 14) - 1), (3, (1 << 15) - 1), (5, (1 << 16) - 1))
_NETWORK_SINCE: Final = 4
_NETWORK_RIGHTS: Final = 0b11  # bind and connect, TCP
_SCOPE_SINCE: Final = 6
_SCOPES: Final = 0b11  # abstract Unix sockets, signals


def abi() -> int:
    """Return which version this kernel speaks; 0 when it has none or it is switched off."""
    try:
        return syscall(_CREATE_RULESET, ctypes.c_void_p(None), ctypes.c_size_t(0), ctypes.c_long(_VERSION))
    except OSError:
        return 0


def rights(version: int) -> tuple[int, int, int]:
    """Return the masks (files, network, scopes) of all that a version can deny."""
    files = max((mask for since, mask in _FILE_RIGHTS if version >= since), default=0)
    network = _NETWORK_RIGHTS if version >= _NETWORK_SINCE else 0
    return files, network, _SCOPES if version >= _SCOPE_SINCE else 0


def deny_all(version: int) -> None:
    """Give up every right that the version knows; needs PR_SET_NO_NEW_PRIVS first."""
    attributes = struct.pack("QQQ", *rights(version))
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    # An older kernel takes a longer struct as long as what it doesn't know is zero.
    ruleset = syscall(
        _CREATE_RULESET,
        ctypes.cast(buffer, ctypes.c_void_p),
        ctypes.c_size_t(len(attributes)),
        ctypes.c_long(0),
    )
    try:
        syscall(_RESTRICT_SELF, ctypes.c_long(ruleset), ctypes.c_long(0))
    finally:
        os.close(ruleset)
