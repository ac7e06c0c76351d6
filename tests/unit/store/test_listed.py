"""What archives list of a study against what is here: a missing image is never counted away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from store_instances import KEK, Maker

from workstation.store import Account, BlobDamaged, Limits, Listing, Options, Store

SEEN = datetime(2026, 1, 1, 8, tzinfo=UTC)
STUDY = "1.2"


def _listing(*uids: str, archive: str = "group", study: str = STUDY) -> Listing:
    return Listing(archive, study, uids, b"\x00packed", SEEN)


def _account(store: Store) -> Account | None:
    """Return a study's account, after comparing it with what is counted from the ground up."""
    found = store.listed.accounts().get(STUDY)
    listed = {uid for one in store.listed.of_study(STUDY) for uid in one.uids}
    here = {one.uid for one in store.instances.all_of(STUDY) if not one.is_damaged}
    assert store.listed.missing(STUDY) == listed - here
    assert found == (Account(len(listed & here), len(listed)) if listed else None)
    assert store.listed.expected(STUDY) == (len(listed) or None)
    return found


def test_a_listing_is_there_after_a_restart(store: Store, reopen: Callable[[], Store]) -> None:
    store.listed.put(_listing("a", "b"))
    store.listed.put(_listing("a", archive="hospital"))
    store.close()
    again = reopen()

    assert again.listed.of_study(STUDY) == (_listing("a", "b"), _listing("a", archive="hospital"))
    assert again.listed.of_study("1.3") == ()
    assert again.listed.missing("1.3") == frozenset()


def test_images_are_counted_as_they_come(store: Store, make: Maker) -> None:
    store.intake.put([make.incoming(STUDY, "a")])
    assert _account(store) is None
    store.listed.put(_listing("a", "b", "c"))
    assert _account(store) == (1, 3)
    store.intake.put([make.incoming(STUDY, "b"), make.incoming("1.3", "c")])
    assert _account(store) == (2, 3)
    store.intake.put([make.incoming(STUDY, "c")])
    account = _account(store)
    assert account == (3, 3)
    assert account.is_whole


def test_one_too_many_does_not_stand_for_one_that_is_missing(store: Store, make: Maker) -> None:
    store.listed.put(_listing("a", "b"))
    store.intake.put([make.incoming(STUDY, "a"), make.incoming(STUDY, "made here")])

    account = _account(store)

    assert account == (1, 2)
    assert not account.is_whole


def test_what_two_archives_list_is_counted_once(store: Store, make: Maker) -> None:
    store.intake.put([make.incoming(STUDY, "a")])
    store.listed.put(_listing("a", "b"))
    store.listed.put(_listing("b", "c", archive="hospital"))
    assert _account(store) == (1, 3)
    store.listed.put(_listing("b", archive="hospital"))
    assert _account(store) == (1, 2)
    store.listed.remove("group", STUDY)
    assert _account(store) == (0, 1)
    store.listed.remove("hospital", STUDY)
    assert _account(store) is None


def test_a_study_that_was_given_away_is_missing_whole(store: Store, make: Maker) -> None:
    store.listed.put(_listing("a", "b"))
    store.intake.put([make.incoming(STUDY, "a"), make.incoming(STUDY, "b")], verified=True)
    assert _account(store) == (2, 2)
    store.eviction.evict(STUDY)
    assert _account(store) == (0, 2)
    store.intake.put([make.incoming(STUDY, "b")], verified=True)
    assert _account(store) == (1, 2)


def test_a_damaged_image_is_missing_until_it_came_again(store: Store, make: Maker) -> None:
    image = make.incoming(STUDY, "a")
    store.listed.put(_listing("a"))
    store.intake.put([image])
    (stored,) = store.instances.of_study(STUDY)
    path = next(store.folder.rglob(stored.blob.place.name))
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")

    with pytest.raises(BlobDamaged):
        store.blobs.verify(stored.blob)

    assert _account(store) == (0, 1)
    store.intake.put([image])
    assert _account(store) == (1, 1)


def test_another_content_of_a_damaged_image_is_there_to_be_shown(store: Store, make: Maker) -> None:
    """Else it would be fetched over and over: what the archive has is here already."""
    store.listed.put(_listing("a"))
    store.intake.put([make.incoming(STUDY, "a", content="other")])
    store.instances.mark_damaged(store.instances.of_study(STUDY)[0].blob)
    assert _account(store) == (0, 1)
    store.intake.put([make.incoming(STUDY, "a")])

    assert _account(store) == (1, 1)


def test_an_image_whose_file_is_gone_is_missing_after_a_restart(
    store: Store, make: Maker, reopen: Callable[[], Store]
) -> None:
    store.listed.put(_listing("a", "b"))
    store.intake.put([make.incoming(STUDY, "a"), make.incoming(STUDY, "b")])
    (first, _) = store.instances.of_study(STUDY)
    store.close()
    next(store.folder.rglob(first.blob.place.name)).unlink()
    (store.folder / "clean").unlink()

    assert _account(reopen()) == (1, 2)


def test_a_file_that_is_listed_again_is_counted(
    store: Store, make: Maker, reopen: Callable[[], Store]
) -> None:
    store.intake.put([make.incoming(STUDY, "a")])
    store.close()
    index = store.folder / "cache.db"
    index.unlink()
    (store.folder / "clean").unlink()
    with Store.open(
        store.folder, KEK, Options(limits=Limits(floor=0), reserve=4096)
    ) as without:  # nobody examines
        without.listed.put(_listing("a"))
        assert _account(without) == (0, 1)
        without.adopt(make.look)
        assert _account(without) == (1, 1)
    assert _account(reopen()) == (1, 1)


@pytest.mark.parametrize("uids", [(), ("a", "")])
def test_a_listing_names_its_instances(store: Store, uids: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="names"):
        store.listed.put(_listing(*uids))


def test_an_archive_of_which_all_is_here_is_told_from_one_that_has_more(store: Store, make: Maker) -> None:
    store.listed.put(_listing("a", "b", archive="group"))
    store.listed.put(_listing("b", "c", archive="hospital"))
    store.intake.put([make.incoming(STUDY, "a"), make.incoming(STUDY, "b")])

    assert store.listed.given_in_full(STUDY) == {"group"}
