from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import closing

import pytest
from dicom_json import item
from scripted_http import ScriptedHttp, Seen, Step, json_reply, reply

from workstation.archive import (
    Address,
    ArchiveError,
    Claim,
    Connection,
    Endpoint,
    NotAllowed,
    NotOffered,
    NotThere,
    Outgoing,
    Query,
    Reference,
    Settled,
    Speech,
    Unreachable,
    Wanted,
)
from workstation.archive.web import Capabilities, Known, connect
from workstation.archive.web.known import STANDS


def address(product: str = "orthanc", speech: Speech = Speech.DICOMWEB, **overrides: str) -> Address:
    return Address("a", "Archive", speech, (), product=product, overrides=overrides)


def archive(seen: Seen) -> Iterable[Step]:
    if seen.method == "POST":
        return [json_reply(item(ReferencedSOPSequence=[{"ReferencedSOPInstanceUID": "3.1"}]))]
    match seen.path.removeprefix("/dicom-web/").split("/"):
        case ["studies", "1.1"]:
            kind = 'multipart/related; type="application/dicom"; boundary=B'
            return [
                reply(body=b"--B\r\nContent-Type: application/dicom\r\n\r\nfile\r\n--B--", Content_Type=kind)
            ]
        case [*_, "rendered"]:
            return [reply(body=b"\xff\xd8\xff", Content_Type="image/jpeg")]
        case ["workitems"]:
            return [reply(404)]
        case _:
            uids = {"StudyInstanceUID": "1.1", "SeriesInstanceUID": "2.1", "SOPInstanceUID": "3.1"}
            return [json_reply([item(**uids)])]


def test_both_doors_of_an_archive_open() -> None:
    with ScriptedHttp(archive) as server:
        connection: Connection = connect(address(), Endpoint("home", url=server.url))
        with closing(connection):
            connection.echo()
            images, work = connection.images, connection.work
            assert [one.study.uid for one in images.search(Query()).studies] == ["1.1"]
            assert images.metadata("1.1").count == 1
            assert [b"".join(part) for part in images.retrieve(Wanted("1.1"))] == [b"file"]
            assert images.thumbnail(Wanted("1.1", "2.1", "3.1"), 64) == b"\xff\xd8\xff"
            outgoing = Outgoing("3.1", "1.2", "1.1", "2.1", "1.2.840.10008.1.2.1", memoryview(b"x"))
            assert images.store([outgoing])[0].settled is Settled.STORED
            assert images.verify([Reference("1.1", "2.1", "3.1")]) == {"3.1"}
            claim = Claim("5.1", "2.25.1")
            for act in (
                work.tasks,
                lambda: work.claim("5.1", "2.25.1", "ROE"),
                lambda: work.release(claim, ""),
                lambda: work.complete(claim, []),
                lambda: work.commit([]),
            ):
                with pytest.raises(NotOffered):
                    act()

    assert server.requests[0].target == "/dicom-web/studies?limit=1"


def test_setting_up_sends_nothing_and_a_known_product_isn_t_probed() -> None:
    with (
        ScriptedHttp(archive) as server,
        closing(connect(address(), Endpoint("x", url=server.url))) as connection,
    ):
        assert server.requests == []
        assert connection.capabilities.modality_lists
        assert server.requests == []


def test_an_unknown_product_is_probed_once_whoever_comes_first() -> None:
    begun = threading.Event()
    found: list[Capabilities] = []

    def script(seen: Seen) -> Iterable[Step]:
        return [begun, *archive(seen)]

    with (
        ScriptedHttp(script) as server,
        closing(connect(address("", page_size="7"), Endpoint("x", url=server.url))) as connection,
    ):
        threads = [threading.Thread(target=lambda: found.append(connection.capabilities)) for _ in range(5)]
        for thread in threads:
            thread.start()
        time.sleep(0.05)  # all of them would ask by now, if they did
        begun.set()
        for thread in threads:
            thread.join(10)

    assert len(set(found)) == 1
    assert (found[0].rendered, found[0].page_size) == (True, 7)
    assert sum(one.path.endswith("/rendered") for one in server.requests) == 1


