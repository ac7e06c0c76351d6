"""How many images belong to what is brought here: counted once all of it has come, and kept for good.

Of a study that an archive lists the archive says how many there are. Of any other, what was brought is all
there is: a disc held what it held. What was only half brought is not counted, and nobody says of how many.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from workstation.store import Store

_EARLIER: Final = "expected counts"  # where version 1 remembered what a repair had lost


def begin_counting(store: Store) -> None:
    """Count what an earlier version has brought here; once for a store."""
    if not store.counts.have_begun():
        told: dict[str, int] = json.loads(store.sessions.get(_EARLIER) or "{}")
        here = {study.uid: study.instances for study in store.studies.list() if study.is_work}
        brought = {uid: max(count, told.get(uid, 0)) for uid, count in here.items()}
        store.counts.begin(_of_no_archive(store, brought))


def count_brought(store: Store, study_uids: Iterable[str]) -> None:
    """Keep how many images these studies have, now that all of them have come that were on their way."""
    found = [study for uid in study_uids if (study := store.studies.get(uid)) is not None]
    here = _of_no_archive(store, {study.uid: study.instances for study in found})
    store.counts.keep({uid: count for uid, count in here.items() if store.counts.get(uid) != count})


def keep_lost(store: Store, counts: Mapping[str, int]) -> None:
    """Keep how many images studies had before some of them were lost."""
    store.counts.keep({uid: max(count, store.counts.get(uid) or 0) for uid, count in counts.items()})


def _of_no_archive(store: Store, counts: Mapping[str, int]) -> dict[str, int]:
    return {uid: count for uid, count in counts.items() if store.listed.expected(uid) is None}
