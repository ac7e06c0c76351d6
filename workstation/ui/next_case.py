"""The next case to read: asked for, opened, and in one line what was passed over for it and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from workstation.errors import calm
from workstation.ui.contracts import Network, NextCase, Notice, Refusal, Tone
from workstation.ui.notices import Notices
from workstation.ui.operations import Operations
from workstation.ui.wording import shortened

_LINE: Final = "next-case"  # the kept line's name
_STANDS: Final = 15_000  # milliseconds
_NAMED: Final = 2  # of those that were passed over


class NextCases(QObject):
    """Says ``opened`` with the study's UID."""

    opened = Signal(str)

    def __init__(self, network: Network, operations: Operations, notices: Notices, parent: QObject) -> None:
        super().__init__(parent)
        self._network, self._operations, self._notices = network, operations, notices
        self._is_asked = False
        self._away = QTimer(self, singleShot=True, interval=_STANDS)
        self._away.timeout.connect(self.withdraw)

    def ask(self, after: str = "") -> None:
        """Open the next case; ``after`` is the study that is done with. One at a time is sought."""
        if self._is_asked:
            return
        self._is_asked = True
        self._operations.run(
            lambda _: self._network.next_case(after), asked_by=self, done=self._found, failed=self._failed
        )

    def withdraw(self) -> None:
        """Take the line away."""
        self._away.stop()
        self._notices.withdraw(_LINE)

    def _found(self, case: NextCase) -> None:
        self._is_asked = False
        self.withdraw()
        if case.study is not None:
            self.opened.emit(case.study.uid)
        if case.study is None or case.skipped or case.note:
            self._tell(case)

    def _failed(self, error: BaseException) -> None:
        self._is_asked = False
        self._notices.tell(Notice(calm(error), Tone.FAULT))

    def _tell(self, case: NextCase) -> None:
        """Say what was passed over, with a way to open the first of it all the same."""
        first = next((skipped for skipped in case.skipped if skipped.study_uid), None)
        nothing = "" if case.study else "Nothing is left that could be read now."
        text = " ".join(filter(None, (nothing, case.note, passed_over(case.skipped))))
        action = f"Open {shortened(first.name, 24)}" if first else ""
        self._notices.keep(_LINE, Notice(text, Tone.PLAIN, action, lambda: self._open(first)))
        self._away.start()

    def _open(self, skipped: Refusal | None) -> None:
        self.withdraw()
        if skipped is not None:
            self.opened.emit(skipped.study_uid)


def passed_over(skipped: Sequence[Refusal]) -> str:
    """Return one sentence about what was passed over.

    >>> passed_over([Refusal("CT head", "no image is here yet"), Refusal("XR chest", "final already")])
    'Passed over: CT head, no image is here yet; XR chest, final already.'
    """
    if not skipped:
        return ""
    said = [f"{one.name}, {one.reason.rstrip('.')}" for one in skipped[:_NAMED]]
    more = len(skipped) - _NAMED
    return f"Passed over: {'; '.join([*said, *([f'and {more} more'] if more > 0 else [])])}."
