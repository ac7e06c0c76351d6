"""The filter, run in a machine of our own for both architectures, against the kernel's headers."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest

from workstation.workers import seccomp, syscalls

OWN_ID = 4711
ALLOW = 0x7FFF0000  # linux/seccomp.h: SECCOMP_RET_ALLOW
REFUSE = 0x00050000 | errno.EACCES  # SECCOMP_RET_ERRNO
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
RENAMED = {"newfstatat": "fstatat"}  # the generic header's older name for the same call
CLONE_VM_FLAGS = 0x003D0F00  # what glibc 2.36 gives for a thread: strace of pthread_create
FORK_FLAGS = 0x01200011  # CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | SIGCHLD: strace of fork


def _run(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """Interpret classic BPF as Documentation/networking/filter.rst has it: load, three jumps, return."""
    padded = (*arguments, *[0] * (6 - len(arguments)))
    architecture = architecture or seccomp.ARCHITECTURES[machine]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *padded)
    code = seccomp.program(machine, OWN_ID)
    steps = [struct.unpack_from("HBBI", code, at) for at in range(0, len(code), 8)]
    accumulator = at = 0
    while True:
        operation, yes, no, value = steps[at]
        at += 1
        if operation == 0x06:
            return int(value)
        if operation == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
            continue
        holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}
        at += yes if holds[operation] else no


def _number(name: str, machine: str) -> int:
    column = syscalls.COLUMNS[machine]
    number = (syscalls.DENIED.get(name) or getattr(syscalls, name.upper()))[column]
    assert number is not None
    return number


@pytest.mark.parametrize("machine", list(HEADERS))
def test_the_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip("linux-libc-dev is not installed")
    lines = re.finditer(r"#define\s+__NR(?:3264)?_(\w+)\s+(\d+)", header.read_text())
    known = {line[1]: int(line[2]) for line in lines}
    singles = ("clone", "clone3", "tgkill", "prlimit64", "newfstatat", "statx", "seccomp")
    ours = syscalls.DENIED | {name: getattr(syscalls, name.upper()) for name in singles}

    for name, numbers in ours.items():
        official = known.get(name, known.get(RENAMED.get(name, "")))
        assert numbers[syscalls.COLUMNS[machine]] == official, name


@pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
def test_every_denied_call_is_refused_whatever_its_arguments(machine: str) -> None:
    for name, numbers in syscalls.DENIED.items():
        number = numbers[syscalls.COLUMNS[machine]]
        if number is not None:
            assert _run(machine, number, OWN_ID, 1, 2, 3) == REFUSE, name


@pytest.mark.parametrize(
    ("machine", "number"),
    # read, write, mmap, munmap, brk, futex, recvmsg, sendmsg, exit_group, getrandom
    [("x86_64", n) for n in (0, 1, 9, 11, 12, 202, 47, 46, 231, 318)]
    + [("aarch64", n) for n in (63, 64, 222, 215, 214, 98, 212, 211, 94, 278)],
)
def test_memory_time_and_what_is_open_stay(machine: str, number: int) -> None:
    assert _run(machine, number) == ALLOW


@pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("clone", (CLONE_VM_FLAGS,), ALLOW),
        ("clone", (FORK_FLAGS,), REFUSE),
        ("tgkill", (OWN_ID, 1, 6), ALLOW),
        ("tgkill", (OWN_ID + 1, 1, 9), REFUSE),
        ("tgkill", (-1 & 0xFFFFFFFF, 1, 9), REFUSE),
        ("prlimit64", (0, 7), ALLOW),
        ("prlimit64", (OWN_ID + 1, 7), REFUSE),
        ("newfstatat", (3, 0, 0, 0x1000), ALLOW),
        ("newfstatat", (3, 0, 0, 0), REFUSE),
        ("statx", (3, 0, 0x1000), ALLOW),
        ("statx", (3, 0, 0x100), REFUSE),
    ],
)
def test_some_calls_depend_on_what_they_are_for(
    machine: str, name: str, arguments: tuple[int, ...], expected: int
) -> None:
    assert _run(machine, _number(name, machine), *arguments) == expected


@pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
def test_clone3_is_said_to_be_unknown(machine: str) -> None:
    """Its flags lie in memory, where no filter can read; the C library then asks for clone."""
    assert _run(machine, _number("clone3", machine)) == 0x50000 | errno.ENOSYS


@pytest.mark.parametrize("machine", list(seccomp.ARCHITECTURES))
def test_calls_of_another_architecture_kill(machine: str) -> None:
    """AUDIT_ARCH_I386: open is number 5 there, which is harmless here."""
    assert _run(machine, 5, architecture=0x40000003) == 0x80000000


def test_the_second_set_of_numbers_of_x86_64_is_refused() -> None:
    assert _run("x86_64", 0x40000000 | 2) == REFUSE


def test_an_architecture_that_is_not_written_down_has_no_filter() -> None:
    assert seccomp.available("x86_64")
    assert not seccomp.available("riscv64")
