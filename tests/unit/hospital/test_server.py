"""The transport: who is let in, how requests and answers are framed, many at once."""

from __future__ import annotations

import http.client
import socket
import threading

import pytest
from hospital_visitor import FILES, Visitor, value

from workstation.hospital import Hospital
from workstation.phantoms import PhantomStudy


def _raw(visitor: Visitor, request: bytes) -> bytes:
    """Send bytes, and return all that comes until the other side closes."""
    with socket.create_connection(visitor.address, timeout=60) as channel:
        channel.sendall(request)
        channel.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: channel.recv(65_536), b""))


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", "Basic {token}", "{token}", "bearer \xff"]
)
def test_strangers_are_not_let_in(visitor: Visitor, authorization: str) -> None:
    reply = visitor.ask("studies", headers={"Authorization": authorization.format(token=visitor.token)})

    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert b"PH-" not in reply.body


def test_the_scheme_s_name_is_known_in_any_case(visitor: Visitor) -> None:
    assert visitor.ask("studies", headers={"Authorization": f"bEARER {visitor.token}"}).status == 200


def test_each_opening_has_a_token_of_its_own_that_cannot_be_guessed(hospital: Hospital) -> None:
    assert len(hospital.token) >= 43  # 256 bits in base64


def test_it_listens_on_loopback_alone(hospital: Hospital) -> None:
    assert hospital.url.startswith("http://127.0.0.1:")
    assert hospital._server.socket.getsockname()[0] == "127.0.0.1"


def test_one_connection_carries_many_requests(visitor: Visitor) -> None:
    connection = visitor.connection()
    try:
        bodies = {visitor.ask("studies", on=connection).body for _ in range(3)}
        channel = connection.sock
        visitor.ask("studies/1.2.3/metadata", on=connection)  # an error doesn't end it

        assert connection.sock is channel is not None
        assert len(bodies) == 1
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["studies", "studies/{}", "studies/{}/metadata", "workitems"])
def test_a_head_is_a_get_without_the_body(
    visitor: Visitor, studies: dict[str, PhantomStudy], path: str
) -> None:
    place = path.format(studies["wrist-xr"].study_uid)
    get, head = (visitor.ask(place, method, headers={"Accept": "*/*"}) for method in ("GET", "HEAD"))

    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"] == str(len(get.body))


def test_nothing_follows_the_head_of_a_head(visitor: Visitor) -> None:
    request = f"HEAD /dicom-web/studies HTTP/1.1\r\nAuthorization: Bearer {visitor.token}\r\n\r\n"

    assert _raw(visitor, request.encode()).endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("studies", "GET, POST, HEAD, OPTIONS"),
        ("studies/1.2/metadata", "GET, HEAD, OPTIONS"),
        ("workitems/1.2/state", "PUT, OPTIONS"),
    ],
)
def test_what_a_resource_answers_it_says(visitor: Visitor, path: str, allowed: str) -> None:
    options, delete = visitor.ask(path, "OPTIONS"), visitor.ask(path, "DELETE")

    assert (options.status, options.headers["Allow"]) == (204, allowed)
    assert (delete.status, delete.headers["Allow"]) == (405, allowed)


def test_an_answer_without_content_says_no_length(visitor: Visitor) -> None:
    """RFC 9110 8.6: a 204 has no Content-Length."""
    reply = visitor.ask("studies?PatientID=nobody")

    assert reply.status == 204
    assert reply.headers["Content-Length"] is None


@pytest.mark.parametrize("path", ["", "nothing", "studies/1/nothing", "studies/", "../studies"])
def test_what_is_no_resource_is_not_found(visitor: Visitor, path: str) -> None:
    reply = visitor.ask(path)

    assert (reply.status, reply.headers["Content-Type"]) == (
        (200, "application/dicom+json") if path == "studies/" else (404, "text/plain; charset=utf-8")
    )


@pytest.mark.parametrize("target", ["http://[x/studies", "//[", "*", "/%ff%00", "?"])
def test_a_target_that_is_no_path_of_ours_is_not_found(visitor: Visitor, target: str) -> None:
    request = f"GET {target} HTTP/1.1\r\nAuthorization: Bearer {visitor.token}\r\n\r\n"

    assert _raw(visitor, request.encode()).startswith(b"HTTP/1.1 404")


