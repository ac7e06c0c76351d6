"""An HTTP server on loopback that sends exactly the bytes that a test says, and remembers what it was asked.

A script answers a request with steps: bytes are sent as they are, an event is waited for, ``CLOSE`` ends the
connection in order and ``RESET`` breaks it off. Without one of these it stays open for the next request.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import BinaryIO, Final, Self
from urllib.parse import parse_qsl, urlsplit


class End(Enum):
    """How a connection ends."""

    CLOSE = "close"
    RESET = "reset"


CLOSE: Final = End.CLOSE
RESET: Final = End.RESET

Step = bytes | threading.Event | End


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]  # by lower-case names
    body: bytes

    @property
    def path(self) -> str:
        """Return the target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """Return the query as it was sent."""
        return self.target.partition("?")[2]

    @property
    def asked(self) -> dict[str, str]:
        """Return the query's parameters, decoded."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


Script = Callable[[Seen], Iterable[Step]]


def head(status: int = 200, **headers: str) -> bytes:
    """Return an answer's first lines; underscores in names become hyphens."""
    lines = [f"HTTP/1.1 {status} As scripted"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", "")).encode()


def reply(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """Return a whole answer with its length."""
    return head(status, **{"Content_Length": str(len(body)), **headers}) + body


def json_reply(value: object, status: int = 200, **headers: str) -> bytes:
    """Return a whole answer in DICOM JSON."""
    return reply(status, json.dumps(value).encode(), Content_Type="application/dicom+json", **headers)


class ScriptedHttp:
    """The server; a context manager. It speaks TLS if it is given a context."""

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[Seen] = []
        self.connections = 0
        self._closing = False
        self._script = script
        self._context = context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._start(self._accept)

    @property
    def port(self) -> int:
        """Return where it listens."""
        return int(self._listening.getsockname()[1])

    @property
    def url(self) -> str:
        """Return its base URL."""
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}/dicom-web"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listening.accept()
                with self._lock:
                    self.connections += 1
                    self._open.append(line)
                self._start(lambda line=line: self._serve(line))  # type: ignore[misc]  # bound at once

    def _serve(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            self._answer(self._context.wrap_socket(line, server_side=True) if self._context else line)

    def _answer(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as coming:
            while (seen := _read(coming)) is not None:
                with self._lock:
                    self.requests.append(seen)
                for step in self._script(seen):
                    if not self._play(line, step):
                        return

    def _play(self, line: socket.socket, step: Step) -> bool:
        """Do one step; False if that was the connection's last."""
        match step:
            case bytes():
                line.sendall(step)
            case threading.Event():
                while not step.wait(0.01) and not self._closing:
                    pass
            case End.RESET:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            case End.CLOSE:
                line.shutdown(socket.SHUT_RDWR)
                return False
        return True


def _read(coming: BinaryIO) -> Seen | None:
    readline, read = coming.readline, coming.read
    first = readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = {}
    while line := readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if headers.get("transfer-encoding") == "chunked":
        raise OSError("requests here tell their length")
    return Seen(first[0], first[1], headers, read(int(headers.get("content-length", 0))))
