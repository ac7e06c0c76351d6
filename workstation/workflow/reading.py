"""One open study: what its viewports show, answered at once from what is decoded so far.

``open_study`` makes one, behind the door; from then on scrolling asks here, never the door. All but
``thumbnail`` and ``close`` is asked on the main thread. Every mark that is drawn, moved or taken back
goes to the disk through its verb, in the order in which it happened; the screen's state follows
within a second, so that a crash comes back to the same study, slice and window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.series import FrameRef, ImageStack
from workstation.errors import LumenError, calm
from workstation.events import Signal
from workstation.frames import FrameSource, FrameStatus
from workstation.viewing import (
    Badge,
    Change,
    LayoutChanged,
    MarkChanged,
    Screen,
    Snapshot,
    ViewportState,
    Window,
    badges,
    corner_texts,
    fit_of,
    letters_of,
    mm_per_device_pixel,
)
from workstation.workflow import sessions
from workstation.workflow.answers import SeriesRow, StudyRow
from workstation.workflow.canvas import Canvas
from workstation.workflow.desk import Desk
from workstation.workflow.elsewhere import missing_by_series
from workstation.workflow.later import Later
from workstation.workflow.machine import KERNELS
from workstation.workflow.measuring import keep_length, remove_length
from workstation.workflow.picturing import Frame, picture_of_series
from workstation.workflow.shown import Picture, Shown, StackShare, Thumbnail, Unshowable, Waiting
from workstation.workflow.studies import row_of, series_rows, slices_first, stacks_of
from workstation.workflow.tables import TableShelf
from workstation.workflow.windows import window_behind

_KEEP_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 1.5
_WHO: Final = "reading"

Stacks = tuple[ImageStack, ...]


class Reading:
    """An open study."""

    def __init__(self, desk: Desk, study: StudyRow, stacks: Sequence[ImageStack], screen: Screen) -> None:
        self.changed: Signal[str] = Signal("stack changed")
        self.grown: Signal[str] = Signal("more of the study is here")
        self.troubled: Signal[str] = Signal("something could not be kept")
        self.study = study
        self.screen = screen
        self.series: tuple[SeriesRow, ...] = series_rows(stacks, missing_by_series(desk, study.uid))
        self._desk = desk
        self._stacks = {stack.key: stack for stack in stacks}
        self._sources: dict[str, FrameSource] = {}
        self._canvases: dict[int, Canvas] = {}
        self._tables = TableShelf(desk.store, desk.pool, self._ask_again)
        self._seen = sessions.seen_of(desk, study.uid)
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="keep")
        self._keep_screen = Later(_KEEP_SECONDS, lambda: self._keeper.submit(self._remember))
        self._keep_seen = Later(_KEEP_SECONDS, lambda: self._keeper.submit(self._remember_seen))
        self._arrived: tuple[StudyRow, Stacks, tuple[SeriesRow, ...]] | None = None
        self._has_changed = False  # this very study was named: its images are looked through
        self._look_again = Later(_LOOK_SECONDS, self._look)
        KERNELS.loaded.connect(self._ask_again)
        screen.changed.connect(self._follow)
        desk.studies_changed.connect(self._study_changed)
        self._fill()
        self._keeper.submit(self._remember)

    def share(self, stack: str) -> StackShare:
        """Return how far a stack is."""
        if stack not in self._stacks:  # it became part of another as the study grew
            return StackShare(0, 0, 0)
        frames = self._stacks[stack].frames
        source = self._sources.get(stack)
        seen = sum(1 for frame in frames if (frame.record.uid, frame.frame) in self._seen)
        return StackShare(len(frames), source.progress.ready if source else 0, seen)

    def show_stack(self, pane: int, stack: str) -> None:
        """Put a stack into a viewport, with the image and window that it opens with."""
        self.screen.set_viewport(pane, self._first_view(pane, stack), who=_WHO)

    def _fill(self) -> None:
        """Give the empty viewports on the screen the stacks that none shows, localizers last."""
        panes = self.screen.layout.visible
        shown = {self.screen.viewport(pane).stack for pane in panes}
        waiting = [stack.key for stack in slices_first(self._stacks.values()) if stack.key not in shown]
        empty = [pane for pane in panes if not self.screen.viewport(pane).stack]
        for pane, stack in zip(empty, waiting, strict=False):
            self.screen.fill(pane, self._first_view(pane, stack), who=_WHO)

    def _first_view(self, pane: int, stack: str) -> ViewportState:
        """Ask for the image that a stack opens with, and return the view of it."""
        state = replace(first_view(self._stacks[stack]), texts=self.screen.viewport(pane).texts)
        self._source(stack).want(state.index)
        return state

    def grow(self) -> bool:
        """Take in what has arrived since; each viewport stays at its image. False if nothing has.

        ``grown`` tells when it is worth asking.
        """
        arrived, self._arrived = self._arrived, None
        if arrived is None:
            return False
        before = self._stacks
        self.study, stacks, self.series = arrived
        self._stacks = {stack.key: stack for stack in stacks}
        for key, stack in before.items():
            if key not in self._stacks or stack.frames != self._stacks[key].frames:
                self._let_go(key)
        self.screen.learn({stack.key: len(stack.frames) for stack in stacks}, who=_WHO)
        self._stay_at_images(before)
        self._fill()
        return True

    def picture(self, pane: int, width: int, height: int) -> Picture:
        """Return what a viewport of this size shows now; ``changed`` follows after Waiting."""
        state = self.screen.viewport(pane)
        if not state.stack:
            return Waiting("")
        found = self._frame(state)
        if not isinstance(found, Frame):
            return found
        if not KERNELS.are_loaded():
            return Waiting()
        try:
            return self._shown(pane, state, found, width, height)
        except LumenError as error:
            return Unshowable(calm(error))

    def opening_window(self, pane: int) -> Window | None:
        """Return the window that the shown image opens with."""
        found = self._frame(self.screen.viewport(pane))
        return found.opening_window() if isinstance(found, Frame) else None

    def window_of_digit(self, pane: int, digit: int) -> Window | None:
        """Return the window behind a digit for what is shown, None if there is none."""
        found = self._frame(self.screen.viewport(pane))
        if not isinstance(found, Frame):
            return None
        return window_behind(digit, found.record, found.number, found.lookups, found.stored)

    def data_range(self, pane: int) -> float | None:
        """Return how far the shown picture's values spread, where that is known."""
        found = self._frame(self.screen.viewport(pane))
        return _spread(found) if isinstance(found, Frame) else None

    def thumbnail(self, stack: str, side: int) -> Thumbnail | None:
        """Return a still of at most ``side`` device pixels; asked on a worker thread."""
        found = self._stacks.get(stack)
        return picture_of_series(self._desk, stack=found, side=side) if found else None

    def put_away(self) -> None:
        """Let go of the study for the list: the next start does not come back to it."""
        sessions.forget_last_study(self._desk, self.study.uid)
        self.close()

    def close(self) -> None:
        """Let go of the study, the program ending; what was drawn is on the disk first."""
        if self._desk.open_study == self.study.uid:  # another may be open by now
            self._desk.open_study = ""
            if self._desk.service is not None:
                self._desk.service.focus("")
        self.screen.changed.disconnect(self._follow)
        self._desk.studies_changed.disconnect(self._study_changed)
        self._look_again.stop()
        self._keep_screen.stop()
        self._keep_seen.stop()
        self._keeper.submit(self._remember)
        self._keeper.submit(self._remember_seen)
        self._keeper.shutdown(wait=True)
        self._tables.close()
        for key in tuple(self._sources):
            self._let_go(key)

    def _let_go(self, stack: str) -> None:
        source = self._sources.pop(stack, None)
        if source is not None:
            source.ready.disconnect(self._frame_ready)
            source.close()

    def _study_changed(self, study_uid: str) -> None:
        self._has_changed |= study_uid == self.study.uid
        if study_uid in ("", self.study.uid):
            self._look_again.soon()

    def _look(self) -> None:
        """Look for what has arrived; beside the main thread, since it may be thousands of images."""
        has_changed, self._has_changed = self._has_changed, False
        try:
            row = row_of(self._desk, self.study.uid)
            if row == self.study and not has_changed:
                return
            stacks = stacks_of(self._desk, self.study.uid)
            series = series_rows(stacks, missing_by_series(self._desk, self.study.uid))
        except LumenError as error:
            self.troubled.emit(calm(error))
            return
        now = {stack.key: stack.frames for stack in stacks}
        if row != self.study or now != {key: stack.frames for key, stack in self._stacks.items()}:
            self._arrived = (row, stacks, series)
            self.grown.emit(self.study.uid)

    def _stay_at_images(self, before: Mapping[str, ImageStack]) -> None:
        """Let each viewport show the image that it showed, wherever that is now; empty it if that is gone."""
        for pane, state in enumerate(self.screen.viewports):
            if state.stack in before:
                old = before[state.stack].frames
                stack, index = self._place_of(old[min(state.index, len(old) - 1)]) or ("", 0)
                self.screen.set_viewport(pane, replace(state, stack=stack, index=index), who=_WHO)

    def _place_of(self, frame: FrameRef) -> tuple[str, int] | None:
        """Return the stack and index of an image; stacks whose planes turned out to be one become one."""
        places = ((stack.key, _index_of(frame, stack.frames)) for stack in self._stacks.values())
        return next(((key, index) for key, index in places if index is not None), None)

    def _source(self, stack: str) -> FrameSource:
        if stack not in self._sources:
            source = self._desk.frames.source(self._stacks[stack])
            source.ready.connect(self._frame_ready)
            self._sources[stack] = source
        return self._sources[stack]

    def _frame(self, state: ViewportState) -> Frame | Waiting | Unshowable:
        """Return the frame that a viewport is at, as far as it is decoded."""
        if state.stack not in self._stacks:
            return Waiting("")
        source = self._source(state.stack)
        source.want(state.index)
        stored = source.frame(state.index)
        if stored is None:
            standing = source.state(state.index)
            return Unshowable(standing.reason) if standing.status is FrameStatus.FAILED else Waiting()
        reference = self._stacks[state.stack].frames[state.index]
        lookups = self._tables.get(reference.record)
        if lookups is None:
            return Waiting()
        return Frame(reference.record, reference.frame, stored, source.photometric(state.index), lookups)

    def _shown(self, pane: int, state: ViewportState, frame: Frame, width: int, height: int) -> Shown:
        if state.window is None and (window := frame.opening_window()) is not None:
            state = replace(state, window=window)
            self.screen.set_viewport(pane, state, who=_WHO)
        stack = self._stacks[state.stack]
        pixels = self._canvases.setdefault(pane, Canvas()).draw(frame, state, width, height)
        self._see(state.stack, stack.frames[state.index])
        fit = fit_of(frame.record, frame.number, width, height)
        scale = mm_per_device_pixel(frame.record, frame.number, fit, state.camera)
        return Shown(
            pixels=pixels,
            fit=fit,
            camera=state.camera,
            record=frame.record,
            frame=frame.number,
            corners=corner_texts(
                frame.record,
                frame.number,
                state,
                label=stack.label,
                count=len(stack.frames),
                scale=fit.scale(state.camera),
            ),
            letters=letters_of(frame.record, frame.number, state.camera),
            badges=(
                *badges(frame.record, frame.number, state, stack.geometry),
                *(Badge("table unreadable", note) for note in frame.lookups.notes),
            ),
            scale=scale,
        )

    def _see(self, stack: str, reference: FrameRef) -> None:
        if (reference.record.uid, reference.frame) not in self._seen:
            self._seen.see(reference.record.uid, reference.frame)
            self._keep_seen.soon()
            self.changed.emit(stack)

    def _frame_ready(self, where: tuple[str, int]) -> None:
        self.changed.emit(where[0])

    def _ask_again(self, _: str) -> None:
        """Ask for every picture again: what it waited for is there."""
        for stack in tuple(self._sources):  # on another thread than the one that opens stacks
            self.changed.emit(stack)

    def _follow(self, change: Change) -> None:
        """Keep what the reader made; a mark at once, the rest soon."""
        if isinstance(change, MarkChanged):
            self._keeper.submit(self._keep_mark, change)
        elif isinstance(change, LayoutChanged):
            self._fill()
        self._keep_screen.soon()

    def _keep_mark(self, change: MarkChanged) -> None:
        try:
            if change.after is not None:
                keep_length(self._desk, study_uid=self.study.uid, length=change.after)
            elif change.before is not None:
                remove_length(self._desk, study_uid=self.study.uid, identifier=change.before.id)
        except Exception as error:  # noqa: BLE001  whatever it is, the reader must know
            self.troubled.emit(f"The measurement is not on the disk: {calm(error)}")

    def _remember(self) -> None:
        try:
            sessions.keep_screen(self._desk, Snapshot.of(self.screen))
        except Exception as error:  # noqa: BLE001  as above
            self.troubled.emit(f"The place of reading is not kept: {calm(error)}")

    def _remember_seen(self) -> None:
        try:
            sessions.keep_seen(self._desk, self.study.uid, self._seen)
        except Exception as error:  # noqa: BLE001  as above
            self.troubled.emit(f"The images that were seen are not kept: {calm(error)}")


def first_view(stack: ImageStack) -> ViewportState:
    """Return how a stack is shown at first: slices from their middle, everything else from its beginning."""
    return ViewportState(stack.key, len(stack.frames) // 2 if stack.kind == "stack" else 0)


def _index_of(frame: FrameRef, frames: Sequence[FrameRef]) -> int | None:
    """Return where an image stands in a stack that has grown."""
    wanted = (frame.record.uid, frame.frame)
    return next((n for n, one in enumerate(frames) if (one.record.uid, one.frame) == wanted), None)


def _spread(frame: Frame) -> float | None:
    stored: NDArray[Any] = frame.stored
    facts = frame.record.facts(frame.number)
    if frame.lookups.modality is not None:
        return float(frame.lookups.modality.top)
    return float(np.ptp(stored.astype(np.float64) if stored.dtype.kind != "f" else stored)) * abs(facts.slope)
