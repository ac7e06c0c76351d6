"""A line held to so many megabits a second, each way; run as a program it measures how well.

    throttle.py

Units:   megabits (10⁶) a second, of what the connection carries: TCP's and IP's own bytes aren't counted.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from typing import Final

from fault_proxy import HOST, FaultProxy
from line_faults import Line, Way

RATES: Final = (200.0, 50.0, 10.0)
_SECONDS: Final = 2.0  # of data, at the rate that is asked for
_TOLERANCE: Final = 0.1
_CHUNK: Final = 1 << 16


def held(megabits: float, *, latency: float = 0.0) -> Line:
    """Return a line of this rate, with so many seconds' delay each way."""
    rate = megabits * 1e6 / 8
    return Line(up=rate, down=rate, latency=latency)


def measured(megabits: float, way: Way) -> float:
    """Return the megabits a second at which bytes arrive over a line that is held to a rate."""
    size = int(megabits * 1e6 / 8 * _SECONDS)
    with (
        socket.create_server((HOST, 0)) as listener,
        FaultProxy(listener.getsockname()[1], line=held(megabits)) as proxy,
        socket.create_connection((proxy.host, proxy.port)) as client,
    ):
        client.sendall(b"?")
        server, _ = listener.accept()
        with server:
            server.recv(1)
            sender, receiver = (client, server) if way is Way.UP else (server, client)
            sending = threading.Thread(target=sender.sendall, args=(bytes(size),))
            start = time.monotonic()
            sending.start()
            _receive(receiver, size)
            elapsed = time.monotonic() - start
            sending.join()
    return size * 8 / 1e6 / elapsed


def _receive(line: socket.socket, size: int) -> None:
    left = size
    while left > 0:
        data = line.recv(_CHUNK)
        if not data:
            raise OSError("the line ended early")
        left -= len(data)


def main() -> int:
    """Measure each rate both ways, and return 0 if all are kept within a tenth."""
    worst = 0.0
    for megabits in RATES:
        for way in Way:
            found = measured(megabits, way)
            worst = max(worst, abs(found / megabits - 1))
            sys.stdout.write(f"{megabits:5.0f} Mbit/s {way.value:<14} {found:7.2f}\n")
    return 0 if worst <= _TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
