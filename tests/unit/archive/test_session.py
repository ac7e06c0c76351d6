from __future__ import annotations

from pathlib import Path

import pytest
from scripted_http import CLOSE, ScriptedHttp
from tls_server import TlsServer

from workstation.archive import TlsRules
from workstation.archive.check.rates import Watch, upload
from workstation.archive.session import is_loopback, session_to
from workstation.clock import SystemClock

REFUSED = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the environment name a proxy for everything, at which nobody listens; return it."""
    proxy = "http://127.0.0.1:9"
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    return proxy


@pytest.mark.parametrize("url", ["http://127.0.0.1:8042/x", "https://localhost/x", "https://[::1]:8043/x"])
@pytest.mark.usefixtures("proxied")
def test_this_machine_is_reached_directly_whatever_the_environment_says(url: str) -> None:
    with session_to(url, TlsRules()) as session:
        assert session.proxies == {}


def test_another_machine_is_reached_through_the_environment_s_proxy_by_tls_alone(proxied: str) -> None:
    with session_to("https://archive.example/x", TlsRules()) as session:
        assert session.proxies["https"] == proxied
    with session_to("http://archive.example/x", TlsRules()) as session:
        assert session.proxies == {}


def test_no_proxy_sees_what_proves_us_to_an_archive_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        ScriptedHttp(lambda _: [REFUSED, CLOSE]) as proxy,
        TlsServer(None, answer=lambda _: REFUSED, whole=True) as archive,
    ):
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setattr("workstation.archive.check.rates.ENOUGH_BYTES", 1_000_000)
        upload(archive.url, TlsRules(), {"Authorization": "Basic c2VjcmV0"}, Watch(SystemClock()))

    assert proxy.requests == []
    assert b"Basic c2VjcmV0" in archive.requests[0]


def test_a_password_in_the_home_folder_does_not_take_the_place_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login somebody password else\n", encoding="ascii")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    with TlsServer(None) as server, session_to(server.url, TlsRules()) as session:
        session.get(server.url, headers={"Authorization": "Bearer ours"}, timeout=5.0).close()

    assert b"Authorization: Bearer ours\r\n" in server.requests[0]


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("127.evil.net", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_addresses_and_one_name(host: str, *, is_here: bool) -> None:
    assert is_loopback(host) is is_here
