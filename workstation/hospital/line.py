"""The line between the hospital and the world: the open connections, and what becomes of them when it drops.

While it is down a new connection ends as soon as it is made, or, if the line is silent, is never answered.
The port stays the hospital's own all the while.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
from contextlib import suppress
from typing import Final

_RESET: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""For SO_LINGER: on, and for no time. Closing is then a reset."""


class Line:
    """Knows every open connection; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._unanswered: list[socket.socket] = []
        self._is_up = True
        self._is_silent = False

    @property
    def is_up(self) -> bool:
        """Say whether anything gets through."""
        return self._is_up

    def drop(self, *, silent: bool = False) -> bool:
        """Cut everything; False if the line was down before."""
        with self._lock:
            was_up, self._is_up, self._is_silent = self._is_up, False, silent
            cut = list(self._open)
        for connection in cut:
            _cut(connection)
        return was_up

    def restore(self) -> bool:
        """Let connections through again; False if nothing was in their way."""
        with self._lock:
            was_up, self._is_up = self._is_up, True
            unanswered, self._unanswered = self._unanswered, []
        for connection in unanswered:
            _reset(connection)
        return not was_up

    def admit(self, connection: socket.socket) -> bool:
        """Say whether a new connection is let through; one that isn't is dealt with here."""
        with self._lock:
            if self._is_up:
                self._open.add(connection)
                return True
            if self._is_silent:
                self._unanswered.append(connection)
                return False
        _reset(connection)
        return False

    def ended(self, connection: socket.socket) -> None:
        """Forget a connection, and close it."""
        with self._lock:
            self._open.discard(connection)
        connection.close()


def _cut(connection: socket.socket) -> None:
    """Wake whoever reads or writes on a connection; their closing it resets it."""
    with suppress(OSError):  # it may have ended by itself meanwhile
        _linger(connection)
        connection.shutdown(socket.SHUT_RDWR)


def _reset(connection: socket.socket) -> None:
    with suppress(OSError):
        _linger(connection)
    connection.close()


def _linger(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
