from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from dimse_peer import FIND, HASTY, HOST, MR, PLAIN, VERIFICATION, DimsePeer, raw_peer
from tls_certificates import Authority

from workstation.archive import (
    ArchiveError,
    BadAnswer,
    Busy,
    NotAllowed,
    NotOffered,
    NotTrusted,
    TlsRules,
    Unreachable,
    tls,
)
from workstation.archive.dimse.association import Context, Patience, Route
from workstation.archive.dimse.opening import open_association

ECHO = Context(VERIFICATION, PLAIN)


def route(port: int, **changed: object) -> Route:
    given: dict[str, object] = {"patience": HASTY, **changed}
    return Route("the archive", HOST, port, "PEER", "LUMEN", **given)  # type: ignore[arg-type]  # one dict for all


def rejecting(result: int, source: int, reason: int) -> Callable[[socket.socket], None]:
    """Return a peer that sends an A-ASSOCIATE-RJ, byte for byte as PS3.8 9.3.4 draws it."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(bytes([0x03, 0, 0, 0, 0, 4, 0, result, source, reason]))
        connection.recv(1)

    return serve


@pytest.mark.parametrize(
    ("result", "source", "reason", "error", "words"),
    [  # PS3.8 table 9-21
        (1, 1, 7, NotAllowed, "no archive by the AE title PEER"),
        (1, 1, 3, NotAllowed, "doesn't know this workstation by the AE title LUMEN"),
        (1, 1, 1, NotAllowed, "gave no reason"),
        (2, 3, 2, Busy, "no further connection"),
        (1, 3, 1, Busy, "no further connection"),
        (2, 1, 1, Busy, "no further connection"),
        (1, 2, 2, BadAnswer, "doesn't understand"),
    ],
)
def test_each_rejection_says_whose_matter_it_is(
    result: int, source: int, reason: int, error: type[ArchiveError], words: str
) -> None:
    with raw_peer(rejecting(result, source, reason)) as port, pytest.raises(error, match=words):
        open_association(route(port), (ECHO,))


def test_where_nobody_listens_the_archive_is_unreachable() -> None:
    with socket.create_server((HOST, 0)) as listening:
        port = int(listening.getsockname()[1])

    with pytest.raises(Unreachable, match="can't be reached"):
        open_association(route(port), (ECHO,))


def test_a_name_that_leads_nowhere_makes_it_unreachable() -> None:
    nowhere = Route("the archive", "archive.invalid", 104, "PEER", "LUMEN", patience=HASTY)

    with pytest.raises(Unreachable, match="can't be reached"):
        open_association(nowhere, (ECHO,))


def test_one_who_hangs_up_before_an_answer_was_never_asked() -> None:
    with raw_peer(lambda _: None) as port, pytest.raises(Unreachable, match="before anything was asked"):
        open_association(route(port), (ECHO,))


def test_one_who_takes_the_request_and_says_nothing_is_given_up() -> None:
    patience = Patience(connect=5, negotiate=0.2, silence=20)

    with raw_peer(_drain) as port, pytest.raises(Unreachable):
        open_association(route(port, patience=patience), (ECHO,))


def test_a_web_server_is_told_from_an_archive() -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")

    with raw_peer(serve) as port, pytest.raises(BadAnswer, match="doesn't speak DICOM"):
        open_association(route(port), (ECHO,))


def test_an_archive_that_accepts_nothing_doesnt_offer_it() -> None:
    with DimsePeer((FIND,)) as peer, pytest.raises(NotOffered):
        open_association(peer.route, (ECHO,))


def test_what_is_accepted_is_known_with_its_syntax_and_its_role() -> None:
    proposed = (
        Context(FIND, PLAIN),
        Context(MR, ("1.2.840.10008.1.2.4.80",), provides=True),
        Context(MR, ("1.2.840.10008.1.2.1",), provides=True),
        ECHO,
    )

    with DimsePeer((FIND, (MR, ("1.2.840.10008.1.2.1",)))) as peer:
        association = open_association(peer.route, proposed)
        accepted = association.contexts
        association.release()

    assert accepted == (
        Context(FIND, ("1.2.840.10008.1.2.1",), number=1),
        Context(MR, ("1.2.840.10008.1.2.1",), provides=True, number=5),
    )


def test_an_archive_that_leaves_us_no_role_to_provide_storage_in_will_send_nothing() -> None:
    proposed = (Context(FIND, PLAIN), Context(MR, PLAIN, provides=True))

    with DimsePeer((FIND, MR), roles=False) as peer:
        association = open_association(peer.route, proposed)
        accepted = [one.sop_class for one in association.contexts]
        association.release()

    assert accepted == [FIND]


def test_over_tls_an_archive_proves_itself(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    issued = authority.issue(HOST)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(issued.certificate, issued.key)
    context = tls.context_of(TlsRules(authorities=str(authority.file)))

    with DimsePeer((VERIFICATION,), tls=server) as peer:
        association = open_association(route(peer.port, context=context), (ECHO,))
        assert association.accepted(VERIFICATION)
        association.release()


def test_over_tls_a_stranger_gets_nothing(tmp_path: Path) -> None:
    issued = Authority(tmp_path, "one").issue(HOST)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(issued.certificate, issued.key)
    context = tls.context_of(TlsRules(authorities=str(Authority(tmp_path, "another").file)))

    def serve(connection: socket.socket) -> None:
        with pytest.raises(ssl.SSLError), server.wrap_socket(connection, server_side=True) as secure:
            secure.recv(1)

    with raw_peer(serve) as port, pytest.raises(NotTrusted, match="No authority that this computer knows"):
        open_association(route(port, context=context), (ECHO,))


def test_one_who_speaks_no_tls_is_told_from_one_who_is_not_trusted(tmp_path: Path) -> None:
    context = tls.context_of(TlsRules(authorities=str(Authority(tmp_path).file)))

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(bytes([0x07, 0, 0, 0, 0, 4, 0, 0, 2, 0]))  # A-ABORT (PS3.8 9.3.8)

    with raw_peer(serve) as port, pytest.raises(BadAnswer, match="speaks no TLS"):
        open_association(route(port, context=context), (ECHO,))


def _drain(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass
