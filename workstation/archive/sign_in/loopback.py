"""The door on this computer through which the browser brings back the answer of a sign-in.

It listens on 127.0.0.1 alone, on a port that the system chooses, until the one answer has come that
carries the state which we sent out. Whatever else knocks (another page's request, a browser that connects
in advance and says nothing) gets a refusal and changes nothing. The page at the end tells the person to go
back; it runs no script and is kept nowhere.

Units:   seconds; times on the monotonic clock.
Errors:  Cancelled; NotAllowed when nobody answered in time.
Source:  RFC 8252 sections 7.3 and 8.3 (loopback redirection); RFC 6749 section 4.1.2 (the answer).
"""

from __future__ import annotations

import contextlib
import secrets
import selectors
import socket
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from workstation.archive.errors import NotAllowed
from workstation.clock import Clock
from workstation.errors import Cancelled

PATH: Final = "/signed-in"
REQUEST_BYTES: Final = 16_384
CONNECTIONS: Final = 32  # open at a time; the oldest makes room
_LOOK_SECONDS: Final = 0.1  # how often a wish to cancel is looked for

_PAGE: Final = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Lumen</title>
<style>body{{font:1.2em sans-serif;margin:20vh auto;max-width:30em;text-align:center}}
:root{{color:#ddd;background:#222}}</style></head><body><p>{text}</p></body></html>
"""
_DONE: Final = "You can close this page and go back to Lumen."
_FAILED: Final = "The sign-in was not completed. Go back to Lumen to see why."
_REFUSED: Final = "This page is of no use."


class Loopback:
    """Listens from when it is entered until it is left."""

    def __init__(self, state: str) -> None:
        self._state = state
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0)
        self._port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._open: dict[socket.socket, bytearray] = {}

    @property
    def redirect_uri(self) -> str:
        """Return the address to which the browser is to be sent back."""
        return f"http://127.0.0.1:{self._port}{PATH}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for channel in tuple(self._open):
            self._drop(channel)
        self._selector.close()
        self._listener.close()

    def answer(self, clock: Clock, seconds: float, cancelled: Callable[[], bool]) -> Mapping[str, str]:
        """Wait for the answer that carries our state; return its fields."""
        ends_at = clock.monotonic() + seconds
        while True:
            if cancelled():
                raise Cancelled("The sign-in was cancelled")
            if clock.monotonic() >= ends_at:
                raise NotAllowed("Nobody signed in before the time was up", remedy="Sign in again.")
            for key, _ in self._selector.select(_LOOK_SECONDS):
                if key.data is None:
                    self._accept()
                elif key.data in self._open and (fields := self._read(key.data)) is not None:
                    return fields

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            channel, _ = self._listener.accept()
            channel.settimeout(0)
            if len(self._open) >= CONNECTIONS:
                self._drop(next(iter(self._open)))
            self._open[channel] = bytearray()
            self._selector.register(channel, selectors.EVENT_READ, channel)

    def _read(self, channel: socket.socket) -> Mapping[str, str] | None:
        """Take in what a connection says; return the answer if that is what it brings."""
        request = self._open[channel]
        try:
            more = channel.recv(REQUEST_BYTES)
        except OSError:
            more = b""
        request += more
        is_whole = b"\r\n\r\n" in request
        if more and not is_whole and len(request) <= REQUEST_BYTES:
            return None
        fields = self._fields(bytes(request)) if is_whole else None
        if request:
            _say(channel, fields)
        self._drop(channel)
        return fields

    def _fields(self, request: bytes) -> Mapping[str, str] | None:
        """Return the fields of a request that is the awaited one, None for any other."""
        line, _, rest = request.partition(b"\r\n")
        parts = line.decode("latin-1").split(" ")
        if len(parts) != 3 or parts[0] != "GET" or _host(rest) != f"127.0.0.1:{self._port}":
            return None
        fields = _query(parts[1])
        if any(len(values) != 1 for values in fields.values()):
            return None
        single = {name: values[0] for name, values in fields.items()}
        return (
            single if secrets.compare_digest(single.get("state", "").encode(), self._state.encode()) else None
        )

    def _drop(self, channel: socket.socket) -> None:
        self._selector.unregister(channel)
        del self._open[channel]
        channel.close()


def _query(target: str) -> Mapping[str, list[str]]:
    """Return the fields of an address on our path, none of any other."""
    try:
        parts = urlsplit(target)
        return parse_qs(parts.query, keep_blank_values=True, max_num_fields=32) if parts.path == PATH else {}
    except ValueError:
        return {}


def _host(headers: bytes) -> str:
    """Return what the request calls this place: a page elsewhere can lead here by a name of its own."""
    named = [line[5:].strip() for line in headers.split(b"\r\n") if line[:5].lower() == b"host:"]
    return named[0].decode("latin-1") if len(named) == 1 else ""


def _say(channel: socket.socket, fields: Mapping[str, str] | None) -> None:
    status, text = ("200 OK", _DONE) if fields is not None else ("404 Not Found", _REFUSED)
    if fields is not None and "code" not in fields:
        text = _FAILED
    body = _PAGE.format(text=text).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n"
        "Connection: close\r\n\r\n"
    )
    with contextlib.suppress(OSError):
        channel.settimeout(1.0)
        channel.sendall(head.encode() + body)
        channel.shutdown(socket.SHUT_WR)
