"""Taking in: once, whole, and never in place of another."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from simulated_disk import Fault
from store_instances import KEK, Maker
from store_session import FOLDER, Stage

from workstation.clock import ManualClock
from workstation.errors import LumenError
from workstation.store import BlobDamaged, Limits, Options, Outcome, Store


def _images(store: Store) -> list[str]:
    return sorted(path.name for path in store.folder.rglob("*-*") if path.is_file() and "blobs" in path.parts)


def test_the_same_instance_twice_is_one(store: Store, make: Maker) -> None:
    first = store.intake.put([make.incoming(uid="1"), make.incoming(uid="2")])
    second = store.intake.put([make.incoming(uid="2"), make.incoming(uid="1")])

    assert [receipt.outcome for receipt in first] == [Outcome.STORED] * 2
    assert [receipt.outcome for receipt in second] == [Outcome.PRESENT] * 2
    assert [receipt.uid for receipt in second] == ["2", "1"]
    assert len(_images(store)) == 2


def test_the_same_instance_twice_in_one_batch_is_one(store: Store, make: Maker) -> None:
    receipts = store.intake.put([make.incoming(uid="1")] * 3)

    assert [receipt.outcome for receipt in receipts] == [Outcome.STORED, Outcome.PRESENT, Outcome.PRESENT]
    assert len(_images(store)) == 1


def test_another_content_under_the_same_uid_is_kept_apart_and_never_shown_instead(
    store: Store, make: Maker
) -> None:
    store.intake.put([make.incoming(uid="1")])
    receipts = store.intake.put(
        [make.incoming(uid="1", content="b"), make.incoming(uid="1", content="c"), make.incoming(uid="1")]
    )

    assert [receipt.outcome for receipt in receipts] == [Outcome.VARIANT, Outcome.VARIANT, Outcome.PRESENT]
    (shown,) = store.instances.of_study("1.2")
    assert bytes(store.blobs.read(shown.blob)) == make.data(uid="1")
    variants = store.instances.variants_of("1.2")
    assert [bytes(store.blobs.read(variant.blob)) for variant in variants] == [
        make.data(uid="1", content="b"),
        make.data(uid="1", content="c"),
    ]
    (row,) = store.studies.list()
    assert (row.instances, row.variants) == (1, 2)


def test_variants_within_one_batch_are_kept_apart_too(store: Store, make: Maker) -> None:
    receipts = store.intake.put([make.incoming(uid="1"), make.incoming(uid="1", content="b")])

    assert [receipt.outcome for receipt in receipts] == [Outcome.STORED, Outcome.VARIANT]
    assert len(store.instances.variants_of("1.2")) == 1


def test_a_uid_that_turns_up_in_another_study_is_a_variant_there(store: Store, make: Maker) -> None:
    store.intake.put([make.incoming(study="1.2", uid="1")])
    (receipt,) = store.intake.put([make.incoming(study="1.3", uid="1")])

    assert receipt.outcome is Outcome.VARIANT
    assert [bytes(store.blobs.read(one.blob)) for one in store.instances.of_study("1.3")] == [
        make.data(study="1.3", uid="1")
    ]
    assert bytes(store.blobs.read(store.instances.of_study("1.2")[0].blob)) == make.data(uid="1")


def test_a_file_that_no_row_knows_yet_is_never_overwritten(
    store: Store, make: Maker, options_without_examine: Callable[[], Store]
) -> None:
    """The index is lost and not yet rebuilt; the same images are imported again meanwhile."""
    store.intake.put([make.incoming(uid="1"), make.incoming(uid="2")])
    store.close()
    (store.folder / "cache.db").unlink()
    opened = options_without_examine()
    assert opened.orphans == 2
    before = {path: path.read_bytes() for path in store.folder.rglob("*-1")}

    opened.intake.put([make.incoming(uid="1")])

    assert {path: path.read_bytes() for path in before} == before
    assert opened.adopt(make.look) == 1  # the other one; the first is here twice now
    assert {one.uid for one in opened.instances.of_study("1.2")} == {"1", "2"}
    assert opened.instances.variants_of("1.2") == ()
    assert opened.check().findings == []
    assert len(_images(opened)) == 2


@pytest.fixture
def options_without_examine(folder: Path) -> Iterator[Callable[[], Store]]:
    opened: list[Store] = []

    def again() -> Store:
        opened.append(Store.open(folder, KEK, Options(limits=Limits(floor=0), reserve=4096)))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


def test_what_an_archive_is_known_to_have_is_no_work(store: Store, make: Maker) -> None:
    store.intake.put([make.incoming(uid="1")])
    store.intake.put([make.incoming(uid="2")], verified=True)
    assert store.studies.list()[0].unverified == 1

    store.intake.put([make.incoming(uid="1")], verified=True)  # the archive sends the very same

    assert not store.studies.list()[0].is_work


def test_a_variant_from_the_archive_does_not_verify_ours(store: Store, make: Maker) -> None:
    store.intake.put([make.incoming(uid="1")])

    for _ in range(2):
        store.intake.put([make.incoming(uid="1", content="theirs")], verified=True)

    assert store.studies.list()[0].unverified == 1
    assert [one.is_verified for one in store.instances.all_of("1.2")] == [False, True]


def test_what_was_here_but_had_to_go_for_room_is_stored_again(folder: Path, make: Maker) -> None:
    """A batch names an instance of the very study that is given away to make room for the batch."""
    limits = Limits(quota=3 * make.size, floor=0)
    with Store.create(folder, KEK, Options(ManualClock(), limits, examine=make.look, reserve=4096)) as store:
        store.intake.put([make.incoming("a", "1")], verified=True)
        store.intake.put([make.incoming("b", "2"), make.incoming("b", "3")], verified=True)

        receipts = store.intake.put([make.incoming("a", "1"), make.incoming("c", "4")], verified=True)

        assert [receipt.outcome for receipt in receipts] == [Outcome.STORED] * 2
        for study, uid in (("a", "1"), ("c", "4")):
            assert [one.uid for one in store.instances.of_study(study)] == [uid]


def test_an_image_whose_file_is_gone_is_stored_again(store: Store, make: Maker) -> None:
    store.intake.put([make.incoming(uid="1")])
    blob = store.instances.of_study("1.2")[0].blob
    store._parts.names.path(blob.place).unlink()

    (receipt,) = store.intake.put([make.incoming(uid="1")], verified=True)

    assert receipt.outcome is Outcome.STORED
    (found,) = store.instances.of_study("1.2")
    assert bytes(store.blobs.read(found.blob)) == make.data(uid="1")
    assert not store.studies.list()[0].is_work


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_storing_a_damaged_image_again_may_fail_at_any_step_and_be_tried_again(code: int) -> None:
    make = Maker(size=500)
    step = 0
    while True:
        step += 1
        stage = Stage(make)
        with stage.store() as store:
            store.intake.put([make.incoming(uid="1")])
            path = str(store._parts.names.path(store.instances.of_study("1.2")[0].blob.place))
            node = stage.disk.node(path)
            assert node is not None
            node.write(100, b"rubbish")
            with pytest.raises(BlobDamaged):
                store.blobs.read(store.instances.of_study("1.2")[0].blob)
            stage.disk.fault = fault = Fault(stage.disk.steps + step, code)
            with contextlib.suppress(LumenError):
                store.intake.put([make.incoming(uid="1")])
            stage.disk.come_back()

            store.intake.put([make.incoming(uid="1")])

            (found,) = store.instances.of_study("1.2")
            assert bytes(store.blobs.read(found.blob)) == make.data(uid="1")
            if stage.disk.steps < fault.at:
                return


def test_a_damaged_key_beside_unlisted_files_is_set_aside_not_overwritten(
    store: Store, make: Maker, options_without_examine: Callable[[], Store]
) -> None:
    store.intake.put([make.incoming(uid="1")])
    store.close()
    (store.folder / "cache.db").unlink()
    next(store.folder.rglob("study.key")).write_bytes(b"one bit is wrong")
    opened = options_without_examine()

    opened.intake.put([make.incoming(uid="2")])

    assert [path.read_bytes() for path in (store.folder / "damaged").iterdir()] == [b"one bit is wrong"]
    assert [one.uid for one in opened.instances.of_study("1.2")] == ["2"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_batch_that_fails_at_any_step_is_not_there_and_leaves_nothing(code: int) -> None:
    make = Maker(size=500)
    batch = [make.incoming(uid=uid) for uid in ("1", "2", "3")]
    rehearsal = Stage(make)
    with rehearsal.store() as store:
        before = rehearsal.disk.steps
        store.intake.put(batch)
        steps = rehearsal.disk.steps - before
    for step in range(1, steps + 1, 5):
        stage = Stage(make)
        with stage.store() as store:
            stage.disk.fault = Fault(stage.disk.steps + step, code)
            try:
                store.intake.put(batch)
            except LumenError:
                stage.disk.come_back()
                listed = len(store.instances.of_study("1.2"))
                assert listed in (0, 3)
                if listed == 0 and not store.intake.has_left_remains:
                    assert not any("blobs/" in name for name in map(str, _files(stage)))
            store.intake.put(batch)
            assert len(store.instances.of_study("1.2")) == 3
            assert [bytes(store.blobs.read(one.blob)) for one in store.instances.of_study("1.2")] == [
                incoming.data for incoming in batch
            ]


def _files(stage: Stage) -> list[str]:
    return [name for name in stage.disk._names if name.startswith(f"{FOLDER}/blobs")]


def test_an_instance_without_frames_and_an_empty_one_are_stored_too(store: Store) -> None:
    make = Maker(size=0, frames=1)
    store.intake.put([make.incoming(uid="1")])

    (found,) = store.instances.of_study("1.2")
    assert bytes(store.blobs.read(found.blob)) == make.data(uid="1")


def test_threads_that_store_and_read_at_once_do_not_disturb_each_other(store: Store, make: Maker) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def work(thread: int) -> int:
        for n in range(5):
            store.intake.put([make.incoming(study=f"1.{thread}", uid=f"{thread}.{n}")])
            store.studies.list()
            for one in store.instances.of_study(f"1.{thread}"):
                store.blobs.read(one.blob)
        return len(store.instances.of_study(f"1.{thread}"))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [5] * 4
    assert len(store.studies.list()) == 4
