"""HTTP/1.1 on loopback: connections and their threads, the bearer token, bodies in and out.

A thread serves a connection, and stays with it. What the program itself needs while a body goes out is
little: files are sent by the kernel. One thread takes in new connections, and looks five times a second
whether the schedule has something.

Units:   seconds; bytes.
Source:  RFC 9112 (framing), RFC 6750 (bearer tokens).
"""

from __future__ import annotations

import logging
import secrets
import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from workstation.errors import LumenError, calm
from workstation.hospital.exchange import TEXT, Answer, Piece, Refused, Request
from workstation.hospital.line import Line

HOST: Final = "127.0.0.1"
BASE: Final = "dicom-web"

_LONGEST_BODY: Final = 512 << 20
_LOOK_SECONDS: Final = 0.2
_IDLE_SECONDS: Final = 60.0
_PARTING_SECONDS: Final = 2.0
_LINE: Final = 1 << 16  # bytes of a line, at most
_WAITING: Final = 128  # connections that the kernel may hold for us

_log = logging.getLogger(__name__)


class Server(socketserver.TCPServer):
    """Serves until it is closed; ``routes`` is set before it starts."""

    allow_reuse_address = False
    request_queue_size = _WAITING

    def __init__(self, look: Callable[[], object]) -> None:
        super().__init__((HOST, 0), _Handler)
        self.token: Final = secrets.token_urlsafe(32)
        self.line: Final = Line()
        self.routes: Callable[[Request], Answer] = lambda _: Answer(503)
        self._look = look
        self._threads: set[threading.Thread] = set()
        self._listening = threading.Thread(
            target=self.serve_forever, args=(_LOOK_SECONDS,), name="hospital", daemon=True
        )

    @property
    def url(self) -> str:
        """Return the base below which the resources are."""
        return f"http://{HOST}:{self.server_address[1]}/{BASE}"

    def start(self) -> None:
        """Begin to answer."""
        self._listening.start()

    def close(self) -> None:
        """Stop listening, cut every connection, and wait for their threads."""
        if self._listening.is_alive():
            self.shutdown()
            self._listening.join()
        self.server_close()
        self.line.drop()
        self.line.restore()
        for thread in tuple(self._threads):
            thread.join()

    def service_actions(self) -> None:
        """Look at the schedule, between two looks for connections."""
        self._look()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as its base has it
        """Serve a connection in a thread of its own, if the line lets it through."""
        if not self.line.admit(request):
            return
        thread = threading.Thread(target=self._converse, args=(request, client_address), daemon=True)
        self._threads.add(thread)
        thread.start()

    def is_known(self, authorization: str) -> bool:
        """Say whether a request carries the token."""
        scheme, _, token = authorization.partition(" ")
        given = token.strip().encode("latin-1", "replace")
        return scheme.lower() == "bearer" and secrets.compare_digest(given, self.token.encode())

    def _converse(self, connection: socket.socket, client_address: Any) -> None:  # noqa: ANN401
        try:
            with suppress(OSError):  # the other side went away, or the line dropped
                self.finish_request(connection, client_address)
                _let_read(connection)
        finally:
            self.line.ended(connection)
            self._threads.discard(threading.current_thread())


class _Handler(BaseHTTPRequestHandler):
    """One connection, request after request."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "hospital"
    sys_version = ""
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True  # the head of an answer and its body are two writes

    def _serve(self) -> None:
        try:
            answer = self._answered()
        except Refused as refused:
            answer = refused.answer
        self._send(answer)

    # the base class finds them by these names
    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = _serve  # noqa: N815

    def _answered(self) -> Answer:
        if not self.server.is_known(self.headers.get("Authorization", "")):
            self.close_connection = True  # its body stays unread
            raise Refused(401, "Sign in with the token", {"WWW-Authenticate": f'Bearer realm="{BASE}"'})
        body = self._body()
        place, _, query = self.path.partition("?")
        base, *path = (unquote(segment) for segment in place.strip("/").split("/"))
        if base != BASE:
            raise Refused(404, "There is nothing by this name here")
        return self._by_the_rules(self._request(tuple(path), query, body))

    def _request(self, path: tuple[str, ...], query: str, body: bytes) -> Request:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():  # one that comes twice is a list
            low = name.lower()
            headers[low] = f"{headers[low]}, {value}" if low in headers else value
        parameters = parse_qsl(query, keep_blank_values=True)
        return Request(self.command, path, parameters, unquote(query), headers, body)

    def _by_the_rules(self, request: Request) -> Answer:
        try:
            return self.server.routes(request)
        except LumenError as error:
            return Refused(503, calm(error)).answer
        except Exception as error:  # noqa: BLE001 - a fault of ours is answered like one
            _log.error("the hospital failed at a %s: %s", request.method, type(error).__name__)
            return Refused(500, calm(error)).answer

    # --- bodies in -----------------------------------------------------------------------------------------

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunked()
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdecimal():
            raise self._unreadable(400, "The Content-Length is not a number")
        return self._read(int(length), 0)

    def _chunked(self) -> bytes:
        chunks = []
        had = 0
        while size := self._chunk_size():
            chunks.append(self._read(size, had))
            had += size
            self.rfile.readline(_LINE)
        while self.rfile.readline(_LINE).strip():  # trailers say nothing to us
            pass
        return b"".join(chunks)

    def _chunk_size(self) -> int:
        try:
            return int(self.rfile.readline(_LINE).split(b";")[0], 16)
        except ValueError as error:
            raise self._unreadable(400, "A chunk has no length") from error

    def _read(self, length: int, had: int) -> bytes:
        if had + length > _LONGEST_BODY or length < 0:
            raise self._unreadable(413, f"This takes {_LONGEST_BODY >> 20} MB at once")
        data = self.rfile.read(length)
        if len(data) < length:
            raise ConnectionAbortedError("the body ended early")
        return data

    def _unreadable(self, status: int, text: str) -> Refused:
        self.close_connection = True  # where the next request would begin is unknown
        return Refused(status, text)

    # --- answers out ---------------------------------------------------------------------------------------

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.media_type:
            self.send_header("Content-Type", answer.media_type)
        if answer.status != 204:
            self.send_header("Content-Length", str(sum(map(_length, answer.body))))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            for piece in answer.body:
                self._send_piece(piece)

    def _send_piece(self, piece: Piece) -> None:
        if isinstance(piece, bytes | memoryview):
            self.connection.sendall(piece)
            return
        with piece.open("rb") as file:
            self.connection.sendfile(file)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what was no request in plain text; called by the base class."""
        self.close_connection = True
        self.request_version = self.protocol_version  # unread so far: the base class would leave out the head
        self.command = self.command or "GET"
        line = explain or message or "This is not a request that can be answered"
        self._send(Answer(code, (f"{line}\n".encode(),), TEXT))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base has it
        """Say nothing: a path names a study."""


def _let_read(connection: socket.socket) -> None:
    """Wait until the other side has read the last answer: to close on a body half read would take it away."""
    connection.settimeout(_PARTING_SECONDS)
    connection.shutdown(socket.SHUT_WR)
    for _ in range(_LONGEST_BODY // _LINE):
        if not connection.recv(_LINE):
            return


def _length(piece: Piece) -> int:
    return piece.stat().st_size if not isinstance(piece, bytes | memoryview) else memoryview(piece).nbytes
