"""What is done to studies from the list: claim, hand back, fetch; to one or to all that are chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal

from workstation.errors import calm
from workstation.ui.contracts import Network, Notice, StudyRow, Tone
from workstation.ui.operations import Operations
from workstation.ui.studies.query import READ
from workstation.ui.wording import counted


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that can be done, to which studies, and how it is said when it is done."""

    name: str  # the command's
    text: str
    done: str
    fits: Callable[[StudyRow], bool]
    do: Callable[[Network, str], None]


CLAIM: Final = Work(
    "claim",
    "Claim",
    "claimed",
    lambda row: row.can_be_claimed and not row.is_claimed and row.state not in READ,
    lambda network, uid: network.claim(uid),
)
HAND_BACK: Final = Work(
    "hand-back",
    "Hand back",
    "handed back",
    lambda row: row.is_claimed,
    lambda network, uid: network.hand_back(uid),
)
FETCH: Final = Work(
    "fetch",
    "Fetch now",
    "asked for",
    lambda row: bool(row.archives) and not row.is_whole,
    lambda network, uid: network.fetch(uid),
)
WORKS: Final = (CLAIM, HAND_BACK, FETCH)


class Works(QObject):
    """Does it away from the main thread; says ``noticed`` with what came of it, ``ended`` when it is done."""

    noticed = Signal(object)
    ended = Signal()

    def __init__(self, network: Network, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.network, self.operations = network, operations

    def do(self, work: Work, rows: Sequence[StudyRow]) -> None:
        """Do it to every study that it fits."""
        uids = [row.uid for row in rows if work.fits(row)]
        if uids:
            self.operations.run(
                lambda _: self._all(work, uids),
                asked_by=self,
                done=lambda failed: self._tell(work, len(uids), failed),
                failed=lambda error: self.noticed.emit(Notice(calm(error), Tone.FAULT)),
            )

    def _all(self, work: Work, uids: Sequence[str]) -> list[str]:
        """Go on after one that can't be done; return why, for each of them."""
        failed = []
        for uid in uids:
            try:
                work.do(self.network, uid)
            except Exception as error:  # noqa: BLE001  whatever it is, it is told, and the next one has its turn
                failed.append(calm(error))
        return failed

    def _tell(self, work: Work, count: int, failed: Sequence[str]) -> None:
        self.ended.emit()
        if not failed:
            text = f"{counted(count, 'study', 'studies')} {work.done}."
            self.noticed.emit(Notice(text, Tone.PLAIN))
        elif count == 1:
            self.noticed.emit(Notice(failed[0], Tone.FAULT))
        else:
            reasons = " ".join(dict.fromkeys(failed))
            self.noticed.emit(Notice(f"{len(failed)} of {count} not {work.done}: {reasons}", Tone.FAULT))
