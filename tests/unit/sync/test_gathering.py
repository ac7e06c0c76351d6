"""What the store says of a study: how much of it is here, and of how much; unknown is not whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dicom_objects import part10
from offered import a_report, a_slice
from pydicom.dataset import Dataset
from quick_desk import KEK
from worklist_ground import NIGHT, RULES, remote

from workstation.clock import ManualClock
from workstation.dicom.examine import examine
from workstation.store import Incoming, Limits, Listing, Options, Store
from workstation.sync.gathering import gather
from workstation.worklist import Item, Links, State

STUDY = "1.2.9"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    options = Options(clock=ManualClock(NIGHT), limits=Limits(floor=0), examine=examine, reserve=1 << 16)
    with Store.create(tmp_path / "store", KEK, options) as made:
        yield made


def bring(store: Store, *objects: Dataset, verified: bool = False) -> None:
    files = [memoryview(part10(one)) for one in objects]
    store.intake.put([Incoming(data, examine(data)) for data in files], verified=verified)


def listed(store: Store, count: int) -> None:
    uids = tuple(str(a_slice(number, STUDY).SOPInstanceUID) for number in range(count))
    store.listed.put(Listing("group", STUDY, uids, b"", NIGHT))


def item(store: Store) -> Item:
    gathered = gather(store, RULES, NIGHT, reading_of=lambda _: State.UNREAD, links=Links())
    (found,) = gathered.items()
    return found


def test_a_report_made_here_does_not_make_up_for_a_missing_image(store: Store) -> None:
    listed(store, 3)
    bring(store, *(a_slice(number, STUDY) for number in range(2)), verified=True)
    bring(store, a_report(1, STUDY))

    found = item(store)
    assert (found.here, found.expected, found.is_whole) == (3, 4, False)

    bring(store, a_slice(2, STUDY), verified=True)
    assert item(store).is_whole


def test_what_an_archive_has_got_since_it_was_asked_is_missed(store: Store) -> None:
    listed(store, 2)
    bring(store, a_slice(0, STUDY), a_slice(1, STUDY), a_report(1, STUDY))
    assert item(store).is_whole

    store.remote_studies.put_all([remote(STUDY, instances=3)])
    assert (item(store).here, item(store).expected) == (3, 4)


def test_a_part_whose_count_was_lost_with_the_index_is_not_whole(store: Store) -> None:
    """After the index was built anew, nothing tells a part of an archive's study from a disc's."""
    bring(store, a_slice(0, STUDY))
    found = item(store)
    assert (found.here, found.expected, found.is_whole) == (1, None, False)


def test_what_a_disc_held_is_what_is_expected(store: Store) -> None:
    bring(store, a_slice(0, STUDY), a_slice(1, STUDY))
    store.counts.keep({STUDY: 2})
    assert item(store).is_whole

    store.counts.keep({STUDY: 3})  # one of them was lost
    assert (item(store).expected, item(store).is_whole) == (3, False)

    bring(store, a_slice(2, STUDY), a_slice(3, STUDY))
    assert item(store).expected is None  # more than the disc held: something else brought it