def test_a_method_that_nobody_knows_is_answered_in_plain_text(visitor: Visitor) -> None:
    reply = visitor.ask("studies", "BREW")

    assert reply.status == 501
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert reply.headers["Connection"] == "close"


def test_a_body_in_chunks_is_read_whole(visitor: Visitor) -> None:
    head = (
        f"POST /dicom-web/studies HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {visitor.token}\r\n"
        'Content-Type: multipart/related; type="application/dicom"; boundary=b\r\n'
        "Transfer-Encoding: chunked\r\n\r\n"
    ).encode()
    body = b"--b\r\nContent-Type: application/dicom\r\n\r\nno DICOM\r\n--b--"
    chunks = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:]))
    answer = _raw(visitor, head + chunks + b"0\r\nTrailer: x\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 409")
    assert b'"00081197"' in answer


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ("Content-Length: many\r\n", b"", b"400"),
        ("Content-Length: -1\r\n", b"", b"400"),
        ("Content-Length: 99999999999\r\n", b"", b"413"),
        ("Transfer-Encoding: chunked\r\n", b"ffffffffff\r\n", b"413"),
        ("Transfer-Encoding: chunked\r\n", b"-1\r\n", b"413"),
        ("Transfer-Encoding: chunked\r\n", b"many\r\n", b"400"),
    ],
)
def test_a_body_that_cannot_be_framed_ends_the_connection(
    visitor: Visitor, headers: str, body: bytes, status: bytes
) -> None:
    head = f"POST /dicom-web/studies HTTP/1.1\r\nAuthorization: Bearer {visitor.token}\r\n{headers}\r\n"
    answer = _raw(visitor, head.encode() + body)

    assert answer.split()[1] == status
    assert b"Connection: close" in answer


def test_a_body_that_ends_early_stores_nothing_and_is_not_answered(visitor: Visitor) -> None:
    headers = f"Authorization: Bearer {visitor.token}\r\nContent-Length: 9"
    request = f"POST /dicom-web/studies HTTP/1.1\r\n{headers}\r\n\r\nhalf"

    assert _raw(visitor, request.encode()) == b""


def test_a_stranger_with_a_large_body_is_told_why_it_is_not_taken(visitor: Visitor) -> None:
    """Closing on what is still coming would reset the connection, and the answer would be lost."""
    reply = visitor.ask("studies", "POST", bytes(16 << 20), {"Authorization": "Bearer wrong"})

    assert reply.status == 401


def test_what_is_no_http_is_refused_in_plain_text(visitor: Visitor) -> None:
    assert b"text/plain" in _raw(visitor, b"GET / HTTP/1.1 and more\r\n\r\n")


def test_a_fault_in_the_rules_is_an_answer_without_a_text_of_its_own(
    hospital: Hospital, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_request: object) -> None:
        raise ValueError("DOE^JANE")

    monkeypatch.setattr(hospital._server, "routes", broken)
    reply = visitor.ask("studies")

    assert reply.status == 500
    assert b"DOE" not in reply.body


def test_many_ask_at_once(visitor: Visitor, studies: dict[str, PhantomStudy]) -> None:
    study = studies["head-ct-prior"].study_uid
    places = [
        f"studies/{study}/series/{value(record, '0020000E')}/instances/{value(record, '00080018')}"
        for record in visitor.ask(f"studies/{study}/metadata").json
    ]
    sizes: list[int] = []
    open_connections: list[http.client.HTTPConnection] = [visitor.connection() for _ in range(24)]

    def get(connection: http.client.HTTPConnection) -> None:
        sizes.extend(
            len(visitor.ask(place, headers={"Accept": FILES}, on=connection).body) for place in places
        )

    askers = [threading.Thread(target=get, args=(connection,)) for connection in open_connections]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    for connection in open_connections:
        connection.close()

    assert len(sizes) == 24 * len(places)
    assert min(sizes) > 512 * 512 * 2
