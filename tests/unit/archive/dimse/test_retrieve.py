from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from itertools import count

import pydicom
import pytest
from dimse_peer import CT, GET, HASTY, MR, PLAIN, DimsePeer, Handler, as_file, instance
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.events import Event

from workstation.archive import Busy, NotOffered, NotThere, Refused, Truncated, Wanted
from workstation.archive.dimse import retrieve
from workstation.archive.dimse.association import Association, Context
from workstation.archive.dimse.opening import MOST_CONTEXTS, open_association
from workstation.archive.dimse.part10 import dataset_of
from workstation.dicom.syntaxes import SUPPORTED

Answers = Iterator[object]

CLASSES = st.lists(st.integers(1, 400), max_size=300, unique=True).map(
    lambda them: [f"1.2.{n}" for n in them]
)


def giving(*datasets: Dataset, announced: int | None = None, last: int | None = None) -> Handler:
    """Answer a C-GET with these; pynetdicom counts the sub-operations."""

    def handler(_event: Event) -> Answers:
        yield len(datasets) if announced is None else announced
        for one in datasets:
            as_file(one)  # gives it its file meta information
            yield 0xFF00, one
        if last is not None:
            yield last, None

    return handler


def opened(peer: DimsePeer, classes: Sequence[str] = (CT,)) -> Association:
    return open_association(peer.route, retrieve.contexts_for(classes))


def archive(handler: Handler) -> DimsePeer:
    return DimsePeer((GET, CT), get=handler)


@given(CLASSES)
def test_every_kind_is_offered_with_every_syntax_within_the_room_there_is(classes: list[str]) -> None:
    contexts = retrieve.contexts_for(classes)

    assert contexts[0].sop_class == GET
    assert len(contexts) <= MOST_CONTEXTS
    offered = {(one.sop_class, syntax) for one in contexts[1:] for syntax in one.syntaxes}
    assert all(one.provides for one in contexts[1:])
    if classes:
        assert offered == {(one, syntax) for one in classes[: MOST_CONTEXTS - 1] for syntax in SUPPORTED}


def test_where_there_is_room_each_syntax_is_offered_alone() -> None:
    contexts = retrieve.contexts_for([CT, MR])[1:]

    assert {len(one.syntaxes) for one in contexts} == {1}


def test_an_archive_that_lists_no_kinds_is_offered_the_usual_ones() -> None:
    offered = {one.sop_class for one in retrieve.contexts_for([])}

    assert {CT, MR, "1.2.840.10008.5.1.4.1.1.88.33"} <= offered


def test_objects_come_byte_for_byte_as_the_archive_sent_them() -> None:
    sent = [instance(number) for number in (1, 2, 3)]

    with archive(giving(*sent)) as peer:
        association = opened(peer)
        files = [
            (one.uid, one.sop_class, b"".join(one)) for one in retrieve.get(association, Wanted("1.2.3"))
        ]
        association.release()

    assert [one[0] for one in files] == ["1.2.3.1", "1.2.3.2", "1.2.3.3"]
    for dataset, (_, sop_class, data) in zip(sent, files, strict=True):
        assert sop_class == CT
        assert dataset_of(memoryview(data)) == dataset_of(memoryview(as_file(dataset)))
        assert pydicom.dcmread(BytesIO(data)).file_meta.TransferSyntaxUID == PLAIN[0]


def test_what_is_wanted_is_named_by_its_unique_keys() -> None:
    asked: list[Dataset] = []

    def handler(event: Event) -> Answers:
        asked.append(event.identifier)
        yield 0

    with archive(handler) as peer:
        for wanted in (Wanted("1"), Wanted("1", "2"), Wanted("1", "2", "3")):
            association = opened(peer)
            with pytest.raises(NotThere):
                list(retrieve.get(association, wanted))
            association.abort()

    assert [one.QueryRetrieveLevel for one in asked] == ["STUDY", "SERIES", "IMAGE"]
    assert [len(one) for one in asked] == [2, 3, 4]
    assert (asked[2].StudyInstanceUID, asked[2].SeriesInstanceUID, asked[2].SOPInstanceUID) == ("1", "2", "3")


