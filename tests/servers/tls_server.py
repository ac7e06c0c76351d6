"""A TLS server on loopback that answers one request a connection and remembers what reached it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tls_certificates import Issued

OK: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\nContent-Length: 2\r\n"
    b"Date: Thu, 01 Jan 2026 00:00:00 GMT\r\nConnection: close\r\n\r\n[]"
)
Answer = Callable[[bytes], bytes]


class TlsServer:
    """Serves until it is left; ``issued`` None speaks plain HTTP.

    ``whole``: a chunked body is read to its end before the answer. ``is_abrupt``: what still comes after the
    answer is not read any more.
    """

    def __init__(
        self,
        issued: Issued | None,
        *,
        oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
        clients: Path | None = None,
        answer: Answer = lambda _: OK,
        whole: bool = False,
        is_abrupt: bool = False,
    ) -> None:
        self._context = None if issued is None else server_context(issued, oldest, newest, clients)
        self._answer = answer
        self._whole = whole
        self._is_abrupt = is_abrupt
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stopping = False
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []  # as far as each came
        self.handshakes = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Return the address to ask."""
        return f"{'http' if self._context is None else 'https'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            plain, _ = self._listener.accept()
            if self._stopping:
                plain.close()
                return
            plain.settimeout(5)
            with plain.dup() as kept, plain:
                with contextlib.suppress(OSError):
                    self._speak(plain)
                if not self._is_abrupt:
                    _linger(kept)

    def _speak(self, plain: socket.socket) -> None:
        channel = plain if self._context is None else self._context.wrap_socket(plain, server_side=True)
        self.handshakes += 1
        with channel:
            request = bytearray(channel.recv(65_536))
            while self._context is not None and request and not self._is_read(request):
                more = channel.recv(65_536)
                if not more:
                    break
                request += more
            if request:
                self.requests.append(bytes(request))
                channel.sendall(self._answer(bytes(request)))

    def _is_read(self, request: bytearray) -> bool:
        head, end, _ = request.partition(b"\r\n\r\n")
        is_chunked = self._whole and b"transfer-encoding: chunked" in head.lower()
        return bool(end) and (not is_chunked or request.endswith(b"0\r\n\r\n"))


def _linger(kept: socket.socket) -> None:
    """Close only after the other side: an early close takes an alert away that it has not read yet."""
    kept.settimeout(5)
    with contextlib.suppress(OSError):
        kept.shutdown(socket.SHUT_WR)
        while kept.recv(65_536):
            pass


def server_context(
    issued: Issued, oldest: ssl.TLSVersion, newest: ssl.TLSVersion, clients: Path | None
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = oldest, newest
    context.load_cert_chain(issued.certificate, issued.key)
    if clients is not None:
        context.load_verify_locations(clients)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
