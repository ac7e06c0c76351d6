"""The open connections of one archive, so that they can be dropped at once, also those that someone reads.

The libraries know the idle ones alone. Here every socket is noted as it opens; shutting one down wakes the
thread that waits on it, where closing it would not. The same place knows for certain whether anything of
a request was sent: not before its connection stood.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import weakref
from typing import Any, TypeAlias

from urllib3 import PoolManager
from urllib3.util.ssltransport import SSLTransport

Line: TypeAlias = socket.socket | SSLTransport  # the other: TLS within a proxy's TLS


class Lines:
    """Notes connections as they open; safe for several threads."""

    def __init__(self, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._sockets: weakref.WeakSet[Line] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._local = threading.local()
        self._closed = False

    @property
    def closed(self) -> bool:
        """Say whether they were dropped, for good."""
        return self._closed

    @property
    def sent(self) -> bool:
        """Say whether this thread's request may have left, in part or whole."""
        return bool(getattr(self._local, "sent", False))

    def begin(self) -> None:
        """Note that this thread has a request that wasn't sent yet."""
        self._local.sent = False

    def sending(self) -> None:
        """Note that it may have left now."""
        self._local.sent = True

    def opened(self, line: Line) -> None:
        """Note a connection; one that opens after all were dropped doesn't last."""
        line.settimeout(
            self._idle_seconds
        )  # the library would let a request stall no longer than a handshake
        with self._lock:
            self._sockets.add(line)
            if self._closed:
                _shut(line)

    def drop(self) -> None:
        """Shut every connection down; whoever waits on one wakes."""
        with self._lock:
            self._closed = True
            for line in tuple(self._sockets):
                _shut(line)

    def watch(self, manager: PoolManager) -> None:
        """Note every connection that a pool manager opens from now on."""
        classes = manager.pool_classes_by_scheme
        if getattr(classes, "watched_by", None) is not self:
            manager.pool_classes_by_scheme = _Watched(
                {name: self._pool(one) for name, one in classes.items()}
            )
            manager.pool_classes_by_scheme.watched_by = self

    def _pool(self, base: Any) -> type:  # noqa: ANN401  whatever pool class an adapter has
        lines = self

        class Connection(base.ConnectionCls):  # type: ignore[misc]  # known only here
            def connect(self) -> None:
                super().connect()
                lines.opened(self.sock)
                lines.sending()

            def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  the library's signature
                if self.sock is not None:
                    lines.sending()
                super().request(*args, **kwargs)

        return type("WatchedPool", (base,), {"ConnectionCls": Connection})


class _Watched(dict[str, Any]):
    watched_by: Lines


def _shut(line: Line) -> None:
    inner = line.socket if isinstance(line, SSLTransport) else line
    with contextlib.suppress(OSError):  # it ended by itself
        socket.socket.shutdown(inner, socket.SHUT_RDWR)  # under TLS, too: its own would wait for a farewell
