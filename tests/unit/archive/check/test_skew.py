from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from tls_certificates import Authority
from tls_server import TlsServer

from workstation.archive import BadAnswer, NotTrusted, TlsRules, Unreachable
from workstation.archive.check.skew import clock_skew
from workstation.clock import ManualClock

NOW = datetime(2026, 11, 24, 3, 0, 0, tzinfo=UTC)


def answer(date: str, status: str = "401 Unauthorized") -> bytes:
    return f"HTTP/1.1 {status}\r\n{date}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


@pytest.mark.parametrize("ahead", [0, 90, -3_600, 86_400 * 365])
def test_a_server_ahead_is_told_to_the_second_by_any_answer(ahead: int, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    date = f"Date: {format_datetime(NOW + timedelta(seconds=ahead), usegmt=True)}\r\n"
    with TlsServer(authority.issue("127.0.0.1"), answer=lambda _: answer(date)) as server:
        skew = clock_skew(server.url, TlsRules(authorities=str(authority.file)), ManualClock(NOW))

    assert skew == ahead + 0.5


@pytest.mark.parametrize("date", ["", "Date: soon\r\n", "Date: Mon, 01 Jan 99999999999 00:00:00 GMT\r\n"])
def test_an_answer_without_a_time_is_told(date: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with (
        TlsServer(authority.issue("127.0.0.1"), answer=lambda _: answer(date)) as server,
        pytest.raises(BadAnswer, match="no time"),
    ):
        clock_skew(server.url, TlsRules(authorities=str(authority.file)), ManualClock(NOW))


def test_a_server_that_is_not_trusted_tells_no_time(tmp_path: Path) -> None:
    with TlsServer(Authority(tmp_path).issue("127.0.0.1")) as server, pytest.raises(NotTrusted):
        clock_skew(server.url, TlsRules(), ManualClock(NOW))


def test_where_nobody_listens_there_is_no_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable):
        clock_skew(f"https://127.0.0.1:{port}", TlsRules(), ManualClock(NOW))
