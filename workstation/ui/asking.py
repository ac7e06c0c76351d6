"""A question that is asked again and again, never twice at a time.

While an answer is on its way further wishes wait and become one: no old answer comes after a newer one.

Units:   milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from workstation.errors import calm
from workstation.ui.operations import Operations

T = TypeVar("T")


class Asking(QObject, Generic[T]):
    """Asks on a worker thread; says ``answered`` when ``take`` has had it, or ``trouble`` says why not."""

    answered = Signal()

    def __init__(
        self,
        question: Callable[[], T],
        take: Callable[[T], object],
        operations: Operations,
        settle: int,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.trouble = ""
        self._question = question
        self._take = take
        self._operations = operations
        self._is_asked = self._is_wanted = False
        self._timer = QTimer(self, singleShot=True, interval=settle)
        self._timer.timeout.connect(self.ask)

    def soon(self) -> None:
        """Ask once more, when what changes has settled a little."""
        if not self._timer.isActive():
            self._timer.start()

    def ask(self) -> None:
        """Ask now, or as soon as what is under way has been answered."""
        self._timer.stop()
        self._is_wanted = self._is_asked
        if self._is_asked:
            return
        self._is_asked = True
        self._operations.run(
            lambda _: self._question(), asked_by=self, done=self._answered, failed=self._failed
        )

    def _answered(self, answer: T) -> None:
        self._take(answer)
        self._end("")

    def _failed(self, error: BaseException) -> None:
        self._end(calm(error))

    def _end(self, trouble: str) -> None:
        self.trouble = trouble
        self._is_asked = False
        self.answered.emit()
        if self._is_wanted:
            self.ask()
