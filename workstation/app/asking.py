"""Letting work on another thread ask the person something, and wait for the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")


class Asker(QObject):
    """Runs a question on the main thread; made there, asked from anywhere else."""

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._posted.connect(_run, Qt.ConnectionType.QueuedConnection)

    def post(self, act: Callable[[], object]) -> None:
        """Run something on the main thread soon, without waiting for it."""
        self._posted.emit(act)

    def ask(self, question: Callable[[], T]) -> T:
        """Return what the question answers; whatever it raises is raised here."""
        answered = threading.Event()
        answer: list[Any] = []
        trouble: list[BaseException] = []

        def put() -> None:
            try:
                answer.append(question())
            except BaseException as error:  # noqa: BLE001  the asking thread hears it
                trouble.append(error)
            finally:
                answered.set()

        self._posted.emit(put)
        answered.wait()
        if trouble:
            raise trouble[0]
        return answer[0]  # type: ignore[no-any-return]


def _run(put: Callable[[], object]) -> None:
    put()
