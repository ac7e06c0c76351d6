"""Requests over loopback, against a server that sends exactly the bytes that each test says."""

from __future__ import annotations

import base64
import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from scripted_http import CLOSE, RESET, Script, ScriptedHttp, Seen, Step, head, json_reply, reply
from tls_certificates import Authority

from workstation.archive import (
    ArchiveError,
    BadAnswer,
    Busy,
    Interrupted,
    NotAllowed,
    NotThere,
    NotTrusted,
    Refused,
    TlsRules,
    Truncated,
    Unreachable,
    tls,
)
from workstation.archive.web.transport import Ask, Authenticator, Patience, Transport

QUICK = Patience(connect=2, idle=0.2)
BINARY = "application/octet-stream"


@contextmanager
def talk(script: Script, **options: Any) -> Iterator[tuple[ScriptedHttp, Transport]]:  # noqa: ANN401  as Transport's
    with ScriptedHttp(script) as server, closing(Transport(server.url, **options)) as transport:
        yield server, transport


def always(*steps: Step) -> Script:
    return lambda _: steps


def fetched(script: Script, ask: Ask = Ask("studies"), patience: Patience = Patience()) -> bytes:  # noqa: B008
    """Return the body that a script answers with."""
    with talk(script, patience=patience) as (_server, transport), transport.send(ask) as answer:
        return b"".join(answer.chunks())


# --- what is sent ---------------------------------------------------------------------------------------


def test_a_request_says_what_it_accepts_and_asks_for_no_packing_of_pixels() -> None:
    with (
        ScriptedHttp(always(json_reply([]))) as server,
        closing(Transport(f"{server.url}/")) as transport,
    ):
        transport.json(Ask("studies", "PatientName=A*?,-&limit=1"))
        transport.send(Ask("studies/1", accept="x/y", packed=False)).close()

    listed, pixels = server.requests
    assert listed.target == "/dicom-web/studies?PatientName=A*?,-&limit=1"
    assert (listed.headers["accept"], listed.headers["accept-encoding"]) == ("application/dicom+json", "gzip")
    assert (pixels.headers["accept"], pixels.headers["accept-encoding"]) == ("x/y", "identity")
    assert "cookie" not in pixels.headers
    assert server.connections == 1


def test_passwords_in_the_home_folder_are_never_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password secret\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    with talk(always(json_reply([]))) as (server, transport):
        transport.json(Ask("studies"))

    assert "authorization" not in server.requests[0].headers


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, context: ssl.SSLContext
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    adapter = tls.adapter_of(TlsRules(authorities=str(authority.file)))

    assert fetched(always(reply(body=b"direct"))) == b"direct"
    with (
        ScriptedHttp(always(json_reply([])), context) as server,
        closing(Transport(server.url, adapter=adapter)) as transport,
    ):
        assert transport.json(Ask("studies")) == []


def test_an_https_archive_is_reached_through_the_proxy_s_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedHttp(always(reply(407), CLOSE)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "elsewhere.invalid,10.0.0.0/8")
        with closing(Transport("https://archive.invalid/dicom-web")) as transport, pytest.raises(Unreachable):
            transport.send(Ask("studies"))

    assert [(one.method, one.target) for one in proxy.requests] == [("CONNECT", "archive.invalid:443")]


@pytest.mark.parametrize(
    "base", ["http://archive.example/dicom-web", "http://10.0.0.1", "http://127.evil.net"]
)
def test_plain_http_leaves_for_no_other_machine(base: str) -> None:
    with pytest.raises(NotTrusted):
        Transport(base)


@pytest.mark.parametrize("base", ["http://localhost:8042/x", "http://127.0.0.2", "http://[::1]:80/dicom-web"])
def test_plain_http_is_fine_on_this_machine(base: str) -> None:
    Transport(base).close()


@pytest.mark.parametrize(
    "base",
    [
        "",
        "host/dicom-web",
        "ftp://host/",
        "https://",
        "https://me:pw@host/",
        "https://host:x/",
        "https://h/?a",
    ],
)
def test_an_address_that_is_none_is_refused(base: str) -> None:
    with pytest.raises(Unreachable):
        Transport(base)


# --- what a status means --------------------------------------------------------------------------------

