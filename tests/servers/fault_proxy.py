"""A line between a client and a server that can be made bad: slow, late, cut, reset, silent.

It passes the bytes of any TCP connection (DICOMweb, DIMSE, TLS) from a port of its own to a server, in an
asyncio loop that runs in a thread of its own; whatever is changed is changed from the test's thread while
bytes are under way. Given a TLS context it also ends TLS before a server that has none.

Making a connection costs no time: the kernel does it. The first byte comes late, as all others do.

Units:   seconds, bytes.
Errors:  where no server listens, the client's connection is reset.
"""

from __future__ import annotations

import asyncio
import math
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from line_faults import Bucket, Fate, Fault, Line, Odds, Way

HOST: Final = "127.0.0.1"
_CHUNK: Final = 1 << 16
_UNDER_WAY: Final = 256  # chunks that a long line holds each way
_WAITING_ROOM: Final = 1 << 18  # bytes that the kernel takes before the line has room for them
_NO_LINGER: Final = struct.pack("ii", 1, 0)  # closing sends RST
_PATIENCE: Final = 60.0

_Late: TypeAlias = asyncio.Queue[tuple[float, bytes]]  # when to pass it on, and what


@dataclass
class Counts:
    """What has passed so far."""

    connections: int = 0
    up: int = 0
    down: int = 0
    struck: list[tuple[int, Fate]] = field(default_factory=list)  # connection, from 1, and what befell it


