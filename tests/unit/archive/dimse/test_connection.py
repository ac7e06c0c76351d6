from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from dimse_peer import (
    COMMITMENT,
    CT,
    FIND,
    GET,
    HASTY,
    HOST,
    MR,
    TITLE,
    VERIFICATION,
    DimsePeer,
    as_file,
    instance,
    outgoing,
)
from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.events import Event

from workstation.archive import (
    Address,
    ArchiveError,
    Claim,
    Connection,
    Endpoint,
    NotOffered,
    Part,
    Query,
    Reference,
    Settled,
    Speech,
    Truncated,
    Unreachable,
    Wanted,
)
from workstation.archive.dimse.association import Association, Context, Route
from workstation.archive.dimse.connection import DimseConnection, connect
from workstation.archive.dimse.identifiers import keys
from workstation.archive.dimse.line import Line
from workstation.archive.dimse.opening import MOST_CONTEXTS, open_association

Announce = Callable[[Line], None]
Answers = Iterator[tuple[int, Dataset | None]]


def connection(peer: DimsePeer) -> DimseConnection:
    address = Address("peer", "the archive", Speech.DIMSE, (), called=TITLE)
    return connect(address, Endpoint("line", host=HOST, port=peer.port), patience=HASTY)


def listing(event: Event) -> Answers:
    """Answer as an archive with one study of one CT image that lists its kind."""
    if event.identifier.QueryRetrieveLevel == "STUDY":
        one = keys(StudyInstanceUID="1.2.3", PatientID="4711")
        one.SOPClassesInStudy = [CT]
        yield 0xFF00, one
    elif "1.2.3.1" in (event.identifier.get("SOPInstanceUID") or "1.2.3.1"):
        yield 0xFF00, keys(SOPInstanceUID="1.2.3.1", SOPClassUID=CT)


def giving(_event: Event) -> Iterator[object]:
    one = instance(1)
    as_file(one)
    yield 1
    yield 0xFF00, one


def test_it_is_what_the_protocols_ask_for() -> None:
    """A type checker holds the whole against ``archive.protocols`` here."""
    with DimsePeer((VERIFICATION, FIND, GET, CT), find=listing, get=giving) as peer:
        made: Connection = connection(peer)
        with closing(made):
            made.echo()
            parts: Iterator[Part] = made.images.retrieve(Wanted("1.2.3"))
            assert [one.is_file for one in parts] == [True]


def test_it_searches_lists_and_verifies() -> None:
    with DimsePeer(find=listing) as peer, closing(connection(peer)) as made:
        assert [one.study.uid for one in made.images.search(Query()).studies] == ["1.2.3"]
        assert made.images.metadata("1.2.3").patient.patient_id == "4711"
        references = [Reference("1.2.3", "1.2.3.0", uid) for uid in ("1.2.3.1", "1.2.3.2")]
        assert made.images.verify(references) == {"1.2.3.1"}
        assert len(peer.associations) == 1


def test_what_dimse_doesnt_have_is_not_offered() -> None:
    with DimsePeer() as peer, closing(connection(peer)) as made:
        claim = Claim("1.2", "1.3")
        refused: list[Callable[[], object]] = [
            lambda: made.images.retrieve(Wanted("1", "2", "3", frames=(0,))),
            lambda: made.images.thumbnail(Wanted("1"), 64),
            lambda: made.work.claim("1.2", "1.3", "READER"),
            lambda: made.work.release(claim, ""),
            lambda: made.work.complete(claim, []),
        ]
        for ask in refused:
            with pytest.raises(NotOffered):
                ask()
        assert peer.associations == []


def test_without_c_get_and_without_a_listener_nothing_is_retrieved() -> None:
    with (
        DimsePeer((FIND, CT), find=listing) as peer,
        closing(connection(peer)) as made,
        pytest.raises(NotOffered),
    ):
        list(made.images.retrieve(Wanted("1.2.3")))


def test_leaving_a_retrieval_drops_its_association() -> None:
    aborted = threading.Event()
    with DimsePeer((FIND, GET, CT), find=listing, get=giving) as peer, closing(connection(peer)) as made:
        parts = made.images.retrieve(Wanted("1.2.3"))
        next(parts)
        peer.associations[-1].bind(evt.EVT_ABORTED, lambda _: aborted.set())
        parts.close()

        assert aborted.wait(10)


