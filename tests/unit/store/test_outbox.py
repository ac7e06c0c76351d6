"""The outbox: nothing comes in by half, nothing moves unseen, nothing goes before everybody has it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from store_instances import Maker
from store_parcels import MOMENT, body, parcel, passed_on

from workstation.store import (
    CLOSED,
    QUEUED,
    ArtefactDiffers,
    BlobMissing,
    Delivery,
    Store,
    StudyKept,
)
from workstation.store.contents import Contents
from workstation.store.outbox import Outbox

LATER = MOMENT + timedelta(minutes=5)


def _moved(store: Store, uid: str, destination: str = "group", **changes: object) -> Delivery:
    before = store.outbox.get(uid, destination)
    assert before is not None
    after = replace(before, **changes)  # type: ignore[arg-type]  # whatever a test changes
    assert store.outbox.move(before, after)
    return after


def _verified(store: Store, uid: str, destination: str = "group", at: datetime = LATER) -> Delivery:
    return _moved(store, uid, destination, state="verified", stored_at=at, verified_at=at)


def test_what_is_queued_is_there_after_a_restart_with_its_bytes(
    store: Store, reopen: Callable[[], Store]
) -> None:
    report = parcel("r1", "group", "hospital", after="r0", priority=2)
    store.outbox.enqueue(report)
    store.close()
    outbox = reopen().outbox

    assert outbox.artefact("r1") == report.artefact
    assert outbox.artefact("r2") is None
    assert bytes(outbox.body_of("r1")) == body("r1")
    assert outbox.deliveries() == (
        Delivery("r1", "group", QUEUED, MOMENT, after="r0", priority=2),
        Delivery("r1", "hospital", QUEUED, MOMENT, after="r0", priority=2),
    )
    assert outbox.get("r1", "elsewhere") is None


def test_every_field_of_a_delivery_is_durable(store: Store, reopen: Callable[[], Store]) -> None:
    store.outbox.enqueue(parcel("r1"))
    before = store.outbox.get("r1", "group")
    assert before is not None
    after = Delivery(
        uid="r1",
        destination="group",
        state="conflict",
        changed=LATER,
        attempts=7,
        due=datetime(2026, 1, 1, 9, 30, tzinfo=timezone(timedelta(hours=1))),
        maybe_stored=True,
        owner="sender-1",
        endpoint="second line",
        error="The archive has another object of this UID",
        error_code=45070,
        stored_at=LATER,
        verified_at=LATER + timedelta(microseconds=1),
        after="r0",
        priority=-3,
    )
    assert store.outbox.move(before, after)
    store.close()

    found = reopen().outbox.get("r1", "group")

    assert found == after
    assert found is not None
    assert found.due is not None
    assert found.due.utcoffset() == timedelta(0)
    assert found.is_verified


def test_of_two_that_want_to_move_a_delivery_one_does(store: Store) -> None:
    store.outbox.enqueue(parcel("r1"))
    (seen,) = store.outbox.deliveries()
    mine, other = replace(seen, state="sending", owner="a"), replace(seen, state="sending", owner="b")

    assert store.outbox.move(seen, mine)
    assert not store.outbox.move(seen, other)
    assert store.outbox.get("r1", "group") == mine


def test_a_delivery_that_is_not_there_does_not_move(store: Store) -> None:
    never = Delivery("r1", "group", QUEUED, MOMENT)

    assert not store.outbox.move(never, replace(never, state="sending"))
    assert store.outbox.deliveries() == ()


def test_a_delivery_keeps_its_artefact_and_destination(store: Store) -> None:
    store.outbox.enqueue(parcel("r1"))
    (seen,) = store.outbox.deliveries()

    for other in (replace(seen, uid="r2"), replace(seen, destination="hospital")):
        with pytest.raises(ValueError, match="keeps"):
            store.outbox.move(seen, other)


def test_what_is_queued_again_goes_on_where_it_was(store: Store) -> None:
    store.outbox.enqueue(parcel("r1", "group"))
    sent = _moved(store, "r1", state="sending", attempts=1)

    store.outbox.enqueue(parcel("r1", "group", "hospital"))

    assert store.outbox.get("r1", "group") == sent
    assert store.outbox.get("r1", "hospital") == Delivery("r1", "hospital", QUEUED, MOMENT)


def test_signed_bytes_are_never_replaced(store: Store) -> None:
    store.outbox.enqueue(parcel("r1"))

    with pytest.raises(ArtefactDiffers):
        store.outbox.enqueue(parcel("r2"), parcel("r1", content="other"))
    with pytest.raises(ArtefactDiffers):
        store.outbox.enqueue(parcel("r3"), parcel("r3", content="other"))

    assert bytes(store.outbox.body_of("r1")) == body("r1")
    assert [delivery.uid for delivery in store.outbox.deliveries()] == ["r1"]


def test_a_parcel_that_contradicts_itself_is_refused(store: Store) -> None:
    sound = parcel("r1")
    wrong = (
        replace(sound, destinations=()),
        replace(sound, destinations=("group", "group")),
        replace(sound, body=body("r1") + b" "),
        replace(sound, body=body("r1", "other")),
        replace(sound, artefact=replace(sound.artefact, created=datetime(2026, 1, 1))),  # noqa: DTZ001 - no zone
    )
    for one in wrong:
        with pytest.raises(ValueError, match=r"parcel|zone"):
            store.outbox.enqueue(one)

    assert store.outbox.deliveries() == ()


def test_deliveries_come_in_the_order_in_which_they_are_to_be_sent(store: Store) -> None:
    store.outbox.enqueue(
        parcel("late", created=LATER),
        parcel("b", "y", "x"),
        parcel("a"),
        parcel("stat", created=LATER, priority=1),
    )
    _moved(store, "a", state="sending")

    assert [(one.uid, one.destination) for one in store.outbox.deliveries()] == [
        ("stat", "group"),
        ("a", "group"),
        ("b", "x"),
        ("b", "y"),
        ("late", "group"),
    ]
    assert [one.uid for one in store.outbox.deliveries({"sending", "held"})] == ["a"]
    assert store.outbox.deliveries(()) == ()
    assert store.outbox.counts() == {QUEUED: 4, "sending": 1}


def test_only_what_every_archive_has_had_for_long_enough_is_forgotten(store: Store) -> None:
    store.outbox.enqueue(parcel("everywhere", "x", "y"), parcel("half", "x", "y"), parcel("fresh"))
    for uid, destination in (("everywhere", "x"), ("everywhere", "y"), ("half", "x")):
        _verified(store, uid, destination)
    _verified(store, "fresh", at=LATER + timedelta(days=1))

    assert store.outbox.forget_verified(LATER) == 0
    assert store.outbox.forget_verified(LATER + timedelta(hours=1)) == 1
    assert {one.uid for one in store.outbox.deliveries()} == {"half", "fresh"}
    with pytest.raises(BlobMissing):
        store.outbox.body_of("everywhere")


def test_what_something_unsent_has_to_follow_is_not_forgotten(store: Store) -> None:
    store.outbox.enqueue(parcel("images"), parcel("report", after="images"))
    _verified(store, "images")
    assert store.outbox.forget_verified(LATER + timedelta(days=1)) == 0

    _verified(store, "report")
    assert store.outbox.forget_verified(LATER + timedelta(days=1)) == 2


def test_what_was_given_up_holds_nothing_back_and_stays_on_record(store: Store, make: Maker) -> None:
    image = make.incoming("1.1", "1")
    store.intake.put([image], verified=True)
    store.outbox.enqueue(parcel("images"), parcel("report", after="images"), passed_on(image))
    _verified(store, "images")
    for uid in ("report", "1"):
        _moved(store, uid, state=CLOSED)

    assert store.pins.all() == frozenset()
    assert store.outbox.forget_verified(LATER + timedelta(days=1)) == 1
    assert bytes(store.outbox.body_of("report")) == body("report")


def test_while_an_image_is_queued_no_study_is_given_away(store: Store, make: Maker) -> None:
    """The image is looked for and its delivery written under the lock that every removal takes."""
    image = make.incoming("1.1", "1")
    store.intake.put([image], verified=True)
    held = threading.Event()
    outcomes: list[str] = []

    def give_away() -> None:
        held.wait()
        try:
            store.eviction.evict("1.1")
        except StudyKept:
            outcomes.append("kept")

    class Slow(Contents):
        def require(self, uid: str, sha256: str, /) -> None:
            super().require(uid, sha256)
            held.set()
            thread.join(0.05)  # all the time that it could want, if nothing held it back

    thread = threading.Thread(target=give_away)
    thread.start()
    slow = Slow(store.instances, store.blobs, store.eviction.lock)
    Outbox(store._parts.work, slow).enqueue(passed_on(image))
    thread.join()

    assert outcomes == ["kept"]
    assert bytes(store.outbox.body_of("1")) == bytes(image.data)


def test_an_image_is_passed_on_from_where_it_lies(store: Store, make: Maker) -> None:
    first, other = make.incoming("1.1", "1"), make.incoming("1.1", "1", content="other")
    store.intake.put([first])
    store.intake.put([other])

    store.outbox.enqueue(passed_on(other))

    assert bytes(store.outbox.body_of("1")) == bytes(other.data)


def test_an_image_that_is_not_here_is_not_queued(store: Store, make: Maker) -> None:
    store.intake.put([make.incoming("1.1", "1")])

    with pytest.raises(BlobMissing):
        store.outbox.enqueue(parcel("r1"), passed_on(make.incoming("1.1", "1", content="other")))

    assert store.outbox.deliveries() == ()


def test_an_image_that_was_removed_meanwhile_is_said_to_be_missing(store: Store, make: Maker) -> None:
    image = make.incoming("1.1", "1")
    store.intake.put([image])
    store.outbox.enqueue(passed_on(image))
    store.eviction.remove("1.1")

    with pytest.raises(BlobMissing):
        store.outbox.body_of("1")


def test_a_study_stays_until_every_archive_has_what_is_passed_on_of_it(store: Store, make: Maker) -> None:
    image = make.incoming("1.1", "1")
    store.intake.put([image], verified=True)
    store.outbox.enqueue(passed_on(image, "group", "hospital"), parcel("r1", study="1.5"))
    assert store.pins.all() == {"1.1"}

    _verified(store, "1")
    with pytest.raises(StudyKept):
        store.eviction.evict("1.1")
    assert not store.eviction.give_way(1)
    _verified(store, "1", "hospital")
    store.eviction.evict("1.1")
    assert store.studies.list() == ()


def test_a_study_whose_images_an_archive_was_seen_to_have_is_work_no_more(store: Store, make: Maker) -> None:
    images = [make.incoming("1.1", str(number)) for number in range(3)]
    store.intake.put(images)
    store.outbox.enqueue(*(passed_on(image) for image in images))

    for image in images:
        row = store.studies.get("1.1")
        assert row is not None
        assert row.is_work
        artefact = store.outbox.artefact(image.examined.record.uid)
        assert artefact is not None
        store.studies.mark_verified(artefact.study_uid, [artefact.sha256])
        _verified(store, artefact.uid)

    row = store.studies.get("1.1")
    assert row is not None
    assert not row.is_work
    store.eviction.evict("1.1")