class FaultProxy:
    """Listens on ``port`` while its block runs. Nothing of it is left afterwards."""

    def __init__(
        self,
        port: int,
        *,
        host: str = HOST,
        line: Line | None = None,
        odds: Odds | None = None,
        seed: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.target = (host, port)  # of connections to come
        self.line = line or Line()  # put another one here at any time
        self.odds = odds or Odds()  # likewise
        self.counts = Counts()
        self.seed = seed
        self.tls = tls
        self._script: deque[Fate | None] = deque()
        self._bound = _bound(0)
        self.host, self.port = HOST, int(self._bound.getsockname()[1])
        self._listening = False
        self._links: set[_Link] = set()
        self._loop = asyncio.SelectorEventLoop()
        self.buckets = {way: Bucket() for way in Way}
        self.plugged = asyncio.Event()
        self.plugged.set()
        self._thread = threading.Thread(target=self._run, name="fault-proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        self.accept()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._bound.close()

    @property
    def open_connections(self) -> int:
        """Return how many connections there are now."""
        return len(self._links)

    def script(self, *fates: Fate | None) -> None:
        """Say what befalls the connections to come, one after another; after those the odds decide."""
        self._script.extend(fates)

    def pull(self) -> None:
        """Pull the cable: nothing passes and nobody is told; what is under way waits."""
        self._call(self.plugged.clear)

    def plug(self) -> None:
        """Plug it in again: what waited goes on."""
        self._call(self.plugged.set)

    def refuse(self) -> None:
        """Let nobody listen any more; the port stays ours."""
        self._call(self._refuse)

    def accept(self) -> None:
        """Listen again."""
        self._call(self._accept)

    def reset_all(self) -> None:
        """Reset every connection that there is."""
        self._call(self._reset_all)

    # --- inside: the loop and its thread --------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    def _call(self, work: Callable[[], object]) -> None:
        async def called() -> None:
            work()

        self._do(called())

    def _accept(self) -> None:
        if not self._listening:
            self._bound.listen()
            self._loop.add_reader(self._bound, self._begin)
            self._listening = True

    def _refuse(self) -> None:
        if self._listening:
            self._loop.remove_reader(self._bound)
            self._bound.close()
            self._bound = _bound(self.port)
            self._listening = False

    def _reset_all(self) -> None:
        for link in self._links:
            link.reset()

    async def _close(self) -> None:
        self._loop.remove_reader(self._bound)
        links = asyncio.all_tasks() - {asyncio.current_task()}
        for task in links:
            task.cancel()
        await asyncio.gather(*links, return_exceptions=True)

    def _begin(self) -> None:
        client, _ = self._bound.accept()
        client.settimeout(0)
        self.counts.connections += 1
        number = self.counts.connections
        fate = self._script.popleft() if self._script else self.odds.draw(self.seed, number)
        link = _Link(self, number, fate, client)
        self._links.add(link)
        task = self._loop.create_task(link.run())
        task.add_done_callback(lambda _: self._forget(link))

    def _forget(self, link: _Link) -> None:
        self._links.discard(link)
        link.close()  # it may not have come so far as to do this by itself


class _Struck(Exception):
    """The connection is over."""


class _Link:
    """One connection through the proxy, both ways."""

    def __init__(self, proxy: FaultProxy, number: int, fate: Fate | None, client: socket.socket) -> None:
        self._proxy = proxy
        self._number = number
        self._fate = fate
        self._sockets = {Way.DOWN: client}
        self._ends: dict[Way, asyncio.StreamWriter] = {}
        self._passed = dict.fromkeys(Way, 0)
        self._in_hole = False
        self._reset_later: asyncio.TimerHandle | None = None
        self._random = Random(f"{proxy.seed}/{number}/jitter")

    async def run(self) -> None:
        """Pass bytes until both sides have said all, or something befalls it."""
        try:
            await self._proxy.plugged.wait()
            if self._fate is not None and self._fate.fault is Fault.REFUSE:
                await self._strike(self._fate)
            client = await self._stream(Way.DOWN, self._proxy.tls)
            self._sockets[Way.UP] = socket.socket()
            self._sockets[Way.UP].settimeout(0)
            await asyncio.get_running_loop().sock_connect(self._sockets[Way.UP], self._proxy.target)
            server = await self._stream(Way.UP)
            await self._pass_both(client, server)
            await self._close()
        except* (OSError, _Struck):
            pass
        finally:
            if self._reset_later is not None:
                self._reset_later.cancel()
            self.reset()
            await self._closed()

    def reset(self) -> None:
        """End it both ways with RST; nothing if it has ended, or never began."""
        for end in self._sockets.values():
            if end.fileno() != -1:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        for writer in self._ends.values():
            writer.transport.abort()

    def close(self) -> None:
        """Give its sockets back."""
        for end in self._sockets.values():
            end.close()

    async def _stream(self, way: Way, tls: ssl.SSLContext | None = None) -> asyncio.StreamReader:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, self._sockets[way], ssl=tls)
        self._ends[way] = asyncio.StreamWriter(transport, protocol, reader, loop)
        return reader

    async def _pass_both(self, client: asyncio.StreamReader, server: asyncio.StreamReader) -> None:
        async with asyncio.TaskGroup() as group:
            for way, source in ((Way.UP, client), (Way.DOWN, server)):
                late: _Late = asyncio.Queue(_UNDER_WAY)
                group.create_task(self._take(way, source, late))
                group.create_task(self._give(way, late))

    async def _take(self, way: Way, source: asyncio.StreamReader, late: _Late) -> None:
        """Take bytes as fast as the line's rate lets them in."""
        proxy, now, due = self._proxy, asyncio.get_running_loop().time, 0.0
        while True:
            data = await source.read(proxy.line.piece(way, _CHUNK))
            await proxy.plugged.wait()
            if wait := proxy.buckets[way].wait(len(data), proxy.line.rate(way), now()):
                await asyncio.sleep(wait)
            due = max(due, now() + proxy.line.latency + proxy.line.jitter * self._random.random())
            await late.put((due, data))
            if not data:
                return

    async def _give(self, way: Way, late: _Late) -> None:
        """Pass bytes on when their time has come, and the end after the last of them."""
        proxy, now = self._proxy, asyncio.get_running_loop().time
        while True:
            due, data = await late.get()
            if due > now():
                await asyncio.sleep(due - now())
            await proxy.plugged.wait()
            if not data:
                break
            size = proxy.line.slice or len(data)
            for start in range(0, len(data), size):
                await self._pass(way, data[start : start + size])
        await asyncio.sleep(proxy.line.slow_close)
        self._end(way)

    async def _pass(self, way: Way, data: bytes) -> None:
        fate = self._fate
        if fate is not None and fate.way is way and self._passed[way] + len(data) > fate.after:
            await self._write(way, data[: fate.after - self._passed[way]])
            self._fate = None
            await self._strike(fate)
        elif not self._in_hole:
            await self._write(way, data)

    async def _write(self, way: Way, data: bytes) -> None:
        self._ends[way].write(data)
        await self._ends[way].drain()
        self._passed[way] += len(data)
        if way is Way.UP:
            self._proxy.counts.up += len(data)
        else:
            self._proxy.counts.down += len(data)

    async def _strike(self, fate: Fate) -> None:
        self._proxy.counts.struck.append((self._number, fate))
        if fate.fault is Fault.HOLE:
            self._in_hole = True
            if math.isfinite(fate.seconds):
                self._reset_later = asyncio.get_running_loop().call_later(fate.seconds, self.reset)
            return
        if fate.fault is Fault.CUT:
            await self._close()
        raise _Struck

    def _end(self, way: Way) -> None:
        """Pass on that a side has said all; from a hole only the client can get out, by leaving."""
        if self._in_hole:
            if way is Way.UP:
                raise _Struck
        elif self._ends[way].can_write_eof():
            self._ends[way].write_eof()
        else:
            self._ends[way].close()  # TLS ends both ways at once

    async def _close(self) -> None:
        for end in self._ends.values():
            if not end.is_closing():
                end.close()
        await self._closed()

    async def _closed(self) -> None:
        await asyncio.gather(*(end.wait_closed() for end in self._ends.values()), return_exceptions=True)


def _bound(port: int) -> socket.socket:
    """Return a socket that keeps a port, so that nobody listens there, or soon we do."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WAITING_ROOM)
    bound.bind((HOST, port))
    return bound
