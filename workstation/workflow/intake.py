"""What a person brings on its way into the store, counted: of each file exactly one thing comes.

``sync.landing`` does the work; this keeps the tally, puts each study into the audit trail as soon as
something of it is in the store, however the import ends, and tells the window of it. What was brought by an
import that came to its end, with nothing refused, is all there was, and is counted.

Units:   bytes.
Errors:  a file that cannot be taken is a refusal in the tally; what stops everything (a full disk)
         comes out of the end of the ``with`` block.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from workstation.dicom.errors import DiscDirectory
from workstation.dicom.sources import Source
from workstation.errors import Cancelled, calm
from workstation.security import Action
from workstation.store import DiskFailed, DiskFull, Outcome, Receipt, StoreReadOnly
from workstation.sync import Landed, Landing
from workstation.workflow.answers import Refusal
from workstation.workflow.counting import count_brought
from workstation.workflow.desk import Desk
from workstation.workflow.door import record


@dataclass
class Tally:
    """What became of everything that was offered."""

    files: int = 0
    size: int = 0  # of all of them, as it was when they were found
    added: int = 0
    known: int = 0
    versions: int = 0
    others: int = 0  # known only once they were examined: a disc's directory under another name
    refused: list[Refusal] = field(default_factory=list)
    studies: dict[str, None] = field(default_factory=dict)  # UIDs, in the order in which they came


class Intake:
    """The way in, open for the length of a ``with`` block."""

    def __init__(
        self,
        desk: Desk,
        cancelled: Callable[[], bool],
        told: Callable[[Tally], object] = id,
        took: Callable[[Receipt], object] = id,
    ) -> None:
        self.tally = Tally()
        self._counting = threading.Lock()  # the tally and who hears of it: several threads count
        self._desk = desk
        self._cancelled = cancelled
        self._told = told
        self._took = took
        self._landing = Landing(
            desk.pool,
            desk.store.intake.put,
            landed=self._take_note,
            dropped=self._drop,
            cancelled=cancelled,
        )
        desk.arriving += 1

    def offer(self, source: Source) -> bool:
        """Take a file on its way; waits for room. False once nothing more is wanted."""
        return self._landing.offer(source)

    def refuse(self, refusal: Refusal, size: int = 0) -> None:
        """Note a file that can't be taken, or could not even be offered."""
        with self._counting:
            self.tally.refused.append(refusal)
            self._count(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._landing.__exit__(kind, error, traceback)
            if error is None and not self._cancelled() and not self.tally.refused:
                count_brought(self._desk.store, self.tally.studies)
        finally:
            self._desk.arriving -= 1
            self._desk.studies_changed.emit("")

    def _take_note(self, landed: Sequence[Landed]) -> None:
        studies = dict.fromkeys(one.receipt.study_uid for one in landed)
        record(self._desk, Action.IMPORT, [uid for uid in studies if uid not in self.tally.studies])
        with self._counting:
            for one in landed:
                self._tally(one.receipt)
                self._took(one.receipt)
                self._count(one.source.size)
        for uid in studies:
            self._desk.studies_changed.emit(uid)

    def _tally(self, receipt: Receipt) -> None:
        self.tally.added += receipt.outcome is not Outcome.PRESENT
        self.tally.known += receipt.outcome is Outcome.PRESENT
        self.tally.versions += receipt.outcome is Outcome.VARIANT
        self.tally.studies.setdefault(receipt.study_uid)

    def _drop(self, source: Source, error: Exception) -> None:
        if isinstance(error, DiscDirectory):
            with self._counting:  # a file that nobody misses
                self.tally.others += 1
                self._count(source.size)
        elif not isinstance(error, Cancelled | DiskFull | DiskFailed | StoreReadOnly):
            self.refuse(Refusal(source.name, calm(error)), source.size)

    def _count(self, size: int) -> None:
        self.tally.files += 1
        self.tally.size += size
        self._told(self.tally)
