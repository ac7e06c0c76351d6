"""The inside of a worker: load the tasks, close the door, then answer one request after another.

Nothing is written, logged or printed here; what goes wrong is answered. An error of ours travels
with its three sentences, any other only by its kind, for its text may hold a patient's name.

Shapes:  a task is called with its arguments (JSON) and two memoryviews, or None for one that the job
         has not: the input, which it cannot write, and the output.
"""

from __future__ import annotations

import gc
import importlib
import mmap
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

from workstation.errors import LumenError
from workstation.workers.job import Json, Limits, Reply
from workstation.workers.launch import received_channel
from workstation.workers.sandbox import close_sandbox, die_with
from workstation.workers.shared import Handle, attach
from workstation.workers.wire import LENGTH, REQUEST_BYTES, Message, decode, encode

Task: TypeAlias = Callable[[dict[str, Json], memoryview | None, memoryview | None], Reply]


class ReplyTooLong(ValueError):
    """The task answered more than a reply may hold."""


def child_main(arguments: Sequence[str]) -> None:
    """Be a worker, until the parent closes its end; ``arguments`` are those that ``launch`` gave."""
    handle, parent = arguments
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = received_channel(handle)
    die_with(int(parent))
    with channel:
        start = _receive(channel)
        if start is None:
            return
        limits = Limits(**start[0]["limits"])
        tasks = _open(channel, start[0]["module"], limits)
        if tasks is not None:
            _serve(channel, tasks, limits)


def _open(channel: socket.socket, module: str, limits: Limits) -> Mapping[str, Task] | None:
    try:
        loaded = importlib.import_module(module)
        loaded.warm_up()
        tasks: Mapping[str, Task] = loaded.TASKS
    except Exception as error:  # noqa: BLE001  whatever it is, the parent must hear that we cannot start
        channel.sendall(encode({"failed": f"{type(error).__name__}: {error}"}))  # no file was read yet
        return None
    gc.collect()
    gc.freeze()  # what was imported stays
    report = close_sandbox(limits)
    channel.sendall(encode({"ready": report.to_json()}))
    return tasks


def _serve(channel: socket.socket, tasks: Mapping[str, Task], limits: Limits) -> None:
    while (request := _receive(channel)) is not None:
        channel.sendall(_answer(tasks, limits, *request))


def _answer(tasks: Mapping[str, Task], limits: Limits, request: dict[str, Any], handles: list[int]) -> bytes:
    number = request["id"]
    try:
        with _mapped(request, handles) as (source, target):
            result = tasks[request["task"]](request["arguments"], source, target)
        reply = _capped(encode({"id": number, "result": result}), limits)
    except BaseException as error:  # noqa: BLE001  even SystemExit is only an answer here
        reply = encode({"id": number, "error": _told(error)})
    return reply


def _capped(reply: bytes, limits: Limits) -> bytes:
    if len(reply) - LENGTH.size > limits.reply_bytes:
        raise ReplyTooLong
    return reply


def _told(error: BaseException) -> dict[str, Json]:
    kind = type(error)
    if isinstance(error, LumenError):
        name = f"{kind.__module__}:{kind.__qualname__}"
        return {"class": name, "what": error.what, "where": error.where, "remedy": error.remedy}
    return {"kind": "MemoryError" if isinstance(error, MemoryError) else kind.__name__}


@contextmanager
def _mapped(
    request: dict[str, Any], handles: list[int]
) -> Iterator[tuple[memoryview | None, memoryview | None]]:
    """Map the parts of the buffers that the job may see, for as long as it runs."""
    views: list[memoryview | None] = []
    maps: list[mmap.mmap] = []
    passed = iter(handles)
    try:
        for part, writable in ((request["input"], False), (request["output"], True)):
            if part is None:
                views.append(None)
                continue
            offset, length, name = part
            handle: Handle = next(passed) if name is None else name
            lead = offset % mmap.ALLOCATIONGRANULARITY
            maps.append(attach(handle, offset - lead, lead + length, writable=writable, at_once=True))
            views.append(memoryview(maps[-1])[lead:])
        yield views[0], views[1]
    finally:
        for held in (*views, *maps):
            with suppress(BufferError):  # an array that the task still holds: it goes with the array
                _release(held)
        for descriptor in handles:
            os.close(descriptor)


def _release(held: memoryview | mmap.mmap | None) -> None:
    if isinstance(held, memoryview):
        held.release()
    elif held is not None:
        held.close()


def _receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and the descriptors that came with it; None when the parent is gone."""
    if sys.platform == "win32":
        piece, handles = channel.recv(LENGTH.size + REQUEST_BYTES), []
    else:
        piece, handles, _, _ = socket.recv_fds(channel, LENGTH.size + REQUEST_BYTES, 2)
    text = bytearray(piece)
    while text and len(text) < LENGTH.size + _announced(text):
        piece = channel.recv(REQUEST_BYTES)
        if not piece:
            return None
        text += piece
    if not text:
        return None
    message: Message = decode(text[LENGTH.size :])
    return message, handles


def _announced(text: bytearray) -> int:
    return LENGTH.unpack_from(text)[0] if len(text) >= LENGTH.size else 0
