"""The door that a worker closes behind itself, once its codecs are loaded and before it sees a file.

On Linux: no new privileges, Landlock over files, network and signals, a filter on system calls, limits
on memory and descriptors, no core dump, and first in line should the kernel run out of memory.
Elsewhere the process boundary, the watchdog and what limits the system has; the report says which
of these hold, and a diagnostics page shows it.

Errors:  none: what a kernel lacks is reported, not raised.
Source:  landlock(7), seccomp(2), prctl(2), setrlimit(2).
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

from workstation.workers import kernel, landlock, seccomp
from workstation.workers.job import Json, Limits, Reply

OPEN_FILES: Final = 32  # those of a job come and go; the rest is the socket and the standard three
_FIRST_TO_GO: Final = "900"  # of 1000, for the kernel's out-of-memory killer


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """What holds a worker back on this machine."""

    system: str
    landlock: int  # the ABI that was used; 0 for none
    files: bool  # Landlock refuses every path
    network: bool  # Landlock refuses TCP
    signals: bool  # Landlock refuses to signal others
    calls: bool  # seccomp refuses files, sockets and processes
    memory: bool  # the system holds the memory limit, beside the watchdog
    core_dumps: bool  # none is written
    threads: int  # when the door was closed: Landlock binds only the one that closes it

    def to_json(self) -> Reply:
        """Return it as it goes over the socket."""
        return asdict(self)

    @classmethod
    def from_json(cls, message: Mapping[str, Json]) -> SandboxReport:
        """Read one back; ValueError for anything else."""
        kinds = {"str": str, "int": int, "bool": bool}
        if set(message) != {item.name for item in fields(cls)}:
            raise ValueError("not a sandbox report")
        for item in fields(cls):
            if type(message[item.name]) is not kinds[str(item.type)]:
                raise ValueError(f"not a sandbox report: {item.name}")
        return cls(**message)  # type: ignore[arg-type]  # each type was compared just above

    @property
    def complete(self) -> bool:
        """Tell whether everything that we know to close is closed."""
        closed = self.files and self.network and self.signals and self.calls
        return closed and self.memory and self.core_dumps and self.threads == 1


def close_sandbox(limits: Limits) -> SandboxReport:
    """Give up for good what a task never needs, and tell what was given up."""
    memory, core_dumps = _limit_resources(limits)
    linux = sys.platform == "linux"
    threads = _thread_count()
    if linux:
        _volunteer_first()
        _attempt(lambda: kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1))
    version = landlock.abi() if linux else 0
    held = version > 0 and _attempt(lambda: landlock.deny_all(version))
    files, network, scopes = landlock.rights(version if held else 0)
    undumpable = linux and _attempt(lambda: kernel.prctl(kernel.PR_SET_DUMPABLE, 0))
    calls = linux and seccomp.available() and _attempt(seccomp.close_calls)
    return SandboxReport(
        system=sys.platform,
        landlock=version if held else 0,
        files=files > 0,
        network=network > 0,
        signals=scopes > 0,
        calls=calls,
        memory=memory,
        core_dumps=core_dumps or undumpable,
        threads=threads,
    )


def die_with(parent: int) -> None:
    """Make sure that this process does not outlive its parent, whatever kills that."""
    if sys.platform == "linux":
        import signal

        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os._exit(0)
    else:
        threading.Thread(target=_exit_at_end_of_input, daemon=True).start()


def _exit_at_end_of_input() -> None:
    """Wait on the standard input, whose other end only the parent holds."""
    with suppress(OSError):
        while os.read(0, 1):
            pass
    os._exit(0)


def _limit_resources(limits: Limits) -> tuple[bool, bool]:
    if sys.platform == "win32":
        return False, False
    import resource

    # DATA, not AS: shared buffers may be larger than what a worker may take for itself.
    memory = _attempt(lambda: _limit(resource.RLIMIT_DATA, limits.memory_bytes))
    core = _attempt(lambda: _limit(resource.RLIMIT_CORE, 0))
    _attempt(lambda: _limit(resource.RLIMIT_FSIZE, 0))
    _attempt(lambda: _limit(resource.RLIMIT_NOFILE, OPEN_FILES))
    return memory and sys.platform == "linux", core  # other kernels take DATA but don't hold it for mmap


def _limit(what: int, value: int) -> None:
    import resource

    _, hard = resource.getrlimit(what)
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (ceiling, ceiling))


def _volunteer_first() -> None:
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")


def _thread_count() -> int:
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return threading.active_count()


def _attempt(action: Callable[[], None]) -> bool:
    try:
        action()
    except (OSError, ValueError):
        return False
    return True
