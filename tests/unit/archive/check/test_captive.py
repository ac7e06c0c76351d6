from __future__ import annotations

import socket

import pytest
from tls_server import TlsServer

from workstation.archive.check.captive import is_captive


def head(status: str, location: str = "") -> bytes:
    leads = f"Location: {location}\r\n" if location else ""
    return f"HTTP/1.1 {status}\r\n{leads}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (head("302 Found", "http://login.hotel.example/?from=x"), True),
        (head("307 Temporary Redirect", "https://login.hotel.example/"), True),
        (head("511 Network Authentication Required"), True),
        (head("301 Moved Permanently", "https://127.0.0.1/"), False),  # to the archive's own https
        (head("302 Found", "/login"), False),
        (head("302 Found"), False),
        (head("302 Found", "http://[/"), False),
        (head("200 OK"), False),
        (head("404 Not Found"), False),
        (b"SSH-2.0-OpenSSH_9.2\r\n", False),
        (b"", False),
    ],
    ids=lambda value: value[:60].decode() if isinstance(value, bytes) else "",
)
def test_only_what_no_archive_says_is_the_networks_own_page(answer: bytes, expected: bool) -> None:  # noqa: FBT001
    with TlsServer(None, answer=lambda _: answer) as server:
        assert is_captive("127.0.0.1", server.port) is expected


def test_a_site_that_leads_to_its_own_front_page_is_no_hotel(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"http://www.hospital.example/": False, "http://login.hotel.example/": True}
    real = socket.create_connection
    for page, expected in pages.items():
        with TlsServer(None, answer=lambda _, page=page: head("302 Found", page)) as server:  # type: ignore[misc]
            place = ("127.0.0.1", server.port)
            monkeypatch.setattr(socket, "create_connection", lambda *_, place=place, **__: real(place, 5))
            assert is_captive("pacs.hospital.example") is expected


def test_silence_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert not is_captive("127.0.0.1", port)
