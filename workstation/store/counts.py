"""How many instances studies have by what was brought here: discs, files, pushes; whatever the index forgets.

What no archive counts, nobody could tell again: with the index alone such a count would be lost, and a part
would pass for the whole. Class A.

Errors:  DiskFull, DiskFailed, StoreReadOnly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.store.changes import Put
from workstation.store.work import Work

_BEGUN: Final = ""  # no study: that counting has begun in this store


class Counts:
    """The counts of the studies that were brought here."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def have_begun(self) -> bool:
        """Say whether what is brought here has been counted; stores of earlier versions did not."""
        return bool(self._work.rows("SELECT 1 FROM counts WHERE study_uid = ?", _BEGUN))

    def begin(self, counts: Mapping[str, int]) -> None:
        """Keep what is here by now, and that it was counted."""
        self.keep({_BEGUN: 0, **counts})

    def keep(self, counts: Mapping[str, int]) -> None:
        """Keep counts by study, each in place of the earlier one."""
        if counts:
            self._work.write(
                *(Put("counts", {"study_uid": uid, "instances": count}) for uid, count in counts.items())
            )

    def get(self, study_uid: str) -> int | None:
        """Return a study's count, if it has one."""
        found = self._work.rows("SELECT instances FROM counts WHERE study_uid = ?", study_uid)
        return int(found[0][0]) if found else None

    def all(self) -> dict[str, int]:
        """Return the count of each study that has one."""
        found = self._work.rows("SELECT study_uid, instances FROM counts WHERE study_uid <> ?", _BEGUN)
        return dict(found)
