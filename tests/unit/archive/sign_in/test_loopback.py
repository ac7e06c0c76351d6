"""The door for the browser's answer, knocked at by real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from urllib.parse import urlsplit

import pytest

from workstation.archive import NotAllowed
from workstation.archive.sign_in.loopback import CONNECTIONS, REQUEST_BYTES, Loopback
from workstation.clock import ManualClock, SystemClock
from workstation.errors import Cancelled

STATE = "a-random-state"


class Waiting:
    """A door that somebody waits behind, on a thread of its own."""

    def __init__(self, door: Loopback) -> None:
        self.port = urlsplit(door.redirect_uri).port or 0
        self.answer: Future[Mapping[str, str]] = Future()
        self.given_up = False
        self.thread = threading.Thread(target=self._wait, args=(door,))
        self.thread.start()

    def knock(self, request: str | bytes) -> str:
        """Say something; return what is answered."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as channel:
            channel.sendall(request if isinstance(request, bytes) else request.encode())
            channel.shutdown(socket.SHUT_WR)
            said = b""
            while more := channel.recv(65_536):
                said += more
        return said.decode()

    def get(self, target: str, host: str = "") -> str:
        """Ask as a browser would."""
        return self.knock(f"GET {target} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{self.port}'}\r\n\r\n")

    def end(self) -> None:
        """Give up waiting, if it still goes on."""
        self.given_up = True
        self.thread.join(5)

    def _wait(self, door: Loopback) -> None:
        try:
            self.answer.set_result(door.answer(SystemClock(), 20, lambda: self.given_up))
        except (NotAllowed, Cancelled) as error:
            self.answer.set_exception(error)


def waiting(step: Callable[[Waiting], object]) -> Mapping[str, str] | None:
    """Return what came in through a door while something was done to it, None if nothing did."""
    with Loopback(STATE) as door:
        behind = Waiting(door)
        try:
            step(behind)
        finally:
            behind.end()
    return None if behind.answer.exception() else behind.answer.result()


def test_the_answer_comes_in_and_the_page_says_to_go_back() -> None:
    pages: list[str] = []
    found = waiting(
        lambda door: pages.append(door.get(f"/signed-in?code=c%2B1&state={STATE}&iss=https%3A%2F%2Fx"))
    )

    assert found == {"code": "c+1", "state": STATE, "iss": "https://x"}
    assert pages[0].startswith("HTTP/1.1 200 OK\r\n")
    assert "go back to Lumen" in pages[0]
    assert "c+1" not in pages[0]
    assert "script" not in pages[0]
    assert "no-store" in pages[0]


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/favicon.ico",
        f"/?code=c&state={STATE}",
        f"/signed-in/x?code=c&state={STATE}",
        "/signed-in",
        "/signed-in?code=c",
        "/signed-in?code=c&state=",
        "/signed-in?code=c&state=another",
        f"/signed-in?code=c&state={STATE}&state={STATE}",
        f"/signed-in?code=c&code=d&state={STATE}",
        f"/signed-in?state={STATE}&" + "&".join(f"a{index}=" for index in range(100)),
        "/signed-in?code=c&state=%E4",
        "//[",
    ],
)
def test_whatever_else_is_asked_for_changes_nothing(target: str) -> None:
    pages: list[str] = []
    found = waiting(lambda door: pages.append(door.get(target)))

    assert found is None
    assert pages[0].startswith("HTTP/1.1 404 ")


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "[::1]"])
def test_a_page_that_reaches_here_by_a_name_of_its_own_changes_nothing(host: str) -> None:
    assert waiting(lambda door: door.get(f"/signed-in?code=c&state={STATE}", host)) is None


@pytest.mark.parametrize(
    "request_",
    [
        "",
        "\r\n\r\n",
        "GET\r\n\r\n",
        f"POST /signed-in?code=c&state={STATE} HTTP/1.1\r\n\r\n",
        f"GET /signed-in?code=c&state={STATE} HTTP/1.1\r\n\r\n",
        f"GET /signed-in?code=c&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"\xff" * (2 * REQUEST_BYTES),
    ],
    ids=lambda said: repr(said[:12]),
)
def test_what_is_no_request_changes_nothing(request_: str | bytes) -> None:
    def knock(door: Waiting) -> None:
        try:
            door.knock(request_)
        except ConnectionError:
            return  # it was dropped in the middle of what it said

    assert waiting(knock) is None


def test_browsers_that_connect_in_advance_and_say_nothing_keep_nobody_out() -> None:
    def step(door: Waiting) -> None:
        silent = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(2 * CONNECTIONS)]
        door.get(f"/signed-in?code=c&state={STATE}")
        for one in silent:
            one.close()

    assert waiting(step) == {"code": "c", "state": STATE}


def test_an_answer_that_comes_in_drops_comes_in() -> None:
    def step(door: Waiting) -> None:
        with socket.create_connection(("127.0.0.1", door.port), timeout=5) as channel:
            request = f"GET /signed-in?code=c&state={STATE} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\n\r\n"
            for letter in request:
                channel.sendall(letter.encode())
            assert channel.recv(100).startswith(b"HTTP/1.1 200")

    assert waiting(step) == {"code": "c", "state": STATE}


def test_after_the_one_answer_nobody_is_listened_to() -> None:
    with Loopback(STATE) as door:
        port = urlsplit(door.redirect_uri).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_it_listens_on_this_computer_alone() -> None:
    with Loopback(STATE) as door:
        assert door.redirect_uri.startswith("http://127.0.0.1:")
        assert door._listener.getsockname()[0] == "127.0.0.1"


def test_the_time_runs_out() -> None:
    with Loopback(STATE) as door, pytest.raises(NotAllowed, match="time was up"):
        door.answer(ManualClock(), 0.0, lambda: False)


def test_a_person_can_give_up() -> None:
    with Loopback(STATE) as door, pytest.raises(Cancelled):
        door.answer(ManualClock(), 60.0, lambda: True)