def test_closing_it_interrupts_a_retrieval() -> None:
    def endless(_event: Event) -> Iterator[object]:
        yield 1000
        for number in range(1000):
            one = instance(number)
            as_file(one)
            yield 0xFF00, one

    with DimsePeer((FIND, GET, CT), find=listing, get=endless) as peer:
        made = connection(peer)
        parts = made.images.retrieve(Wanted("1.2.3"))
        next(parts)
        made.close()
        with pytest.raises(Truncated):
            list(parts)


def test_an_archive_that_takes_nothing_refuses_each_object() -> None:
    with DimsePeer() as peer, closing(connection(peer)) as made:
        answers = made.images.store([outgoing(instance(1)), outgoing(instance(2, sop_class=MR))])

    assert [(one.uid, one.settled) for one in answers] == [
        ("1.2.3.1", Settled.REFUSED),
        ("1.2.3.2", Settled.REFUSED),
    ]


def test_what_was_stored_is_told_though_a_later_part_doesnt_come_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There are more kinds than one association has room for, and the archive is gone for the second one."""
    one = outgoing(instance(1))
    kinds = [replace(one, sop_class=f"1.2.3.{place}", uid=f"1.4.{place}") for place in range(MOST_CONTEXTS)]

    with DimsePeer((CT,), store=lambda _: 0x0000) as peer, closing(connection(peer)) as made:

        def open_first(route: Route, proposed: tuple[Context, ...], announce: Announce) -> Association:
            if proposed[0].sop_class != CT:
                raise Unreachable("gone")
            return open_association(route, proposed, announce)

        monkeypatch.setattr("workstation.archive.dimse.pool.open_association", open_first)
        answers = made.images.store([one, *kinds])

    assert [item.settled for item in answers[:1]] == [Settled.STORED]
    assert {item.settled for item in answers[MOST_CONTEXTS:]} == {Settled.LATER}
    assert len(answers) == len(kinds) + 1


def test_a_commitment_is_asked_with_the_kinds_that_the_archive_lists() -> None:
    asked: list[Dataset] = []

    def action(event: Event) -> tuple[int, None]:
        asked.append(event.action_information)
        report = Dataset()
        report.TransactionUID = event.action_information.TransactionUID
        report.ReferencedSOPSequence = event.action_information.ReferencedSOPSequence
        where = (report, 1, COMMITMENT, "1.2.840.10008.1.20.1.1")
        threading.Timer(0.1, event.assoc.send_n_event_report, where).start()
        return 0x0000, None

    references = [Reference("1.2.3", "1.2.3.0", uid) for uid in ("1.2.3.1", "1.2.3.9")]
    with (
        DimsePeer((FIND, COMMITMENT), find=listing, action=action) as peer,
        closing(connection(peer)) as made,
    ):
        said = made.work.commit(references)

    assert said.kept == {"1.2.3.1"}
    assert said.failed == {"1.2.3.9": 0x0112}
    assert [one.ReferencedSOPClassUID for one in asked[0].ReferencedSOPSequence] == [CT]


def test_nothing_known_is_nothing_committed() -> None:
    with DimsePeer(find=listing) as peer, closing(connection(peer)) as made:
        said = made.work.commit([Reference("1.2.3", "1.2.3.0", "1.2.3.9")])

    assert (said.kept, dict(said.failed)) == (frozenset(), {"1.2.3.9": 0x0112})


@pytest.mark.parametrize(
    ("called", "calling"), [("A" * 17, "LUMEN"), ("PEER", ""), ("A\\B", "LUMEN"), ("PEER", " ")]
)
def test_an_ae_title_that_is_none_is_told_before_anything_is_asked(called: str, calling: str) -> None:
    address = Address("peer", "the archive", Speech.DIMSE, (), called=called, calling=calling)

    with pytest.raises(ArchiveError, match="An AE title has"):
        connect(address, Endpoint("line", host=HOST, port=104))
