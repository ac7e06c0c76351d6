"""Asking a worker to do what it must not, for the diagnostics page: said is not yet so.

As a task module it tries each thing and answers which were refused.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workstation.workers.job import Job, Json, Reply
from workstation.workers.pool import WorkerPool
from workstation.workers.sandbox import SandboxReport


@dataclass(frozen=True, slots=True)
class SandboxCheck:
    """What a worker says is closed, and what it could not do when it tried."""

    report: SandboxReport
    refused: Mapping[str, bool]

    @property
    def tight(self) -> bool:
        """Tell whether every attempt was refused."""
        return all(self.refused.values())


def sandbox_check(seconds: float = 10.0) -> SandboxCheck:
    """Start a worker on this machine, let it try the forbidden, and report."""
    with WorkerPool(__name__, 1) as pool:
        reply = pool.submit(Job("try", {}, seconds=seconds)).result()
        assert pool.sandbox is not None  # noqa: S101  a worker answered, so one has started
        return SandboxCheck(pool.sandbox, {name: refused is True for name, refused in reply.items()})


def warm_up() -> None:
    """Load what the attempts need, so that a refusal is the sandbox's and not a missing module."""
    tempfile.gettempdir()


def _read() -> None:
    Path(sys.executable).open("rb").close()


def _write() -> None:
    handle, path = tempfile.mkstemp()
    os.close(handle)
    Path(path).unlink()


def _list() -> None:
    next(Path(os.sep).iterdir(), None)


def _look() -> None:
    os.stat(sys.executable)  # noqa: PTH116  the call itself is what is tried


def _connect() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as channel:
        channel.connect(("127.0.0.1", 9))


def _datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.sendto(b"", ("127.0.0.1", 9))


def _run() -> None:
    subprocess.run([sys.executable, "-c", ""], check=False)


def _signal() -> None:
    os.kill(os.getppid(), 0)


ATTEMPTS: Final[Mapping[str, Callable[[], None]]] = {
    "read a file": _read,
    "write a file": _write,
    "list a folder": _list,
    "look for a file": _look,
    "connect": _connect,
    "send a datagram": _datagram,
    "start a program": _run,
    "signal another process": _signal,
}


def _try_all(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del arguments, source, target
    return {name: _refused(attempt) for name, attempt in ATTEMPTS.items()}


def _refused(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


TASKS: Final = {"try": _try_all}
