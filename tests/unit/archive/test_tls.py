"""Real handshakes on loopback, with certificates made for each test."""

from __future__ import annotations

import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import requests.adapters
import truststore
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from tls_certificates import Authority, Issued
from tls_server import TlsServer
from urllib3.exceptions import NewConnectionError

from workstation.archive import BadAnswer, NotTrusted, TlsRules, tls
from workstation.archive.errors import ArchiveError
from workstation.archive.tls_trouble import PinMismatch, told
from workstation.security import public_key_pin

HOST = "127.0.0.1"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def issued(authority: Authority) -> Issued:
    return authority.issue(HOST)


@pytest.fixture
def rules(authority: Authority) -> TlsRules:
    return TlsRules(authorities=str(authority.file))


@pytest.fixture
def server(issued: Issued) -> Iterator[TlsServer]:
    with TlsServer(issued) as running:
        yield running


def get(url: str, rules: TlsRules, **asked: bool | str) -> int:
    with requests.Session() as session:
        session.mount("https://", tls.adapter_of(rules))
        return session.get(url, timeout=5, **asked).status_code  # type: ignore[arg-type]  # what a caller might say


def refusal(server: TlsServer, rules: TlsRules) -> ArchiveError:
    """Return why a request was not sent; not a byte of it arrived."""
    with pytest.raises(ArchiveError) as raised:
        get(server.url, rules)
    assert server.requests == []
    return raised.value


def test_a_server_of_the_sites_authority_is_asked(server: TlsServer, rules: TlsRules) -> None:
    assert get(server.url, rules) == 200
    assert server.requests[0].startswith(b"GET / HTTP/1.1\r\n")


def test_a_server_that_knows_no_more_than_1_2_is_refused(issued: Issued, rules: TlsRules) -> None:
    with TlsServer(issued, newest=ssl.TLSVersion.TLSv1_2) as server:
        error = refusal(server, rules)

    assert isinstance(error, NotTrusted)
    assert "no version of TLS" in error.what
    assert error.where == f"{HOST}:{server.port}"


def test_a_site_may_allow_1_2(issued: Issued, rules: TlsRules) -> None:
    with TlsServer(issued, newest=ssl.TLSVersion.TLSv1_2) as server:
        assert get(server.url, TlsRules(minimum="1.2", authorities=rules.authorities)) == 200


def test_no_weak_suite_of_1_2_is_offered() -> None:
    """RFC 9325 section 4.2: forward secrecy and authenticated encryption."""
    offered = [
        suite
        for suite in tls.context_of(TlsRules(minimum="1.2")).get_ciphers()
        if suite["protocol"] != "TLSv1.3"
    ]

    assert offered
    assert all("ECDHE" in suite["name"] and suite["aead"] for suite in offered)


def test_an_expired_certificate_is_called_expired(authority: Authority, rules: TlsRules) -> None:
    with TlsServer(authority.issue(HOST, days=-2)) as server:
        error = refusal(server, rules)

    assert isinstance(error, NotTrusted)
    assert "has expired" in error.what
    assert "date" in error.remedy


@pytest.mark.parametrize("hosts", [("archive.example",), ("127.0.0.2",), ("127.0.0.1.example",)])
def test_a_certificate_of_another_host_is_refused(
    hosts: tuple[str, ...], authority: Authority, rules: TlsRules
) -> None:
    with TlsServer(authority.issue(*hosts)) as server:
        assert "another server's" in refusal(server, rules).what


def test_an_authority_that_nobody_knows_is_refused(issued: Issued, tmp_path: Path) -> None:
    other = Authority(tmp_path, "Other authority")
    for rules in (TlsRules(), TlsRules(authorities=str(other.file))):
        with TlsServer(issued) as server:
            error = refusal(server, rules)
        assert isinstance(error, NotTrusted)
        assert "No authority" in error.what