STATUSES: list[tuple[int, type[ArchiveError]]] = [
    (401, NotAllowed), (403, NotAllowed), (404, NotThere), (410, NotThere), (429, Busy), (503, Busy),
    (400, Refused), (405, Refused), (406, Refused), (409, Refused), (413, Refused), (415, Refused),
    (500, ArchiveError), (502, ArchiveError), (504, ArchiveError), (408, ArchiveError),
    (511, BadAnswer), (304, BadAnswer), (206, BadAnswer), (202, BadAnswer), (299, BadAnswer),
]  # fmt: skip


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_a_status_becomes_the_error_that_it_stands_for(status: int, kind: type[ArchiveError]) -> None:
    with pytest.raises(ArchiveError) as raised:
        fetched(always(reply(status, b"DOE^JANE is unknown")))

    assert type(raised.value) is kind
    assert "DOE" not in str(raised.value)


def test_a_refusal_carries_the_archive_s_number() -> None:
    with pytest.raises(Refused) as raised:
        fetched(always(reply(413)))

    assert raised.value.code == 413


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7),
        ("", 0, 0),
        ("soon", 0, 0),
        ("-3", 0, 0),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", 0, 0),
        ("99999999", 86400, 86400),
    ],
)
def test_how_long_an_archive_asks_to_wait_is_heard(header: str, least: float, most: float) -> None:
    assert least <= seconds_asked_for(header) <= most


@pytest.mark.parametrize(("hours", "least", "most"), [(1, 3000, 3600), (-1, 0, 0)])
def test_an_hour_of_the_clock_is_heard_as_a_wait(hours: int, least: float, most: float) -> None:
    then = datetime.now(UTC) + timedelta(hours=hours)

    assert least <= seconds_asked_for(format_datetime(then, usegmt=True)) <= most


def seconds_asked_for(header: str) -> float:
    with pytest.raises(Busy) as raised:
        fetched(always(reply(503, Retry_After=header)))
    return raised.value.after


# --- who asks -------------------------------------------------------------------------------------------


