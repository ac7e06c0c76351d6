"""What was brought here is counted for good: the index may be lost, the counts are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workstation.store import Store


def test_counts_are_kept_each_in_place_of_the_earlier(store: Store) -> None:
    store.counts.keep({"1.1": 3, "1.2": 7})
    store.counts.keep({"1.1": 4})
    store.counts.keep({})

    assert store.counts.all() == {"1.1": 4, "1.2": 7}
    assert (store.counts.get("1.1"), store.counts.get("1.3")) == (4, None)


def test_counting_begins_once_and_says_so(store: Store) -> None:
    assert not store.counts.have_begun()
    store.counts.begin({"1.1": 3})

    assert store.counts.have_begun()
    assert store.counts.all() == {"1.1": 3}


def test_the_counts_survive_the_loss_of_either_other_file(
    store: Store, reopen: Callable[[], Store], folder: Path
) -> None:
    store.counts.begin({"1.1": 3})
    store.close()
    (folder / "cache.db").unlink()
    again = reopen()
    assert again.counts.all() == {"1.1": 3}

    again.close()
    (folder / "work.db").unlink()
    assert reopen().counts.all() == {"1.1": 3}
    assert reopen().counts.have_begun()