def test_objects_that_the_archive_could_not_send_are_counted() -> None:
    """The archive has an MR image too, for which nothing was agreed on."""
    with archive(giving(instance(1), instance(2, sop_class=MR))) as peer:
        association = opened(peer)
        got: list[str] = []
        with pytest.raises(Truncated, match="1 of 2 objects did not come"):
            got.extend(one.uid for one in retrieve.get(association, Wanted("1.2.3")))
        association.abort()

    assert got == ["1.2.3.1"]


@pytest.mark.parametrize(("last", "error"), [(0xA702, Busy), (0xA900, Refused), (0xC001, Refused)])
def test_an_archive_that_sends_nothing_says_why(last: int, error: type[Exception]) -> None:
    with archive(giving(announced=1, last=last)) as peer:
        association = opened(peer)
        with pytest.raises((error, Truncated)):
            list(retrieve.get(association, Wanted("1.2.3")))
        association.abort()


@pytest.mark.parametrize("end", [DimsePeer.cut, DimsePeer.abort])
def test_a_cut_is_noticed_and_what_came_before_it_is_good(end: Callable[[DimsePeer], None]) -> None:
    with archive(giving(*(instance(number, size=1 << 16) for number in range(50)))) as peer:
        association = opened(peer)
        got: list[bytes] = []
        with pytest.raises(Truncated, match="ended before everything"):  # noqa: PT012 - it is cut within
            for one in retrieve.get(association, Wanted("1.2.3")):
                got.append(b"".join(one))
                if len(got) == 3:
                    end(peer)
        association.abort()

    assert 3 <= len(got) < 50
    assert all(len(pydicom.dcmread(BytesIO(one)).PixelData) == 1 << 16 for one in got)


def test_whoever_takes_slowly_makes_the_archive_wait() -> None:
    given: list[int] = []

    def handler(_event: Event) -> Answers:
        yield 20
        for number in range(20):
            given.append(number)
            one = instance(number)
            as_file(one)
            yield 0xFF00, one

    with archive(handler) as peer:
        association = opened(peer)
        parts = retrieve.get(association, Wanted("1.2.3"))
        for taken in range(1, 5):
            next(parts)
            threading.Event().wait(0.2)
            assert len(given) <= taken + 2
        parts.close()
        association.abort()


def test_leaving_it_in_the_middle_ends_the_association() -> None:
    told = threading.Event()
    with archive(giving(*(instance(number) for number in range(20)))) as peer:
        association = opened(peer)
        peer.associations[0].bind(evt.EVT_ABORTED, lambda _: told.set())
        parts = retrieve.get(association, Wanted("1.2.3"))
        next(parts)
        association.abort()

        assert told.wait(10)
        with suppress(Truncated):
            parts.close()


def test_without_c_get_nothing_is_got() -> None:
    with DimsePeer((CT,)) as peer:
        association = opened(peer)
        with pytest.raises(NotOffered, match="C-GET"):
            next(iter(retrieve.get(association, Wanted("1.2.3"))))
        association.abort()


def test_whoever_takes_slower_than_silence_may_last_still_gets_all() -> None:
    """It is the archive that waits then."""
    with archive(giving(*(instance(number) for number in range(4)))) as peer:
        impatient = replace(peer.route, patience=replace(HASTY, silence=0.3))
        association = open_association(impatient, retrieve.contexts_for([CT]))
        taken = 0
        for _ in retrieve.get(association, Wanted("1.2.3")):
            threading.Event().wait(0.5)
            taken += 1
        association.abort()

    assert taken == 4


def test_an_archive_that_counts_more_than_came_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that it has sent three, and an object was lost on the way between its modules."""
    with archive(giving(*(instance(number) for number in (1, 2, 3)))) as peer:
        association = opened(peer)
        receive, seen = association.receive, count()

        def losing() -> tuple[Context, object]:
            at, message = receive()
            if next(seen) == 0:
                association.send(retrieve._acknowledged(message), at)
                return receive()
            return at, message

        monkeypatch.setattr(association, "receive", losing)
        with pytest.raises(Truncated, match="1 of 3 objects did not come"):
            list(retrieve.get(association, Wanted("1.2.3")))
        association.abort()
