"""Tasks for tests: some do as they are told, some misbehave in every way that we could think of."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from workstation.errors import Cancelled, LumenError
from workstation.workers import Json, Reply

held: list[Any] = []


class OddError(LumenError):
    """An error of ours by its base, but not of our packages."""


def warm_up() -> None:
    """Nothing loads late here."""


def echo(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del source, target
    return arguments


def copy(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    assert source is not None
    assert target is not None
    target[: len(source)] = source
    return {"readonly": source.readonly, "length": len(target), **arguments}


def write_input(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del arguments, target
    assert source is not None
    source[0] = 1
    return {}


def keep_view(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del arguments, target
    assert source is not None
    held.append(memoryview(source))
    return {}


def sleep(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del source, target
    time.sleep(float(str(arguments["seconds"])))
    return {"process": os.getpid()}


def process(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del arguments, source, target
    return {"process": os.getpid(), "environment": list(os.environ), "folder": str(Path.cwd())}


def spin(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del arguments, source, target
    while True:
        pass


def die(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del source, target
    how = arguments["how"]
    if how == "abort":
        os.abort()
    if how == "segfault":
        ctypes.string_at(0)
    if how == "kill":
        signal.raise_signal(signal.SIGKILL)
    os._exit(3)


def fail(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del source, target
    kinds: dict[str, BaseException] = {
        "ours": Cancelled("It was stopped", where="here", remedy="Do it again."),
        "odd": OddError("Mine"),
        "value": ValueError("DOE^JANE"),
        "exit": SystemExit(1),
        "memory": MemoryError(),
    }
    raise kinds[str(arguments["kind"])]


def answer(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> object:
    """Reply with what no JSON can say, or too much of it."""
    del source, target
    replies: dict[str, object] = {
        "nan": {"value": float("nan")},
        "object": {"value": object()},
        "long": {"value": "x" * int(str(arguments.get("length", 0)))},
        "list": [],
    }
    return replies[str(arguments["what"])]


def raw(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    """Write bytes to the parent, past the protocol; the worker's only socket is the lowest one open."""
    del source, target
    text = bytes.fromhex(str(arguments["hex"])) * int(str(arguments.get("times", 1)))
    os.write(_channel(), text)
    time.sleep(float(str(arguments.get("seconds", 10))))
    return {}


def hang_up(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del arguments, source, target
    os.close(_channel())
    time.sleep(60)
    return {}


def take(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    """Take memory, touching every page."""
    del source, target
    held.append(bytearray(b"x") * int(str(arguments["bytes"])))
    return {"threads": threading.active_count()}


def open_files(arguments: dict[str, Json], source: memoryview | None, target: memoryview | None) -> Reply:
    del arguments, source, target
    return {"open": _open_descriptors()}


def _open_descriptors() -> list[Json]:
    return [number for number in range(1024) if _is_open(number)]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _channel() -> int:
    return int(sys.argv[1])


TASKS = {
    "answer": answer,
    "copy": copy,
    "die": die,
    "echo": echo,
    "fail": fail,
    "hang_up": hang_up,
    "keep_view": keep_view,
    "open_files": open_files,
    "process": process,
    "raw": raw,
    "sleep": sleep,
    "spin": spin,
    "take": take,
    "write_input": write_input,
}
