from __future__ import annotations

import email
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import Any

import pytest
from dicom_json import item
from scripted_http import CLOSE, Script, ScriptedHttp, Seen, Step, json_reply, reply

from workstation.archive import (
    ArchiveError,
    BadAnswer,
    Busy,
    Interrupted,
    NotAllowed,
    NotOffered,
    Outgoing,
    Reference,
    Settled,
    StoreAnswer,
)
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.store import Envelope, store, verify
from workstation.archive.web.transport import Transport

ONE_BY_ONE = Capabilities(store_count=1)


def outgoing(uid: str, data: bytes = b"") -> Outgoing:
    return Outgoing(uid, "1.2.840.1", "1", "2", "1.2.840.10008.1.2.1", memoryview(data or uid.encode()))


THREE = [outgoing("3.1"), outgoing("3.2"), outgoing("3.3")]


def sent(seen: Seen) -> list[bytes]:
    """Return the objects of a request, as the standard library reads its envelope."""
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + seen.body)
    return [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]  # type: ignore[misc]  # bytes


def answering(stored: Iterable[str] = (), failed: Iterable[tuple[str, int]] = ()) -> dict[str, Any]:
    return item(
        ReferencedSOPSequence=[{"ReferencedSOPInstanceUID": uid} for uid in stored],
        FailedSOPSequence=[{"ReferencedSOPInstanceUID": uid, "FailureReason": code} for uid, code in failed],
    )


def stored(
    script: Script,
    objects: Sequence[Outgoing] = THREE,
    traits: Capabilities = Capabilities(),  # noqa: B008  it is frozen
) -> tuple[list[Settled], list[Seen], tuple[StoreAnswer, ...]]:
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        answers = store(transport, traits, objects)
    assert [one.uid for one in answers] == [one.uid for one in objects]
    return [one.settled for one in answers], server.requests, answers


def keeping(*, refuse: Callable[[bytes], bool] = lambda _: False) -> Script:
    """Return an archive that keeps what it isn't told to refuse, and refuses a whole batch for one."""

    def script(seen: Seen) -> Iterable[Step]:
        uids = [one.decode() for one in sent(seen)]
        bad = [uid for uid in uids if refuse(uid.encode())]
        return [json_reply(answering(set(uids) - set(bad)), 400 if bad else 200)]

    return script


# --- what is sent ---------------------------------------------------------------------------------------


def test_objects_go_out_byte_for_byte_in_an_envelope_of_known_length() -> None:
    objects = [outgoing("3.1", bytes(range(256)) * 5000), outgoing("3.2", b"\r\n--" * 9)]

    _, (seen,), _ = stored(lambda _: [json_reply(answering(["3.1", "3.2"]))], objects)

    assert (seen.method, seen.target) == ("POST", "/dicom-web/studies")
    assert seen.headers["content-length"] == str(len(seen.body))
    assert "transfer-encoding" not in seen.headers
    assert re.fullmatch(
        r'multipart/related; type="application/dicom"; boundary=\w+', seen.headers["content-type"]
    )
    boundary = seen.headers["content-type"].partition("boundary=")[2].encode()
    parts = seen.body.split(b"--" + boundary)
    heads = [part.partition(b"\r\n\r\n")[0] for part in parts[1:-1]]
    bodies = [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in parts[1:-1]]
    assert heads == [b"\r\nContent-Type: application/dicom"] * 2
    assert bodies == [bytes(one.data) for one in objects]
    assert parts[0] == b""
    assert parts[-1] == b"--\r\n"


def test_a_transfer_syntax_stands_beside_a_part_only_where_the_archive_wants_it() -> None:
    envelope = Envelope([outgoing("3.1")], with_syntax=True)

    assert b"Content-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1\r\n" in b"".join(envelope)


