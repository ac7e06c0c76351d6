from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest
from tls_certificates import Authority
from tls_server import TlsServer

from workstation.archive import BadAnswer, Endpoint, NotTrusted, TlsRules, Unreachable
from workstation.archive.check import MeasuredTls, probe
from workstation.archive.check.probe import Place, connect, look_at, place_of, resolve, shake_hands
from workstation.clock import SystemClock

CLOCK = SystemClock()
HOST = "127.0.0.1"


def shaken(server: TlsServer, rules: TlsRules) -> MeasuredTls:
    place = Place(HOST, server.port, has_tls=True)
    line, _ = connect(place, [HOST], CLOCK)
    with line:
        return shake_hands(place, line, rules, CLOCK)


@pytest.mark.parametrize(
    ("endpoint", "place"),
    [
        (Endpoint("a", "https://archive.example/dicom-web"), Place("archive.example", 443, has_tls=True)),
        (Endpoint("a", "https://Archive.example:8443/x"), Place("archive.example", 8443, has_tls=True)),
        (Endpoint("a", "http://127.0.0.1:8042/dicom-web"), Place("127.0.0.1", 8042, has_tls=False)),
        (Endpoint("a", "https://[2001:db8::1]/x"), Place("2001:db8::1", 443, has_tls=True)),
        (Endpoint("a", host="pacs", port=2762), Place("pacs", 2762, has_tls=True)),
    ],
    ids=str,
)
def test_an_endpoint_has_its_place(endpoint: Endpoint, place: Place) -> None:
    assert place_of(endpoint, TlsRules()) == place


def test_dimse_is_without_tls_only_where_the_site_has_said_so() -> None:
    assert not place_of(Endpoint("a", host="pacs", port=104), TlsRules(is_wanted=False)).has_tls


def test_a_name_is_resolved() -> None:
    measured = resolve(Place("localhost", 80, has_tls=False), CLOCK)

    assert measured.host == "localhost"
    assert set(measured.addresses) & {"127.0.0.1", "::1"}
    assert measured.seconds >= 0


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".example"])
def test_a_name_that_nobody_knows_is_told(host: str) -> None:
    """The ending "invalid" never exists (RFC 2606); no label has more than 63 letters (RFC 1035)."""
    with pytest.raises(Unreachable, match="not known"):
        resolve(Place(host, 80, has_tls=False), CLOCK)


def test_a_name_server_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = threading.Event()

    def ask(*_: object, **__: object) -> list[object]:
        silent.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    monkeypatch.setattr(probe, "NAME_SECONDS", 0.0)
    with pytest.raises(Unreachable, match="not known"):
        resolve(Place("localhost", 80, has_tls=False), CLOCK)
    silent.set()


def test_the_first_address_that_answers_is_taken() -> None:
    with socket.create_server((HOST, 0)) as listener:
        place = Place(HOST, listener.getsockname()[1], has_tls=False)
        line, measured = connect(place, ["127.0.0.254", HOST], CLOCK)
        line.close()

    assert measured.address == HOST


def test_where_nobody_listens_it_is_told() -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match="does not answer"):
        connect(Place(HOST, port, has_tls=False), [HOST], CLOCK)


def test_what_was_agreed_upon_is_told_with_the_whole_chain(tmp_path: Path) -> None:
    root = Authority(tmp_path, "Root")
    between = Authority(tmp_path, "Between", parent=root)
    with TlsServer(between.issue(HOST, days=40)) as server:
        measured = shaken(server, TlsRules(authorities=str(root.file)))

    assert measured.version == "TLSv1.3"
    assert measured.cipher.startswith("TLS_")
    assert [one.subject for one in measured.chain] == ["CN=server", "CN=Between", "CN=Root"]
    assert measured.is_trusted
    assert server.requests == []


def test_a_refusal_of_our_certificate_comes_after_the_handshake_and_is_told(tmp_path: Path) -> None:
    """RFC 8446 section 4.4.2.4: in TLS 1.3 the client has long finished by then."""
    authority = Authority(tmp_path)
    persons = Authority(tmp_path, "Persons")
    with (
        TlsServer(authority.issue(HOST), clients=persons.file) as server,
        pytest.raises(NotTrusted, match="this computer's certificate"),
    ):
        shaken(server, TlsRules(authorities=str(authority.file)))


def test_what_is_not_trusted_is_told_and_looked_at(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with TlsServer(authority.issue(HOST, days=-3)) as server:
        with pytest.raises(NotTrusted, match="expired"):
            shaken(server, TlsRules(authorities=str(authority.file)))
        shown = look_at(Place(HOST, server.port, has_tls=True), HOST, CLOCK)

    assert shown is not None
    assert not shown.is_trusted
    assert shown.chain[0].issuer == "CN=Test authority"
    assert server.requests == []


def test_what_speaks_no_tls_shows_nothing() -> None:
    with TlsServer(None, answer=lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n") as server:
        with pytest.raises(BadAnswer):
            shaken(server, TlsRules())
        assert look_at(Place(HOST, server.port, has_tls=True), HOST, CLOCK) is None


def test_a_line_that_breaks_in_the_handshake_is_told() -> None:
    with TlsServer(None, answer=lambda _: b"") as server, pytest.raises(Unreachable, match="broke off"):
        shaken(server, TlsRules())


def test_a_server_of_1_2_is_still_looked_at(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with TlsServer(authority.issue(HOST), newest=ssl.TLSVersion.TLSv1_2) as server:
        with pytest.raises(NotTrusted, match="no version of TLS"):
            shaken(server, TlsRules(authorities=str(authority.file)))
        shown = look_at(Place(HOST, server.port, has_tls=True), HOST, CLOCK)

    assert shown is not None
    assert shown.version == "TLSv1.2"
