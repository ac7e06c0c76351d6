"""Asking the archives for what the list doesn't have: a name's beginning, a patient ID, an accession number.

That an archive has nothing and that it could not be asked are two things; the answer tells which.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal

from workstation.errors import calm
from workstation.ui.contracts import Network, Searched
from workstation.ui.operations import Operations
from workstation.ui.wording import counted

NOTHING_TO_ASK: Final = "Type the beginning of a family name, a patient ID or an accession number first."


class ArchiveSearch(QObject):
    """One search at a time; says ``begun``, then ``ended`` with how many were found and a sentence."""

    begun = Signal()
    ended = Signal(int, str)

    def __init__(self, network: Network, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network, self._operations = network, operations
        self._is_asked = False

    def ask(self, text: str) -> None:
        """Ask every archive whose line stands."""
        if self._is_asked:
            return
        if not text.strip():
            self.ended.emit(0, NOTHING_TO_ASK)
            return
        self._is_asked = True
        self.begun.emit()
        self._operations.run(
            lambda _: self._search(text),
            asked_by=self,
            done=lambda answer: self._end(*answer),
            failed=lambda error: self._end(0, calm(error)),
        )

    def _search(self, text: str) -> tuple[int, str]:
        found = self._network.search_archives(text)
        return found.count, outcome(found)

    def _end(self, count: int, sentence: str) -> None:
        self._is_asked = False
        self.ended.emit(count, sentence)


def outcome(found: Searched) -> str:
    """Return what came of it.

    >>> outcome(Searched(0, ("Harbor", "St. Anne")))
    'Harbor and St. Anne have no such study.'
    """
    has = "has" if len(found.answered) == 1 else "have"
    what = counted(found.count, "such study", "such studies") if found.count else "no such study"
    said = f"{' and '.join(found.answered)} {has} {what}." if found.answered else ""
    missed = (f"{one.name} could not be asked. {one.reason}" for one in found.silent)
    return " ".join(filter(None, (said, *missed)))
