"""The imports of a window: one after the other, with progress, cancel and a summary.

Whatever is dropped or chosen while one runs waits for its turn. Everybody who shows something
about an import (the list, the state bar) hears it from here.

Units:   seconds, bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, SignalInstance

from workstation.ui.contracts import Desk, ImportProgress, ImportSummary
from workstation.ui.operations import Operations, Ticket
from workstation.ui.wording import amount, counted, duration, rate


class Imports(QObject):
    """Runs imports; every signal comes on the main thread."""

    started = Signal()
    progressed = Signal(object)  # ImportProgress
    ended = Signal(object)  # ImportSummary
    failed = Signal(object)  # what was raised

    def __init__(self, desk: Desk, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._operations = operations
        self._waiting: list[tuple[Path, ...]] = []
        self._running: Ticket | None = None

    @property
    def running(self) -> bool:
        """Return whether an import is under way."""
        return self._running is not None

    def start(self, paths: Sequence[Path]) -> None:
        """Import these, at once or after what is under way."""
        if paths:
            self._waiting.append(tuple(paths))
            self._next()

    def cancel(self) -> None:
        """Stop; what was taken in stays, what waits is forgotten."""
        self._waiting.clear()
        if self._running is not None:
            self._running.cancel()

    def _next(self) -> None:
        if self._running is not None or not self._waiting:
            return
        paths = self._waiting.pop(0)
        self._running = self._operations.run(
            lambda ticket: self._desk.import_paths(paths, progress=ticket.report, cancelled=ticket.cancelled),
            asked_by=self,
            done=lambda summary: self._finish(self.ended, summary),
            failed=lambda error: self._finish(self.failed, error),
            progress=self.progressed.emit,
        )
        self.started.emit()

    def _finish(self, signal: SignalInstance, value: object) -> None:
        self._running = None
        signal.emit(value)
        self._next()


def progress_text(progress: ImportProgress) -> str:
    """Return "1 204 of 3 112 files · 84 MB/s · 23 s left", as much of it as is known."""
    total = progress.files_total
    files = (
        f"{amount(progress.files)} of {counted(total, 'file')}" if total else counted(progress.files, "file")
    )
    return " · ".join(
        part for part in (files, rate(progress.size, progress.seconds), _left(progress)) if part
    )


def share(progress: ImportProgress) -> float | None:
    """Return how far it is, 0 to 1, None while nobody knows."""
    if progress.size_total:
        return min(progress.size / progress.size_total, 1.0)
    return min(progress.files / progress.files_total, 1.0) if progress.files_total else None


def summary_text(summary: ImportSummary) -> str:
    """Return what an import did, in one line; its counts add up to the files that were found."""
    parts = [
        f"{counted(summary.added, 'instance')} in {counted(summary.studies, 'study', 'studies')} imported"
        if summary.added
        else "Nothing new imported"
    ]
    if summary.versions:
        parts[0] += f", {amount(summary.versions)} of them kept apart from what was here under the same UID"
    if summary.known:
        parts.append(f"{amount(summary.known)} {'was' if summary.known == 1 else 'were'} here already")
    if summary.refused:
        parts.append(f"{counted(len(summary.refused), 'file')} could not be read")
    if summary.others:
        parts.append(_others(summary))
    if summary.untouched:
        parts.append(f"{counted(summary.untouched, 'file')} found and not looked into")
    return ("Stopped: " if summary.cancelled else "") + " · ".join(parts)


def _others(summary: ImportSummary) -> str:
    is_all = not (summary.added or summary.known or summary.refused)
    noun = ("file holds", "files hold") if is_all else ("other file holds", "other files hold")
    return f"{counted(summary.others, *noun)} no images"


def _left(progress: ImportProgress) -> str:
    if not progress.size_total or progress.size <= 0 or progress.seconds < 1:
        return ""
    return f"{duration(progress.seconds * (progress.size_total - progress.size) / progress.size)} left"