def test_nothing_is_copied_on_the_way_out() -> None:
    data = bytes(1_000_000)
    envelope = Envelope([outgoing("3.1", data)], with_syntax=False)

    own = [piece for piece in envelope if piece.obj is data]

    assert sum(map(len, own)) == len(data)
    assert max(map(len, own)) <= 1 << 18
    assert len(envelope) == sum(map(len, envelope))


@pytest.mark.parametrize(
    ("traits", "batches"),
    [
        (Capabilities(store_count=2), [2, 1]),
        (Capabilities(store_bytes=6), [2, 1]),
        (Capabilities(store_bytes=1), [1, 1, 1]),  # one alone may be larger
        (Capabilities(), [3]),
    ],
)
def test_batches_keep_to_the_archive_s_limits(traits: Capabilities, batches: list[int]) -> None:
    outcomes, requests, _ = stored(keeping(), THREE, traits)

    assert [len(sent(one)) for one in requests] == batches
    assert outcomes == [Settled.STORED] * 3


def test_without_objects_nothing_is_sent() -> None:
    assert stored(keeping(), [])[:2] == ([], [])


# --- what the answer means ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 202, 409, 500])
def test_whatever_the_status_each_object_is_settled_by_its_uid(status: int) -> None:
    answer = answering(["3.1"], [("3.2", 45070), ("3.3", 0xC000)])

    outcomes, requests, _ = stored(lambda _: [json_reply(answer, status)])

    assert outcomes == [Settled.STORED, Settled.ALREADY, Settled.REFUSED]
    assert len(requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        json_reply(answering()),  # as Orthanc does for a truncated body
        json_reply({}),
        json_reply([answering()]),
        reply(200, b""),
        reply(202),
        reply(204),
        reply(200, b"{}", Content_Type="text/plain"),
        reply(200, b"[1]", Content_Type="application/json"),
        reply(200, b"<x/>", Content_Type="application/dicom+xml"),
        json_reply({}, 500),
        reply(507),
    ],
)
def test_what_an_answer_doesn_t_mention_may_or_may_not_be_stored(answer: bytes) -> None:
    outcomes, requests, _ = stored(lambda _: [answer])

    assert outcomes == [Settled.UNSAID] * 3
    assert len(requests) == 1


def test_an_answer_in_xml_is_understood() -> None:
    xml = (
        b'<NativeDicomModel><DicomAttribute tag="00081199" vr="SQ"><Item>'
        b'<DicomAttribute tag="00081155" vr="UI">'
        b"<Value>3.1</Value></DicomAttribute></Item></DicomAttribute></NativeDicomModel>"
    )

    outcomes, _, _ = stored(lambda _: [reply(200, xml, Content_Type="application/dicom+xml")])

    assert outcomes == [Settled.STORED, Settled.UNSAID, Settled.UNSAID]


def test_one_bad_object_doesn_t_hold_up_the_others() -> None:
    outcomes, requests, answers = stored(keeping(refuse=lambda uid: uid == b"3.2"))

    assert outcomes == [Settled.STORED, Settled.REFUSED, Settled.STORED]
    assert answers[1].code == 400
    assert [sent(one) for one in requests] == [[b"3.1", b"3.2", b"3.3"], [b"3.2"]]


def test_a_batch_that_is_refused_without_a_word_is_sent_one_by_one() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        objects = sent(seen)
        if len(objects) > 1 or objects == [b"3.2"]:
            return [reply(400)]
        return [json_reply(answering([objects[0].decode()]))]

    outcomes, requests, _ = stored(script)

    assert outcomes == [Settled.STORED, Settled.REFUSED, Settled.STORED]
    assert len(requests) == 4


def test_a_batch_that_is_too_large_is_halved() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        objects = sent(seen)
        if len(objects) > 2:
            return [reply(413)]
        return [json_reply(answering(one.decode() for one in objects))]

    outcomes, requests, _ = stored(script, [outgoing(f"3.{number}") for number in range(8)])

    assert outcomes == [Settled.STORED] * 8
    assert [len(sent(one)) for one in requests] == [8, 4, 2, 2, 4, 2, 2]