class Renewing:
    """Gives a new token whenever one was refused, as long as it has some."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.refusals: list[Mapping[str, str]] = []

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.tokens[0]}"}

    def refused(self, sent: Mapping[str, str]) -> bool:
        self.refusals.append(sent)
        self.tokens = self.tokens[1:] or self.tokens
        return self.headers() != sent


def only(token: str) -> Script:
    def script(seen: Seen) -> Iterable[Step]:
        return [json_reply([]) if seen.headers.get("authorization") == f"Bearer {token}" else reply(401)]

    return script


def test_a_token_that_was_too_old_is_renewed_once() -> None:
    account: Authenticator = Renewing("old", "new")
    with (
        talk(only("new"), authenticator=account) as (server, transport),
    ):
        transport.json(Ask("studies", method="POST", body=b"once more"))

    assert [one.body for one in server.requests] == [b"once more"] * 2
    assert server.connections == 1


def test_a_second_refusal_is_told_and_not_tried_for_ever() -> None:
    account = Renewing("old", "newer", "newest")
    with talk(only("x"), authenticator=account) as (server, transport), pytest.raises(NotAllowed):
        transport.json(Ask("studies"))

    assert len(server.requests) == 2


def test_what_is_forbidden_is_not_asked_for_again() -> None:
    account = Renewing("old", "new")
    with (
        talk(always(reply(403)), authenticator=account) as (server, transport),
        pytest.raises(NotAllowed),
    ):
        transport.json(Ask("studies"))

    assert (len(server.requests), account.refusals) == (1, [])


# --- where it leads -------------------------------------------------------------------------------------


def moved(*places: str) -> Script:
    def script(seen: Seen) -> Iterable[Step]:
        if seen.path == "/dicom-web/studies":
            return [reply(302, Location=places[0])]
        number = int(seen.path.rpartition("/")[2])
        return [reply(307, Location=places[number]) if number < len(places) else json_reply([{}])]

    return script


def test_a_redirect_within_the_archive_is_followed_three_times_and_no_more() -> None:
    for count, fine in ((3, True), (4, False)):
        script = moved(*(f"/dicom-web/{number + 1}" for number in range(count)))
        with talk(script) as (server, transport):
            if fine:
                assert transport.json(Ask("studies")) == [{}]
            else:
                with pytest.raises(BadAnswer):
                    transport.json(Ask("studies"))
        assert len(server.requests) == 4


@pytest.mark.parametrize(
    "place",
    ["http://localhost:{port}/", "https://127.0.0.1:{port}/", "//127.0.0.1/", "", "http://[", "http://a:b/"],
)
def test_a_redirect_to_another_origin_is_never_followed(place: str) -> None:
    elsewhere: list[str] = []

    def script(seen: Seen) -> Iterable[Step]:
        elsewhere.append(seen.target)
        return [reply(302, Location=place.format(port=server.port))]

    account = Renewing("secret")
    with talk(script, authenticator=account) as (server, transport), pytest.raises(BadAnswer):
        transport.json(Ask("studies"))

    assert elsewhere == ["/dicom-web/studies"]


def test_what_is_stored_follows_no_redirect() -> None:
    with talk(always(reply(307, Location="/dicom-web/1"))) as (server, transport), pytest.raises(BadAnswer):
        transport.send(Ask("studies", method="POST", body=b"object"))

    assert len(server.requests) == 1


# --- whether the archive may have it ----------------------------------------------------------------------


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with closing(Transport(f"http://127.0.0.1:{port}/dicom-web")) as transport, pytest.raises(Unreachable):
        transport.send(Ask("studies"))


def test_a_host_that_has_no_address_can_t_be_reached() -> None:
    with closing(Transport("https://archive.invalid/dicom-web")) as transport, pytest.raises(Unreachable):
        transport.send(Ask("studies"))


def test_a_handshake_that_breaks_off_has_sent_nothing() -> None:
    with (
        ScriptedHttp(always(CLOSE)) as server,
        closing(Transport(f"https://127.0.0.1:{server.port}/")) as transport,
        pytest.raises((Unreachable, BadAnswer)),
    ):
        transport.send(Ask("studies"))


@pytest.mark.parametrize("end", [CLOSE, RESET])
def test_a_post_that_gets_no_answer_may_have_arrived_and_is_not_repeated(end: Step) -> None:
    with talk(always(end)) as (server, transport), pytest.raises(Interrupted):
        transport.send(Ask("studies", method="POST", body=b"x" * 1000))

    assert len(server.requests) == 1


def test_a_get_on_a_connection_that_the_server_closed_meanwhile_is_repeated_once() -> None:
    def script(_: Seen) -> Iterable[Step]:
        return [json_reply([])] if len(server.requests) != 2 else [RESET]

    with talk(script) as (server, transport):
        transport.json(Ask("first"))
        transport.json(Ask("second"))

    assert [one.path for one in server.requests] == [
        "/dicom-web/first",
        "/dicom-web/second",
        "/dicom-web/second",
    ]


def test_a_server_that_always_closes_is_asked_twice_and_no_more() -> None:
    with talk(always(CLOSE)) as (server, transport), pytest.raises(Interrupted) as raised:
        transport.json(Ask("studies", "PatientName=DOE"))

    assert len(server.requests) == 2
    assert "DOE" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    silence = threading.Event()
    with pytest.raises(Interrupted):
        fetched(always(silence), patience=QUICK)
    silence.set()


@pytest.mark.parametrize(
    "noise", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00" * 100 + b"\n", b"HTTP/1.1 x y\r\n\r\n"]
)
def test_what_speaks_no_http_is_no_archive(noise: bytes) -> None:
    with pytest.raises(BadAnswer):
        fetched(always(noise, CLOSE))


# --- bodies and their ends --------------------------------------------------------------------------------


def chunked(*parts: bytes, is_whole: bool = True) -> bytes:
    written = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return (
        head(Transfer_Encoding="chunked", Content_Type=BINARY) + written + (b"0\r\n\r\n" if is_whole else b"")
    )


def test_every_way_to_send_a_body_gives_the_same() -> None:
    body = bytes(range(256)) * 2000
    inflated = zlib.compress(body)
    ways: list[list[Step]] = [
        [reply(body=body)],
        [head() + body, CLOSE],
        [chunked(body[:7], body[7:100_000], body[100_000:])],
        [reply(body=gzip.compress(body), Content_Encoding="gzip")],
        [reply(body=gzip.compress(body[:9]) + gzip.compress(body[9:]), Content_Encoding="x-gzip")],
        [head(Content_Encoding="gzip") + gzip.compress(body), CLOSE],
        [reply(body=inflated, Content_Encoding="deflate")],
        [reply(body=body, Content_Encoding="identity")],
    ]

    for steps in ways:
        assert fetched(always(*steps)) == body


@pytest.mark.parametrize("end", [CLOSE, RESET])
@pytest.mark.parametrize(
    "cut",
    [
        head(Content_Length="10") + b"123456789",
        chunked(b"12345", is_whole=False),
        chunked(b"12345", is_whole=False) + b"7\r\n123",
        reply(body=gzip.compress(b"x" * 1000, mtime=0)[:-1], Content_Encoding="gzip"),
        head(Content_Encoding="gzip") + gzip.compress(b"x" * 1000, mtime=0)[:-9],
        reply(Content_Encoding="gzip"),
    ],
)
def test_a_body_that_is_cut_is_noticed(cut: bytes, end: Step) -> None:
    with pytest.raises(Truncated):
        fetched(always(cut, end))


def test_a_body_that_stops_coming_is_cut() -> None:
    more = threading.Event()
    with pytest.raises(Truncated):
        fetched(always(head(Content_Length="10") + b"12345", more), patience=QUICK)
    more.set()


def test_a_body_that_dribbles_is_given_up_by_what_waiting_it_cost() -> None:
    ticks = iter(range(0, 10_000, 10))  # each look at the clock costs ten seconds
    patience = Patience(grace=5, slowest=1000)
    with (
        talk(always(reply(body=b"x" * 100)), patience=patience, clock=lambda: float(next(ticks))) as (
            _,
            transport,
        ),
        transport.send(Ask("studies")) as answer,
        pytest.raises(Truncated),
    ):
        list(answer.chunks())


def test_a_large_body_may_take_its_time() -> None:
    ticks = iter(range(0, 10_000, 10))
    patience = Patience(grace=11, slowest=1.0)
    with (
        talk(always(reply(body=b"x" * 1_000_000)), patience=patience, clock=lambda: float(next(ticks))) as (
            _,
            transport,
        ),
        transport.send(Ask("studies")) as answer,
    ):
        assert sum(map(len, answer.chunks())) == 1_000_000


def test_a_body_packed_as_nobody_asked_is_refused() -> None:
    with pytest.raises(BadAnswer):
        fetched(always(reply(body=b"x", Content_Encoding="br")))
    with pytest.raises(BadAnswer):
        fetched(always(reply(body=b"no gzip at all", Content_Encoding="gzip")))


def test_a_small_body_that_unpacks_to_a_huge_one_comes_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    with (
        talk(always(reply(body=bomb, Content_Encoding="gzip"))) as (_server, transport),
        transport.send(Ask("studies")) as answer,
    ):
        assert max(map(len, answer.chunks())) <= 1 << 18


def test_an_answer_larger_than_it_can_be_is_refused() -> None:
    with (
        talk(always(reply(body=b"x" * 2000))) as (_, transport),
        transport.send(Ask("studies")) as answer,
        pytest.raises(BadAnswer),
    ):
        answer.whole(1999)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[1, 2", Truncated),
        (b'[{"00100010": {"vr": "PN", "Value": [{"Alpha', Truncated),
        (b'[{"a": [1]}', Truncated),
        (b"[1 2]", BadAnswer),
        (b"[" * 100_000 + b"]", BadAnswer),
        (b'["\xff"]', BadAnswer),
    ],
)
def test_json_that_is_cut_is_told_from_json_that_is_wrong(body: bytes, kind: type[ArchiveError]) -> None:
    with (
        talk(always(head(Content_Type="application/dicom+json") + body, CLOSE)) as (_server, transport),
        pytest.raises(ArchiveError) as raised,
    ):
        transport.json(Ask("studies"))

    assert type(raised.value) is kind


def test_no_content_is_an_empty_answer() -> None:
    for answer in (reply(204), reply(Content_Type="application/dicom+json")):
        with talk(always(answer)) as (_server, transport):
            assert transport.json(Ask("studies")) is None


def test_a_page_of_a_hotel_is_no_archive() -> None:
    page = reply(body=b"<html>Welcome! Please accept our terms.</html>", Content_Type="text/html")
    with talk(always(page)) as (_, transport), pytest.raises(BadAnswer, match="sign in to that network"):
        transport.json(Ask("studies"))


# --- many at once, and the end ----------------------------------------------------------------------------


def test_closing_wakes_whoever_waits_for_an_answer_or_for_more_of_one() -> None:
    later, waiting = threading.Event(), threading.Barrier(3)

    def script(seen: Seen) -> Iterable[Step]:
        begun = [] if seen.path.endswith("silent") else [head(Content_Length="100") + b"begun"]
        return [*begun, later]

    outcomes: list[ArchiveError] = []

    def ask(path: str) -> None:
        try:
            if path == "silent":
                waiting.wait(10)
                transport.send(Ask(path)).close()
                return
            with transport.send(Ask(path)) as answer:
                chunks = answer.chunks()
                next(chunks)
                waiting.wait(10)
                next(chunks)
        except ArchiveError as error:
            outcomes.append(error)

    with ScriptedHttp(script) as server:
        transport = Transport(server.url)
        threads = [threading.Thread(target=ask, args=(path,)) for path in ("silent", "begun")]
        for thread in threads:
            thread.start()
        waiting.wait(10)
        while len(server.requests) < 2:
            time.sleep(0.001)
        transport.close()
        for thread in threads:
            thread.join(10)
        later.set()

    assert [type(one) for one in outcomes] == [Interrupted, Interrupted]
    assert not any(thread.is_alive() for thread in threads)


def test_a_body_that_ends_because_we_closed_is_not_whole() -> None:
    later = threading.Event()
    with ScriptedHttp(always(head() + b"no length", later)) as server:
        transport = Transport(server.url)
        with transport.send(Ask("studies")) as answer:
            chunks = answer.chunks()
            assert next(chunks) == b"no length"
            transport.close()
            with pytest.raises(Interrupted):
                next(chunks)
        later.set()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def context(authority: Authority) -> ssl.SSLContext:
    issued = authority.issue("127.0.0.1")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(issued.certificate, issued.key)
    return made


def test_closing_ends_an_answer_under_tls_just_the_same(
    authority: Authority, context: ssl.SSLContext
) -> None:
    later = threading.Event()
    adapter = tls.adapter_of(TlsRules(authorities=str(authority.file)))
    script = always(head(Content_Length="100") + b"begun", later)
    with (
        ScriptedHttp(script, context) as server,
        closing(Transport(server.url, adapter=adapter)) as transport,
        transport.send(Ask("studies")) as answer,
    ):
        chunks = answer.chunks()
        assert next(chunks) == b"begun"
        threading.Timer(0.05, transport.close).start()
        with pytest.raises(Interrupted):
            next(chunks)
        later.set()


def test_a_server_that_nobody_vouches_for_gets_no_request(tmp_path: Path, context: ssl.SSLContext) -> None:
    adapter = tls.adapter_of(TlsRules(authorities=str(Authority(tmp_path, "Another").file)))
    with (
        ScriptedHttp(always(json_reply([])), context) as server,
        closing(Transport(server.url, adapter=adapter)) as transport,
        pytest.raises(NotTrusted),
    ):
        transport.json(Ask("studies"))

    assert server.requests == []


def test_after_closing_nothing_is_sent() -> None:
    with ScriptedHttp(always(json_reply([]))) as server:
        transport = Transport(server.url)
        transport.json(Ask("studies"))
        transport.close()
        with pytest.raises(Unreachable):
            transport.json(Ask("studies"))

    assert len(server.requests) == 1


def test_an_answer_that_is_given_up_takes_its_connection_along() -> None:
    later = threading.Event()
    body = head(Content_Length="1000000") + b"x" * 1000

    def script(seen: Seen) -> Iterable[Step]:
        return [body, later, CLOSE] if seen.path.endswith("large") else [json_reply([])]

    with talk(script) as (server, transport):
        with transport.send(Ask("large")) as answer:
            next(answer.chunks())
        transport.json(Ask("small"))
        later.set()

    assert server.connections == 2


def test_several_threads_share_one_transport() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        return [reply(body=seen.path.encode() * 1000)]

    wrong: list[int] = []

    def ask(number: int) -> None:
        for _ in range(20):
            with transport.send(Ask(str(number))) as answer:
                if answer.whole(1 << 20) != f"/dicom-web/{number}".encode() * 1000:
                    wrong.append(number)

    with talk(script) as (server, transport):
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert wrong == []
    assert len(server.requests) == 160


def test_basic_credentials_pass_as_they_are() -> None:
    class Basic:
        def headers(self) -> Mapping[str, str]:
            return {"Authorization": "Basic " + base64.b64encode(b"me:pw").decode()}

        def refused(self, sent: Mapping[str, str]) -> bool:
            del sent
            return False

    with (
        talk(always(json_reply([])), authenticator=Basic()) as (server, transport),
    ):
        transport.json(Ask("studies"))

    assert server.requests[0].headers["authorization"] == "Basic bWU6cHc="
