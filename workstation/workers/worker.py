"""One child as its parent sees it: starting, idle, or busy with one job until a deadline.

Units:   seconds on the monotonic clock; bytes.
Errors:  OSError and OutOfForm when the child cannot be talked to any more.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from workstation.errors import LumenError
from workstation.workers.job import Json, Limits, Reply
from workstation.workers.launch import launch
from workstation.workers.replies import outcome
from workstation.workers.sandbox import SandboxReport
from workstation.workers.shared import BufferSlice, Handle
from workstation.workers.waiting import Ticket
from workstation.workers.wire import Inbox, Message, OutOfForm, encode


class CannotStart(Exception):
    """A child could not load its tasks; its own words, from before it saw any file."""


class Worker:
    """A child process and what it is doing."""

    def __init__(self, module: str, limits: Limits) -> None:
        self._module = module
        self._limits = limits
        self.process, self.channel = launch()
        self.report: SandboxReport | None = None  # None while it starts
        self.ticket: Ticket | None = None
        self.deadline: float | None = time.monotonic() + limits.start_seconds
        self._inbox = Inbox(limits.reply_bytes)
        self._send(encode({"module": module, "limits": asdict(limits)}), [])

    @property
    def idle(self) -> bool:
        """Tell whether it can take a job."""
        return self.report is not None and self.ticket is None

    def ask(self, ticket: Ticket) -> None:
        """Give it a job; ValueError if one of the job's buffers was closed meanwhile."""
        with ExitStack() as stack:
            handles = [stack.enter_context(part.buffer.lent()) for part in _parts(ticket)]
            self._send(ticket.request, handles)
        self.ticket = ticket
        self.deadline = time.monotonic() + ticket.job.seconds

    def receive(self) -> Iterator[Message]:
        """Yield what it says; OutOfForm if it says what it should not, EOFError when it is gone."""
        alive = self._inbox.receive(self.channel)
        yield from self._inbox.messages()
        if not alive:
            raise EOFError

    def started(self, message: Message) -> None:
        """Take in its first message; CannotStart with its reason if it is not ready."""
        ready = message.get("ready")
        if not isinstance(ready, dict):
            raise CannotStart(str(message.get("failed")))
        try:
            self.report = SandboxReport.from_json(ready)
        except ValueError as error:
            raise CannotStart(str(error)) from error
        self.deadline = None

    def answered(self, message: Message) -> tuple[Ticket, Reply | LumenError]:
        """Take in a reply, and be idle again."""
        ticket = self.ticket
        if ticket is None:
            raise OutOfForm("it speaks unasked")
        result = outcome(message, ticket.number, self._module, self._limits)
        self.ticket = self.deadline = None
        return ticket, result

    def overdue(self, now: float) -> bool:
        """Tell whether it took longer than it may."""
        return self.deadline is not None and now >= self.deadline

    def too_large(self) -> bool:
        """Tell whether its own memory, shared buffers not counted, is beyond the limit (Linux)."""
        return sys.platform == "linux" and resident_bytes(self.process.pid) > self._limits.memory_bytes

    def kill(self) -> None:
        """Stop it, whatever it does."""
        self.process.kill()
        self.channel.close()
        if self.process.stdin is not None:
            self.process.stdin.close()

    def ended(self, seconds: float = 0.0) -> bool:
        """Tell whether the system has taken it away; every child must be asked until it has."""
        if seconds <= 0:
            return self.process.poll() is not None
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def cause_of_death(self) -> str:
        """Return how it ended, in the system's words; "" while it runs."""
        code = self.process.poll()
        if code is None:
            return ""
        if code >= 0:
            return f"exit code {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"

    def _send(self, message: bytes, handles: list[Handle]) -> None:
        descriptors = [handle for handle in handles if isinstance(handle, int)]
        if descriptors:
            sent = socket.send_fds(self.channel, [message], descriptors)
        else:
            sent = self.channel.send(message)
        if sent != len(message):
            raise OutOfForm("it does not take its request")


def resident_bytes(process: int) -> int:
    """Return the anonymous memory that a process holds; 0 when it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) << 10
    return 0


def request_of(task: str, arguments: dict[str, Json], number: int, *parts: BufferSlice | None) -> bytes:
    """Return a request as it is sent; ``parts`` are the input and the output."""
    source, target = map(_place, parts)
    return encode({"id": number, "task": task, "arguments": arguments, "input": source, "output": target})


def _place(part: BufferSlice | None) -> Json:
    return None if part is None else [part.offset, part.length, part.buffer.name]


def _parts(ticket: Ticket) -> list[BufferSlice]:
    return [part for part in (ticket.job.input, ticket.job.output) if part is not None]