def test_one_object_that_is_refused_is_settled_by_its_reason_first() -> None:
    answer = answering((), [("3.1", 45070)])

    assert stored(lambda _: [json_reply(answer, 409)], THREE[:1])[0] == [Settled.ALREADY]


def test_one_object_that_is_too_large_is_refused() -> None:
    assert stored(lambda _: [reply(413)])[0] == [Settled.REFUSED] * 3


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ([CLOSE], Interrupted),
        ([reply(401)], NotAllowed),
        ([reply(403)], NotAllowed),
        ([reply(429, Retry_After="9")], Busy),
        ([reply(503)], Busy),
        ([reply(404)], NotOffered),
        ([reply(405)], NotOffered),
        ([reply(501)], NotOffered),
        ([reply(302, Location="/login")], BadAnswer),
        ([reply(200, b"<html>", Content_Type="text/html")], BadAnswer),
        ([reply(200, b"{", Content_Type="application/dicom+json")], Interrupted),
    ],
)
def test_what_concerns_no_object_is_raised(steps: list[Step], kind: type[ArchiveError]) -> None:
    with pytest.raises(kind):
        stored(lambda _: steps)


def test_after_the_first_batch_nothing_that_is_settled_is_lost() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        uid = sent(seen)[0].decode()
        return [json_reply(answering([uid]))] if uid == "3.1" else ends[uid]

    ends: dict[str, list[Step]] = {"3.2": [CLOSE], "3.3": []}
    assert stored(script, THREE, ONE_BY_ONE)[0] == [Settled.STORED, Settled.UNSAID, Settled.LATER]

    ends = {"3.2": [reply(503)], "3.3": []}
    outcomes, requests, _ = stored(script, THREE, ONE_BY_ONE)
    assert outcomes == [Settled.STORED, Settled.LATER, Settled.LATER]
    assert len(requests) == 2


# --- whether it is there --------------------------------------------------------------------------------


def has(*uids: str, lists: bool = True) -> Script:
    def script(seen: Seen) -> Iterable[Step]:
        asked = seen.asked["SOPInstanceUID"].split(",") if lists else [seen.asked["SOPInstanceUID"]]
        return [json_reply([item(SOPInstanceUID=uid) for uid in uids if uid in asked])]

    return script


def verified(script: Script, *uids: str) -> frozenset[str]:
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        return verify(transport, Capabilities(), [Reference("1", "2", uid) for uid in uids])


def test_only_what_is_asked_for_and_listed_is_there() -> None:
    everything: Script = lambda _: [json_reply([item(SOPInstanceUID=uid) for uid in ("3.1", "9.9")])]  # noqa: E731  a line

    assert verified(has("3.1"), "3.1", "3.2") == {"3.1"}
    assert verified(everything, "3.1", "3.2") == {"3.1"}
    assert verified(has("3.1", "3.2", lists=False), "3.1", "3.2") == {"3.1", "3.2"}
    assert verified(lambda _: [reply(404)], "3.1") == frozenset()
    assert verified(has()) == frozenset()


def test_many_are_asked_for_in_bundles_and_each_series_by_itself() -> None:
    uids = [f"3.{number}" for number in range(45)]
    with ScriptedHttp(has(*uids)) as server, closing(Transport(server.url)) as transport:
        references = [Reference("1", f"2.{number % 2}", uid) for number, uid in enumerate(uids)]
        found = verify(transport, Capabilities(), references)

    assert found == set(uids)
    assert len(server.requests) == 4
    assert {one.path for one in server.requests} == {
        f"/dicom-web/studies/1/series/2.{n}/instances" for n in (0, 1)
    }


def test_an_archive_that_can_t_be_asked_is_no_archive_without_the_object() -> None:
    with pytest.raises(Busy):
        verified(lambda _: [reply(503)], "3.1")
