"""The bad line itself: what it does is what was asked of it, and nothing of it is left."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fault_proxy import FaultProxy
from line_faults import Fate, Fault, Line, Odds, Way
from tls_certificates import Authority
from tls_server import server_context

MEGABYTE = bytes(range(256)) * 4096
SOON = 20.0  # to notice that a test hangs


class Server:
    """Says what it hears back, or says what it has when it has heard a line."""

    def __init__(self, says: bytes | None = None) -> None:
        self.heard = bytearray()
        self._says = says
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(SOON)
            assert not thread.is_alive()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._talk, args=(line,)))
                self._threads[-1].start()

    def _talk(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            while data := line.recv(65_536):
                self.heard += data
                if self._says is None:
                    line.sendall(data)
                elif data.endswith(b"\n"):
                    line.sendall(self._says)
                    return


@pytest.fixture
def server() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def new(says: bytes | None = None) -> Server:
        made.append(Server(says))
        return made[-1]

    yield new
    for one in made:
        one.close()


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def connect(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection((proxy.host, proxy.port), timeout=SOON)


def say(line: socket.socket, data: bytes) -> None:
    line.sendall(data)
    line.shutdown(socket.SHUT_WR)


def rest(line: socket.socket) -> bytes:
    """Return everything that comes until the end."""
    return b"".join(iter(lambda: line.recv(65_536), b""))


def ask(proxy: FaultProxy) -> bytes:
    with connect(proxy) as line:
        line.sendall(b"please\n")
        return rest(line)


def test_a_good_line_passes_every_byte_both_ways_and_counts_them(server: Callable[..., Server]) -> None:
    with FaultProxy(server().port) as proxy, connect(proxy) as line:
        sender = threading.Thread(target=say, args=(line, MEGABYTE))
        sender.start()
        assert rest(line) == MEGABYTE
        sender.join()

        assert (proxy.counts.up, proxy.counts.down) == (len(MEGABYTE), len(MEGABYTE))
        assert proxy.counts.connections == 1


def test_tiny_writes_and_a_late_line_change_no_byte(server: Callable[..., Server]) -> None:
    with FaultProxy(server(MEGABYTE[:9999]).port, line=Line(slice=7, latency=0.02, jitter=0.02)) as proxy:
        assert ask(proxy) == MEGABYTE[:9999]


def test_slices_are_seen_as_small_reads(server: Callable[..., Server]) -> None:
    with FaultProxy(server(b"x" * 100).port, line=Line(slice=10, down=1000)) as proxy, connect(proxy) as line:
        line.sendall(b"please\n")

        assert len(line.recv(100)) <= 20


@pytest.mark.parametrize("after", [0, 1, 5000, 65_536])
def test_a_reset_comes_after_exactly_so_many_bytes(server: Callable[..., Server], after: int) -> None:
    with FaultProxy(server(MEGABYTE).port) as proxy:
        proxy.script(Fate(Fault.RESET, after))
        with connect(proxy) as line:
            line.sendall(b"please\n")
            with pytest.raises(ConnectionResetError):
                rest(line)

        assert proxy.counts.down == after
        assert proxy.counts.struck == [(1, Fate(Fault.RESET, after))]
        assert ask(proxy) == MEGABYTE  # the next one is not befallen


def test_a_cut_looks_like_a_polite_end(server: Callable[..., Server]) -> None:
    with FaultProxy(server(MEGABYTE).port) as proxy:
        proxy.script(Fate(Fault.CUT, 70_000))

        assert ask(proxy) == MEGABYTE[:70_000]


def test_a_cut_on_the_way_up_leaves_the_server_with_a_part(server: Callable[..., Server]) -> None:
    one = server()
    with FaultProxy(one.port) as proxy:
        proxy.script(Fate(Fault.CUT, 100, Way.UP))
        with connect(proxy) as line:
            line.sendall(b"x" * 300)
            with contextlib.suppress(ConnectionResetError):
                rest(line)

        assert proxy.counts.up == 100
    assert len(one.heard) <= 100


def test_an_answer_can_be_lost_after_the_server_had_the_whole_request(server: Callable[..., Server]) -> None:
    one = server(b"stored")
    with FaultProxy(one.port) as proxy:
        proxy.script(Fate(Fault.RESET))
        with pytest.raises(ConnectionResetError):
            ask(proxy)

    assert one.heard == b"please\n"


def test_a_hole_swallows_and_says_nothing(server: Callable[..., Server]) -> None:
    one = server()
    with FaultProxy(one.port) as proxy:
        proxy.script(Fate(Fault.HOLE, 3, Way.UP))
        with connect(proxy) as line:
            line.sendall(MEGABYTE * 10)
            line.settimeout(0.05)
            with pytest.raises(TimeoutError):
                line.recv(1)

        assert proxy.counts.up == 3
    assert one.heard == MEGABYTE[:3]


def test_a_hole_of_so_many_seconds_ends_with_a_reset(server: Callable[..., Server]) -> None:
    with FaultProxy(server().port) as proxy:
        proxy.script(Fate(Fault.HOLE, way=Way.UP, seconds=0.01))
        with connect(proxy) as line:
            line.sendall(b"x")
            with pytest.raises(ConnectionResetError):
                rest(line)


def test_a_connection_may_be_reset_as_soon_as_it_is_made(server: Callable[..., Server]) -> None:
    one = server()
    with (
        FaultProxy(one.port, odds=Odds(refuse=1)) as proxy,
        pytest.raises(OSError, match=r"reset|Broken pipe"),
    ):
        ask(proxy)

    assert not one.heard


def test_a_pulled_cable_holds_everything_until_it_is_plugged_in(server: Callable[..., Server]) -> None:
    with FaultProxy(server().port) as proxy, connect(proxy) as line:
        line.sendall(b"before")
        assert line.recv(6) == b"before"
        proxy.pull()
        line.sendall(b"while")
        line.settimeout(0.05)
        with pytest.raises(TimeoutError):
            line.recv(5)
        with connect(proxy) as other:
            other.sendall(b"other")
            proxy.plug()

            line.settimeout(SOON)
            assert line.recv(5) == b"while"
            assert other.recv(5) == b"other"


def test_it_can_refuse_connections_and_listen_again_on_its_port(server: Callable[..., Server]) -> None:
    with FaultProxy(server(b"hello").port) as proxy, connect(proxy) as standing:
        port = proxy.port
        standing.sendall(b"never mind")
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            connect(proxy)
        proxy.accept()

        assert ask(proxy) == b"hello"
        assert proxy.port == port


def test_all_connections_can_be_reset_at_once(server: Callable[..., Server]) -> None:
    with FaultProxy(server().port) as proxy, connect(proxy) as one, connect(proxy) as other:
        for line in (one, other):
            line.sendall(b"x")
            assert line.recv(1) == b"x"
        proxy.reset_all()
        for line in (one, other):
            with pytest.raises(ConnectionResetError):
                line.recv(1)


def test_a_server_that_is_not_there_is_a_reset() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with FaultProxy(port) as proxy, pytest.raises(ConnectionResetError):
        ask(proxy)


def test_a_target_may_change_under_way(server: Callable[..., Server]) -> None:
    one, other = server(b"one"), server(b"other")
    with FaultProxy(one.port) as proxy:
        assert ask(proxy) == b"one"
        proxy.target = (proxy.host, other.port)
        assert ask(proxy) == b"other"


@pytest.mark.parametrize("line", [Line(), Line(slow_close=30), Line(down=100), Line(latency=30)])
def test_it_ends_at_once_whatever_is_under_way(server: Callable[..., Server], line: Line) -> None:
    with FaultProxy(server(MEGABYTE).port, line=line) as proxy, connect(proxy) as client:
        client.sendall(b"please\n")


def test_it_ends_tls_before_a_server_that_has_none(server: Callable[..., Server], tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    context = server_context(
        authority.issue("127.0.0.1"), ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3, authority.file
    )
    mine = authority.issue("reader", subject="reader")
    client = ssl.create_default_context(cafile=str(authority.file))
    client.load_cert_chain(mine.certificate, mine.key)
    with FaultProxy(server(MEGABYTE).port, tls=context) as proxy:
        with connect(proxy) as plain, client.wrap_socket(plain, server_hostname="127.0.0.1") as line:
            line.sendall(b"please\n")
            assert rest(line) == MEGABYTE
        proxy.script(Fate(Fault.RESET, 10))
        with connect(proxy) as plain:
            line = client.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=False)
            with line:
                line.sendall(b"please\n")
                with pytest.raises(OSError, match=r"reset|EOF"):  # OpenSSL tells a reset as an early end
                    rest(line)
