"""C-MOVE: what an archive brings to our listener, and whose it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from dimse_peer import CT, FIND, HASTY, HOST, MOVE, PLAIN, TITLE, DimsePeer, Handler, as_file, instance
from pydicom.dataset import Dataset
from pynetdicom import AE, build_context
from pynetdicom.events import Event

from workstation.archive import Address, Endpoint, Refused, Speech, Truncated, Wanted
from workstation.archive.dimse.callers import Arrived, Caller, Receipt, Rules
from workstation.archive.dimse.connection import connect
from workstation.archive.dimse.identifiers import keys
from workstation.archive.dimse.listener import Listener
from workstation.archive.dimse.part10 import File


class Pushed:
    """Keeps the names of what came without having been asked for."""

    def __init__(self) -> None:
        self.uids: list[str] = []

    def __call__(self, file: Arrived) -> Receipt:
        self.uids.append(file.uid)
        return Receipt.KEPT


@pytest.fixture
def pushed() -> Pushed:
    return Pushed()


@pytest.fixture
def listener(pushed: Pushed) -> Iterator[Listener]:
    rules = Rules("LUMEN", 0, (Caller(TITLE, (HOST,)),), host=HOST)
    with closing(Listener(rules, pushed)) as listening:
        yield listening


def listing(event: Event) -> Iterator[tuple[int, Dataset | None]]:
    one = keys(StudyInstanceUID="1.2.3")
    one.SOPClassesInStudy = [CT]
    if event.identifier.QueryRetrieveLevel == "STUDY":
        yield 0xFF00, one


def bringing(listener: Listener, count: int, *, announced: int = 0) -> Handler:
    def handler(_event: Event) -> Iterator[object]:
        yield HOST, listener.port, {"contexts": [build_context(CT, list(PLAIN))]}
        yield announced or count
        for number in range(1, count + 1):
            one = instance(number)
            as_file(one)
            yield 0xFF00, one

    return handler


@contextmanager
def retrieving(
    listener: Listener, handler: Handler, *, way: str = "move", silence: float = 20.0
) -> Iterator[Iterator[File]]:
    """Retrieve a study from an archive that has C-MOVE and no C-GET."""
    with DimsePeer((FIND, MOVE), find=listing, move=handler) as peer:
        address = Address("peer", "it", Speech.DIMSE, (), called=TITLE, overrides={"retrieve": way})
        endpoint = Endpoint("line", host=HOST, port=peer.port)
        patience = replace(HASTY, silence=silence)
        with closing(connect(address, endpoint, listener=listener, patience=patience)) as made:
            parts = made.images.retrieve(Wanted("1.2.3"))
            yield parts
            parts.close()


@pytest.mark.parametrize("way", ["move", "get"])
def test_without_c_get_objects_are_brought(listener: Listener, pushed: Pushed, way: str) -> None:
    with retrieving(listener, bringing(listener, 4), way=way) as parts:
        got = [one.uid for one in parts]

    assert got == ["1.2.3.1", "1.2.3.2", "1.2.3.3", "1.2.3.4"]
    assert pushed.uids == []


def test_an_archive_that_doesnt_know_where_to_bring_them_says_so(listener: Listener) -> None:
    def handler(_event: Event) -> Iterator[object]:
        yield None, None

    with (
        retrieving(listener, handler) as parts,
        pytest.raises(Refused, match="doesn't know where") as caught,
    ):
        list(parts)

    assert caught.value.code == 0xA801


def test_what_was_announced_and_didnt_come_is_counted(listener: Listener) -> None:
    with retrieving(listener, bringing(listener, 2, announced=5)) as parts:
        got = [next(parts).uid, next(parts).uid]
        with pytest.raises(Truncated, match="3 of 5 objects did not come"):
            next(parts)

    assert got == ["1.2.3.1", "1.2.3.2"]


def sent_by_hand(listener: Listener, dataset: Dataset, *, originator: str | None, number: int | None) -> int:
    """Bring one object as an archive would that names its origin so."""
    as_file(dataset)
    entity = AE(ae_title=TITLE)
    association = entity.associate(HOST, listener.port, [build_context(CT, list(PLAIN))], ae_title="LUMEN")
    status = association.send_c_store(dataset, originator_aet=originator, originator_id=number)
    association.release()
    return int(status.Status)


@pytest.mark.parametrize(("originator", "number"), [(None, None), (TITLE, 1), (TITLE, 4711)])
def test_an_object_without_an_origin_goes_to_the_one_who_asked_for_its_study(
    listener: Listener, pushed: Pushed, originator: str | None, number: int | None
) -> None:
    """As does one of an archive that gives its own AE title as the origin."""
    with listener.expecting("1.2.3", "LUMEN") as expected:
        assert sent_by_hand(listener, instance(1), originator=originator, number=number) == 0
        assert sent_by_hand(listener, instance(2, study="1.2.9"), originator=originator, number=number) == 0
        taken = expected.take(10)

    assert taken is not None
    assert taken.uid == "1.2.3.1"
    assert pushed.uids == ["1.2.9.2"]


def test_what_somebody_else_had_sent_here_is_no_part_of_ours(listener: Listener, pushed: Pushed) -> None:
    with listener.expecting("1.2.3", "LUMEN") as expected:
        assert sent_by_hand(listener, instance(1), originator="ANOTHER", number=expected.number) == 0
        assert expected.take(0) is None

    assert pushed.uids == ["1.2.3.1"]


def test_what_comes_after_its_retrieval_was_given_up_is_not_wanted(
    listener: Listener, pushed: Pushed
) -> None:
    with listener.expecting("1.2.3", "LUMEN") as expected:
        number = expected.number

    assert sent_by_hand(listener, instance(1), originator="LUMEN", number=number) == 0xA700
    assert pushed.uids == []


def test_whoever_takes_slowly_makes_the_archive_wait(listener: Listener) -> None:
    brought: list[int] = []

    def handler(event: Event) -> Iterator[object]:
        for one in bringing(listener, 20)(event):
            brought.append(1)
            yield one

    with retrieving(listener, handler) as parts:
        next(parts)
        threading.Event().wait(0.3)
        assert (
            len(brought) <= 2 + 4
        )  # where to and how many; one taken, one held, one waiting, one being read


def test_whoever_takes_slower_than_silence_may_last_still_gets_all(listener: Listener) -> None:
    count = 0
    with retrieving(listener, bringing(listener, 4), silence=0.4) as parts:
        for _ in parts:
            threading.Event().wait(0.6)
            count += 1

    assert count == 4


def test_an_archive_that_brings_nothing_and_says_nothing_is_given_up(listener: Listener) -> None:
    done = threading.Event()

    def handler(_event: Event) -> Iterator[object]:
        done.wait(20)
        yield None, None

    with retrieving(listener, handler, silence=0.4) as parts:
        with pytest.raises(Truncated, match="after 0 objects"):
            next(parts)
        done.set()