def test_neither_the_call_nor_the_library_nor_the_environment_adds_an_authority(
    server: TlsServer, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself, requests loads its bundle into whatever context it is given."""
    rules = TlsRules(authorities=str(Authority(tmp_path, "Site authority").file))
    added = str(authority.file)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", added)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", added)
    monkeypatch.setenv("CURL_CA_BUNDLE", added)

    for asked in ({}, {"verify": True}, {"verify": False}, {"verify": added}):
        with pytest.raises(NotTrusted, match="No authority"):
            get(server.url, rules, **asked)
    assert server.requests == []


def test_the_systems_authorities_are_taken_where_the_site_names_none(
    server: TlsServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    assert get(server.url, TlsRules()) == 200


def test_a_linux_whose_bundle_lies_elsewhere_is_found(
    server: TlsServer, authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(tls, "LINUX_BUNDLES", (str(tmp_path / "none.pem"), str(authority.file)))

    assert get(server.url, TlsRules()) == 200


def test_an_intermediate_alone_may_be_what_a_site_trusts(tmp_path: Path, authority: Authority) -> None:
    between = Authority(tmp_path, "Between", parent=authority)
    with TlsServer(between.issue(HOST)) as server:
        assert get(server.url, TlsRules(authorities=str(between.file))) == 200


# --- pins ---------------------------------------------------------------------------------------------


def pinned(rules: TlsRules, *ders: bytes) -> TlsRules:
    return TlsRules(authorities=rules.authorities, pins=tuple(map(public_key_pin, ders)))


def test_the_pin_of_any_certificate_of_the_chain_will_do(
    tmp_path: Path, authority: Authority, rules: TlsRules
) -> None:
    between = Authority(tmp_path, "Between", parent=authority)
    issued = between.issue(HOST)
    for der in (issued.der, between.der, authority.der):
        with TlsServer(issued) as server:
            assert get(server.url, pinned(rules, der)) == 200


def test_a_wrong_pin_is_refused_before_a_byte_is_sent(
    server: TlsServer, authority: Authority, rules: TlsRules
) -> None:
    error = refusal(server, pinned(rules, authority.issue(HOST).der))

    assert isinstance(error, NotTrusted)
    assert "none of the keys" in error.what


def test_a_certificate_that_is_only_sent_along_satisfies_no_pin(
    authority: Authority, rules: TlsRules
) -> None:
    """Certificates are public: whoever holds any trusted one can append the pinned one to it."""
    genuine = authority.issue(HOST)
    forged = authority.issue(HOST)
    forged.certificate.write_bytes(forged.certificate.read_bytes() + genuine.certificate.read_bytes())
    with TlsServer(forged) as server:
        assert "none of the keys" in refusal(server, pinned(rules, genuine.der)).what


def test_pins_hold_for_a_connection_made_the_way_of_dimse(
    server: TlsServer, authority: Authority, rules: TlsRules
) -> None:
    """So it is with pynetdicom: wrapped first, connected later."""
    context = tls.context_of(pinned(rules, authority.issue(HOST).der))
    with (
        context.wrap_socket(socket.socket(), server_hostname=HOST) as channel,
        pytest.raises(PinMismatch) as raised,
    ):
        channel.connect((HOST, server.port))

    assert isinstance(told(raised.value), NotTrusted)


def test_pins_hold_where_tls_is_spoken_through_a_buffer(
    issued: Issued, authority: Authority, rules: TlsRules
) -> None:
    """Tunnels of TLS in TLS do so."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(issued.certificate, issued.key)
    for der, holds in ((issued.der, True), (authority.issue(HOST).der, False)):
        there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = tls.context_of(pinned(rules, der))
        client = context.wrap_bio(back, there, server_hostname=HOST)
        server = serving.wrap_bio(there, back, server_side=True)
        with pytest.raises(ssl.SSLWantReadError):
            client.do_handshake()
        with pytest.raises(ssl.SSLWantReadError):
            server.do_handshake()
        if holds:
            client.do_handshake()
        else:
            with pytest.raises(PinMismatch):
                client.do_handshake()


def test_where_the_system_verifies_only_the_servers_own_pin_counts(
    issued: Issued, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "SYSTEM_VERIFIES", True)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert isinstance(tls.context_of(TlsRules()), truststore.SSLContext)
    with TlsServer(issued) as server:
        assert get(server.url, TlsRules(pins=(public_key_pin(issued.der),))) == 200
        with pytest.raises(NotTrusted, match="none of the keys"):
            get(server.url, TlsRules(pins=(public_key_pin(authority.der),)))


# --- through a proxy ------------------------------------------------------------------------------------


class Tunnel(socketserver.BaseRequestHandler):
    """A proxy that opens whatever tunnel it is asked for (RFC 9110 section 9.3.6)."""

    def handle(self) -> None:
        """Connect, say so, and carry both ways until one side has done."""
        request = self.request.recv(65_536).decode()
        host, _, port = request.split()[1].partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as there:
            self.request.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            ends = {self.request: there, there: self.request}
            while True:
                for end in select.select(list(ends), [], [], 5)[0]:
                    said = end.recv(65_536)
                    if not said:
                        return
                    ends[end].sendall(said)


@pytest.fixture
def proxy() -> Iterator[str]:
    with socketserver.ThreadingTCPServer((HOST, 0), Tunnel) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://{HOST}:{running.server_address[1]}"
        running.shutdown()
        thread.join(5)


def test_the_rules_hold_through_a_proxy(
    proxy: str, server: TlsServer, authority: Authority, rules: TlsRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("NO_PROXY", "")
    for wrong in (TlsRules(), pinned(rules, authority.issue(HOST).der)):
        with pytest.raises(NotTrusted):
            get(server.url, wrong)
    assert server.requests == []

    assert get(server.url, rules) == 200


# --- our own certificate --------------------------------------------------------------------------------


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_our_certificate_is_shown_where_it_is_asked_for(
    newest: ssl.TLSVersion, issued: Issued, authority: Authority, tmp_path: Path
) -> None:
    persons = Authority(tmp_path, "Persons")
    ours = persons.issue("reader.example", subject="reader")
    file = str(authority.file)
    showing = TlsRules("1.2", file, (), str(ours.certificate), str(ours.key))
    with TlsServer(issued, newest=newest, clients=persons.file) as server:
        assert get(server.url, showing) == 200


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_without_our_certificate_it_says_that_one_is_wanted(
    newest: ssl.TLSVersion, issued: Issued, authority: Authority, tmp_path: Path
) -> None:
    persons = Authority(tmp_path, "Persons")
    with TlsServer(issued, newest=newest, clients=persons.file) as server:
        error = refusal(server, TlsRules("1.2", str(authority.file)))

    assert isinstance(error, NotTrusted)
    assert "certificate of ours" in error.what or "this computer's certificate" in error.what


def test_a_certificate_of_ours_by_an_unknown_authority_is_told_as_such(
    issued: Issued, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path, "Strangers").issue("reader.example", subject="reader")
    showing = TlsRules("1.3", str(authority.file), (), str(stranger.certificate), str(stranger.key))
    with TlsServer(issued, clients=Authority(tmp_path, "Persons").file) as server:
        assert "this computer's certificate" in refusal(server, showing).what


# --- rules that can't be kept ---------------------------------------------------------------------------


def test_a_key_with_a_passphrase_is_refused_and_never_asked_for(issued: Issued, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    sealed = tmp_path / "sealed.key"
    sealed.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    )

    with pytest.raises(NotTrusted, match="without a passphrase"):
        tls.context_of(TlsRules(certificate=str(issued.certificate), key=str(sealed)))


@pytest.mark.parametrize(
    "rules",
    [
        TlsRules(minimum="1.1"),
        TlsRules(minimum=""),
        TlsRules(authorities="/nowhere.pem"),
        TlsRules(authorities=__file__),
        TlsRules(certificate="/nowhere.pem"),
    ],
)
def test_rules_that_cannot_be_kept_are_never_loosened(rules: TlsRules) -> None:
    with pytest.raises(NotTrusted) as raised:
        tls.context_of(rules)
    assert "/nowhere" not in str(raised.value)


# --- what isn't TLS, and what isn't ours to say -----------------------------------------------------------


def test_something_that_speaks_no_tls_is_no_question_of_trust(rules: TlsRules) -> None:
    with TlsServer(None, answer=lambda _: b"HTTP/1.1 302 Found\r\n\r\n") as server, pytest.raises(BadAnswer):
        get(server.url.replace("http:", "https:"), rules)


def test_a_handshake_that_takes_too_long_means_that_nothing_was_sent(rules: TlsRules) -> None:
    with socket.create_server((HOST, 0)) as listener, requests.Session() as session:
        session.mount("https://", tls.adapter_of(rules))
        with pytest.raises(requests.ConnectTimeout):
            session.get(f"https://{HOST}:{listener.getsockname()[1]}", timeout=0.05)


def test_a_handshake_that_breaks_off_means_that_nothing_was_sent(rules: TlsRules) -> None:
    with TlsServer(None, answer=lambda _: b"") as server, pytest.raises(requests.ConnectionError) as raised:
        get(server.url.replace("http:", "https:"), rules)

    assert isinstance(raised.value.args[0].reason, NewConnectionError)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (10, "expired"),
        (62, "another server's"),
        (-2146762495, "expired"),  # 0x800B0101 as a signed number
        (0x800B010F, "another server's"),
        (-67843, "No authority"),
        (12345, "could not prove"),
    ],
)
def test_the_numbers_of_every_system_become_words(code: int, word: str) -> None:
    error = ssl.SSLCertVerificationError("x")
    error.verify_code = code
    found = told(requests.exceptions.SSLError(OSError(error)), "archive.example")

    assert isinstance(found, NotTrusted)
    assert word in found.what


def test_an_error_without_a_tls_reason_is_left_to_others() -> None:
    assert told(OSError("connection reset")) is None
    assert told(ssl.SSLEOFError("EOF occurred in violation of protocol")) is None
