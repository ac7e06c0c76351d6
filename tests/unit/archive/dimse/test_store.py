from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from dimse_peer import CT, MR, PLAIN, DimsePeer, as_file, hang_up, instance, outgoing, uid_of
from pynetdicom.events import Event

from workstation.archive import Interrupted, Outgoing, Settled, StoreAnswer
from workstation.archive.dimse import store
from workstation.archive.dimse.opening import MOST_CONTEXTS, open_association
from workstation.archive.dimse.part10 import dataset_of


def stored(
    handler: Callable[[Event], int], objects: list[Outgoing], *, takes: tuple[str, ...] = (CT,)
) -> list[StoreAnswer]:
    with DimsePeer(takes, store=handler) as peer:
        answers: list[StoreAnswer] = []
        for contexts, part in store.proposals(objects):
            association = open_association(peer.route, contexts)
            try:
                answers += store.store(association, part)
            finally:
                association.abort()
        return answers


@pytest.mark.parametrize("syntax", PLAIN)
def test_a_dataset_goes_byte_for_byte(syntax: str) -> None:
    came: list[tuple[bytes, str, str]] = []

    def keep(event: Event) -> int:
        data = event.encoded_dataset(include_meta=False)
        came.append((data, str(event.context.transfer_syntax), uid_of(event)))
        return 0x0000

    sent = outgoing(instance(5, size=300_000), syntax)  # many PDUs

    (answer,) = stored(keep, [sent])

    assert answer == StoreAnswer("1.2.3.5", Settled.STORED)
    assert came == [(bytes(dataset_of(sent.data) or b""), syntax, "1.2.3.5")]


def test_each_object_has_the_answer_that_was_given_for_it() -> None:
    codes = {1: 0x0000, 2: 0xB006, 3: 0xA700, 4: 0x0111, 5: 0xC000, 6: 0xA900}

    answers = stored(
        lambda event: codes[int(uid_of(event).split(".")[-1])],
        [outgoing(instance(number)) for number in codes],
    )

    assert [(one.uid, one.settled, one.code) for one in answers] == [
        ("1.2.3.1", Settled.STORED, 0x0000),
        ("1.2.3.2", Settled.STORED, 0xB006),
        ("1.2.3.3", Settled.LATER, 0xA700),
        ("1.2.3.4", Settled.ALREADY, 0x0111),
        ("1.2.3.5", Settled.REFUSED, 0xC000),
        ("1.2.3.6", Settled.REFUSED, 0xA900),
    ]


def test_what_the_archive_has_no_context_for_is_refused_and_the_rest_goes() -> None:
    answers = stored(lambda _: 0x0000, [outgoing(instance(1, sop_class=MR)), outgoing(instance(2))])

    assert [one.settled for one in answers] == [Settled.REFUSED, Settled.STORED]
    assert "takes no objects of this kind" in answers[0].reason


def test_it_is_never_sent_in_another_syntax_than_its_own() -> None:
    """The archive takes Implicit VR only; converting would change what was signed."""
    with DimsePeer(((CT, PLAIN[1:]),), store=lambda _: 0x0000) as peer:
        contexts, part = next(store.proposals([outgoing(instance(1)), outgoing(instance(2), PLAIN[1])]))
        association = open_association(peer.route, contexts)
        answers = store.store(association, part)
        association.release()

    assert [one.settled for one in answers] == [Settled.REFUSED, Settled.STORED]


def test_what_is_no_file_is_not_sent() -> None:
    broken = replace(outgoing(instance(1)), data=memoryview(as_file(instance(1))[132:]))

    (answer,) = stored(lambda _: 0x0000, [broken])

    assert (answer.settled, answer.reason) == (Settled.REFUSED, "It is no DICOM file")


def test_a_cut_leaves_one_unsaid_and_those_after_it_unsent() -> None:
    began = threading.Event()

    def cutting(event: Event) -> int:
        if uid_of(event).endswith(".3"):
            hang_up(event)
            began.set()
        return 0x0000

    answers = stored(cutting, [outgoing(instance(number)) for number in (1, 2, 3, 4, 5)])

    assert [one.settled.name for one in answers] == ["STORED", "STORED", "UNSAID", "LATER", "LATER"]
    assert began.is_set()


def test_a_cut_before_any_answer_is_told() -> None:
    def cutting(event: Event) -> int:
        hang_up(event)
        return 0x0000

    with pytest.raises(Interrupted):
        stored(cutting, [outgoing(instance(1)), outgoing(instance(2))])


def test_more_kinds_than_an_association_has_room_for_are_sent_in_parts() -> None:
    one = outgoing(instance(1))
    objects = [replace(one, sop_class=f"1.2.{number % 150}", uid=f"1.3.{number}") for number in range(300)]

    parts = list(store.proposals(objects))

    assert [item.uid for _, part in parts for item in part] == [item.uid for item in objects]
    for contexts, part in parts:
        assert len(contexts) <= MOST_CONTEXTS
        assert {item.sop_class for item in part} == {context.sop_class for context in contexts}
    assert list(store.proposals([])) == []
