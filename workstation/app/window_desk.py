"""The desk as the window knows it: whichever store is open, through the verbs of ``workflow``.

It begins with none (the window is up before the store is), may begin with the demonstration, and
goes over to the person's own store with the first real import.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from workstation.dicom.series import ImageStack
from workstation.events import Signal
from workstation.workflow import (
    Cancelled,
    Desk,
    ImportSummary,
    NoSuchStudy,
    Progress,
    Reading,
    StudyPreview,
    StudyRow,
    Thumbnail,
    describe_study,
    import_studies,
    keep_filters,
    kept_filters,
    list_studies,
    open_study,
    picture_of_series,
    refresh_studies,
    refresh_study,
    stacks_of,
)


class WindowDesk:
    """Answers the window; may be asked on any thread."""

    def __init__(self, own: Callable[[], Desk]) -> None:
        self.studies_changed: Signal[str] = Signal("studies changed")
        self.moved: Signal[Desk] = Signal("another store is open")
        self._own = own
        self._lock = threading.Lock()
        self._desk: Desk | None = None
        self._stacks: dict[str, ImageStack] = {}

    @property
    def desk(self) -> Desk | None:
        """Return the open desk."""
        return self._desk

    def sit_down(self, desk: Desk) -> None:
        """Work at this desk from now on; the one before is closed."""
        with self._lock:
            before, self._desk = self._desk, desk
            self._stacks.clear()
        desk.studies_changed.connect(self.studies_changed.emit)
        self.studies_changed.emit("")
        self.moved.emit(desk)
        if before is not None:
            before.close()

    def close(self) -> None:
        """Close the store."""
        with self._lock:
            desk, self._desk = self._desk, None
        if desk is not None:
            desk.close()

    def studies(self) -> Sequence[StudyRow]:
        """Return every study of the store; none while it is still being opened."""
        return list_studies(self._desk) if self._desk else ()

    def refresh_studies(self) -> Sequence[StudyRow]:
        """Return the same anew, while the list is shown."""
        return refresh_studies(self._desk) if self._desk else ()

    def preview(self, study_uid: str) -> StudyPreview:
        """Return what the preview shows."""
        return self._with_stacks(describe_study, study_uid)

    def refresh_preview(self, study_uid: str) -> StudyPreview:
        """Return the same anew, while it is shown."""
        return self._with_stacks(refresh_study, study_uid)

    def _with_stacks(self, describe: Callable[..., StudyPreview], study_uid: str) -> StudyPreview:
        desk = self.sitting()
        preview = describe(desk, study_uid=study_uid)
        self._stacks |= {stack.key: stack for stack in stacks_of(desk, study_uid)}
        return preview

    def thumbnail(self, series_key: str, side: int) -> Thumbnail | None:
        """Return a picture of at most ``side`` device pixels."""
        stack = self._stacks.get(series_key)
        return picture_of_series(self.sitting(), stack=stack, side=side) if stack else None

    def import_paths(
        self, paths: Sequence[Path], *, progress: Progress, cancelled: Cancelled
    ) -> ImportSummary:
        """Take in files; the first time, into a store that is made for them."""
        if self._desk is None or self._desk.is_demo:
            self.sit_down(self._own())
        return import_studies(self.sitting(), paths=paths, progress=progress, cancelled=cancelled)

    def open_study(self, study_uid: str, *, cancelled: Cancelled = lambda: False) -> Reading:
        """Open a study for reading, at the place where it was left; one that is not here is waited for."""
        return open_study(self.sitting(), study_uid=study_uid, cancelled=cancelled)

    def filters(self) -> str:
        """Return the saved filters of the list; none while the store is still being opened."""
        return kept_filters(self._desk) if self._desk else ""

    def keep_filters(self, filters: str) -> None:
        """Keep the saved filters of the list."""
        keep_filters(self.sitting(), filters)

    def sitting(self) -> Desk:
        """Return the open desk, or say that none is open yet."""
        if self._desk is None:
            raise NoSuchStudy("No store is open yet", remedy="Wait a moment, or import something.")
        return self._desk