def test_what_one_connection_finds_out_another_knows() -> None:
    known = Known()
    with ScriptedHttp(archive) as server:
        endpoint = Endpoint("x", url=server.url)
        with closing(connect(address(""), endpoint, known=known)) as first:
            found = first.capabilities
        asked = len(server.requests)
        with closing(connect(address(""), endpoint, known=known)) as second:
            assert second.capabilities is found
        assert len(server.requests) == asked > 0


def test_an_archive_that_was_empty_is_asked_again_after_a_minute() -> None:
    now, is_empty = [0.0], [True]
    known = Known(clock=lambda: now[0])

    def script(seen: Seen) -> Iterable[Step]:
        return [json_reply([])] if is_empty[0] and seen.path.endswith("/studies") else archive(seen)

    with (
        ScriptedHttp(script) as server,
        closing(connect(address(""), Endpoint("x", url=server.url), known=known)) as connection,
    ):
        found = []
        for is_empty[0], now[0] in ((True, 0.0), (False, STANDS - 1), (False, STANDS), (True, 2 * STANDS)):
            found.append(connection.capabilities.rendered)

    assert found == [False, False, True, True]


@pytest.mark.parametrize(
    ("answer", "is_doubted"),
    [(reply(400), True), (reply(body=b"<html>", Content_Type="text/html"), True), (reply(503), False)],
)
def test_an_answer_that_contradicts_what_is_known_has_it_found_out_anew(
    answer: bytes, *, is_doubted: bool
) -> None:
    now = [0.0]
    known, found = Known(clock=lambda: now[0]), Capabilities()
    known.learn(found)
    with (
        ScriptedHttp(lambda _: [answer]) as server,
        closing(connect(address(""), Endpoint("x", url=server.url), known=known)) as connection,
    ):
        for age, after in ((STANDS / 2, found), (2 * STANDS, None if is_doubted else found)):
            now[0] = age
            with pytest.raises(ArchiveError):
                list(connection.images.retrieve(Wanted("1.1")))
            assert known.traits is after


def test_a_list_of_tasks_that_is_gone_contradicts_what_is_known() -> None:
    now = [0.0]
    known = Known(clock=lambda: now[0])
    known.learn(Capabilities(workitems=True))
    now[0] = 2 * STANDS
    with (
        ScriptedHttp(archive) as server,
        closing(connect(address(""), Endpoint("x", url=server.url), known=known)) as connection,
    ):
        with pytest.raises(NotThere):
            connection.work.tasks()
        with pytest.raises(NotOffered):
            connection.work.tasks()


def test_an_archive_that_could_not_be_probed_is_probed_again() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        return [reply(503)] if len(server.requests) == 1 else archive(seen)

    with (
        ScriptedHttp(script) as server,
        closing(connect(address(""), Endpoint("x", url=server.url))) as connection,
    ):
        with pytest.raises(ArchiveError):
            connection.images.search(Query())
        assert connection.images.search(Query()).studies


def test_who_asks_is_proven_with_every_request() -> None:
    class Token:
        def headers(self) -> Mapping[str, str]:
            return {"Authorization": "Bearer t"}

        def refused(self, sent: Mapping[str, str]) -> bool:
            del sent
            return False

    with (
        ScriptedHttp(lambda _: [reply(401)]) as server,
        closing(connect(address(), Endpoint("x", url=server.url), authenticator=Token())) as connection,
        pytest.raises(NotAllowed),
    ):
        connection.echo()

    assert server.requests[0].headers["authorization"] == "Bearer t"


def test_a_closed_connection_reaches_nobody() -> None:
    with ScriptedHttp(archive) as server:
        connection = connect(address(), Endpoint("x", url=server.url))
        connection.close()
        with pytest.raises(Unreachable):
            connection.echo()


def test_an_archive_that_speaks_otherwise_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="over the web"):
        connect(address(speech=Speech.DIMSE), Endpoint("x", url="http://127.0.0.1/"))
