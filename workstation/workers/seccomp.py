"""A filter on system calls: what Landlock cannot refuse, or an older kernel has no Landlock for.

Landlock leaves a process its datagrams, its children and a look at which files there are. The filter
refuses those calls, and the open ones once more, with the error that a locked door gives (EACCES),
so that whatever asks copes as it would with missing permission.

Errors:  OSError when the kernel refuses the filter.
Source:  seccomp(2), linux/filter.h, linux/seccomp.h, linux/audit.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from dataclasses import dataclass
from typing import Final

from workstation.workers import syscalls
from workstation.workers.kernel import syscall

ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_*
ALLOW: Final = 0x7FFF0000
KILL: Final = 0x80000000  # SECCOMP_RET_KILL_PROCESS
REFUSE: Final = 0x00050000 | errno.EACCES
UNKNOWN: Final = 0x00050000 | errno.ENOSYS  # the C library falls back to clone, whose flags can be read

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16  # struct seccomp_data
_X32_BIT: Final = 0x40000000
_CLONE_THREAD: Final = 0x00010000
_AT_EMPTY_PATH: Final = 0x1000
_SET_MODE_FILTER, _FLAG_TSYNC = 1, 1


@dataclass(frozen=True, slots=True)
class _Guard:
    """A call that is allowed only when one of its arguments passes a test."""

    number: int
    argument: int
    test: int
    value: int


def available(machine: str | None = None) -> bool:
    """Tell whether the filter is written for this architecture."""
    return (machine or os.uname().machine) in ARCHITECTURES


def close_calls() -> None:
    """Bind every thread of this process to the filter; needs PR_SET_NO_NEW_PRIVS first."""
    machine = os.uname().machine
    code = program(machine, os.getpid())
    instructions = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("H6xQ", len(code) // 8, ctypes.addressof(instructions))  # struct sock_fprog
    header = ctypes.create_string_buffer(head, len(head))
    blocked_by = syscall(
        syscalls.SECCOMP[syscalls.COLUMNS[machine]],
        ctypes.c_long(_SET_MODE_FILTER),
        ctypes.c_long(_FLAG_TSYNC),
        ctypes.cast(header, ctypes.c_void_p),
    )
    if blocked_by:
        raise OSError(errno.ESRCH, "a thread could not be bound to the filter")


def program(machine: str, process: int) -> bytes:
    """Return the filter in classic BPF, for a worker whose process id is ``process``."""
    column = syscalls.COLUMNS[machine]
    steps = [
        _step(_LOAD, _ARCHITECTURE_AT),
        _step(_EQUAL, ARCHITECTURES[machine], yes=1),
        _step(_RETURN, KILL),
        _step(_LOAD, _NUMBER_AT),
        _step(_AT_LEAST, _X32_BIT, no=1),
        _step(_RETURN, REFUSE),
        *_answer(syscalls.CLONE3[column], UNKNOWN),
    ]
    for numbers in syscalls.DENIED.values():
        number = numbers[column]
        if number is not None:
            steps += _answer(number, REFUSE)
    for guard in _guards(column, process):
        steps += _ask(guard)
    return b"".join([*steps, _step(_RETURN, ALLOW)])


def _guards(column: int, process: int) -> tuple[_Guard, ...]:
    return (
        _Guard(syscalls.CLONE[column], 0, _ANY_BIT, _CLONE_THREAD),  # threads, not processes
        _Guard(syscalls.TGKILL[column], 0, _EQUAL, process),  # abort() signals itself
        _Guard(syscalls.PRLIMIT64[column], 0, _EQUAL, 0),  # its own limits, which only go down
        _Guard(syscalls.NEWFSTATAT[column], 3, _ANY_BIT, _AT_EMPTY_PATH),  # fstat, not stat
        _Guard(syscalls.STATX[column], 2, _ANY_BIT, _AT_EMPTY_PATH),
    )


def _answer(number: int, answer: int) -> list[bytes]:
    return [_step(_EQUAL, number, no=1), _step(_RETURN, answer)]


def _ask(guard: _Guard) -> list[bytes]:
    low_word = _ARGUMENTS_AT + 8 * guard.argument  # both architectures are little-endian
    return [
        _step(_EQUAL, guard.number, no=4),
        _step(_LOAD, low_word),
        _step(guard.test, guard.value, yes=1),
        _step(_RETURN, REFUSE),
        _step(_RETURN, ALLOW),
    ]


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)
