"""The whole screen as plain state: study, layout, viewports, marks. Every change is told.

Whatever a test or a restart wants to know about the screen is asked here, without a display. The
setters are few and strict; what hands do is in ``commands``. One thread uses a screen: the main one.

Errors:  ViewingError for a viewport, stack or mark that isn't there; the screen stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from workstation.events import Signal
from workstation.measurement import Length
from workstation.viewing.changes import (
    Change,
    Edit,
    LayoutChanged,
    MarkChanged,
    StacksChanged,
    StudyOpened,
    ViewportChanged,
)
from workstation.viewing.errors import ViewingError
from workstation.viewing.history import History
from workstation.viewing.layout import PANES, Layout
from workstation.viewing.viewport import ViewportState


class Screen:
    """What is shown, and a signal that says what changed."""

    def __init__(self) -> None:
        self.changed: Signal[Change] = Signal("screen changed")
        self._study_uid = ""
        self._stacks: dict[str, int] = {}
        self._layout = Layout()
        self._viewports = [ViewportState()] * PANES
        self._marks: dict[str, Length] = {}
        self._history = History()

    @property
    def study_uid(self) -> str:
        """Return the study being read, "" if none."""
        return self._study_uid

    @property
    def stacks(self) -> Mapping[str, int]:
        """Return how many images each stack has."""
        return MappingProxyType(self._stacks)

    @property
    def layout(self) -> Layout:
        """Return how the image area is divided."""
        return self._layout

    @property
    def viewports(self) -> tuple[ViewportState, ...]:
        """Return all viewports, those that the layout doesn't show too."""
        return tuple(self._viewports)

    @property
    def active(self) -> ViewportState:
        """Return the viewport that has the keys."""
        return self._viewports[self._layout.active]

    @property
    def marks(self) -> Mapping[str, Length]:
        """Return the measurements by their ids."""
        return MappingProxyType(self._marks)

    def open(
        self,
        study_uid: str,
        stacks: Mapping[str, int],
        *,
        layout: Layout | None = None,
        viewports: Sequence[ViewportState] = (),
        marks: Iterable[Length] = (),
        who: str,
    ) -> None:
        """Show another study; nothing of the one before stays, what can be undone neither.

        A viewport whose stack isn't here any more is empty, an index beyond the stack is its last.
        """
        self._study_uid = study_uid
        self._stacks = dict(stacks)
        self._layout = layout or Layout()
        filled = [self._possible(state) for state in viewports[:PANES]]
        self._viewports = filled + [ViewportState()] * (PANES - len(filled))
        self._marks = {mark.id: mark for mark in marks}
        self._history.clear()
        self.changed.emit(StudyOpened(study_uid, who))

    def learn(self, stacks: Mapping[str, int], *, who: str) -> None:
        """Take note of how many images stacks have now, as more of the study arrives."""
        news = frozenset(key for key, count in stacks.items() if self._stacks.get(key) != count)
        if not news:
            return
        self._stacks.update(stacks)
        self._viewports = [self._possible(state) for state in self._viewports]
        self.changed.emit(StacksChanged(news, who))

    def viewport(self, pane: int) -> ViewportState:
        """Return the state of a viewport."""
        if not 0 <= pane < PANES:
            raise ViewingError(f"there is no viewport {pane + 1}")
        return self._viewports[pane]

    def set_viewport(self, pane: int, state: ViewportState, *, who: str, gesture: str = "") -> None:
        """Let a viewport show this; the changes of one gesture are undone together."""
        before = self.viewport(pane)
        self._check_index(state)
        self._tell(ViewportChanged(before, state, who, pane), gesture)

    def fill(self, pane: int, state: ViewportState, *, who: str) -> None:
        """Let an empty viewport show this; nobody did it, so there is nothing to undo."""
        before = self.viewport(pane)
        if before.stack:
            raise ViewingError(f"viewport {pane + 1} is not empty")
        self._check_index(state)
        self._store(edit := ViewportChanged(before, state, who, pane))
        self.changed.emit(edit)

    def set_layout(self, layout: Layout, *, who: str) -> None:
        """Divide the image area differently, or give the keys to another viewport."""
        self._tell(LayoutChanged(self._layout, layout, who))

    def set_mark(self, mark: Length, *, who: str, gesture: str = "") -> None:
        """Add a measurement, or move the one with its id."""
        self._tell(MarkChanged(self._marks.get(mark.id), mark, who), gesture)

    def remove_mark(self, mark_id: str, *, who: str) -> None:
        """Remove a measurement."""
        if mark_id not in self._marks:
            raise ViewingError("this measurement has been removed already")
        self._tell(MarkChanged(self._marks[mark_id], None, who))

    def undo(self, *, who: str) -> Edit | None:
        """Take back what was done last, None if there is nothing."""
        return self._repeat(self._history.undo(), who)

    def redo(self, *, who: str) -> Edit | None:
        """Do again what was undone last, None if there is nothing."""
        return self._repeat(self._history.redo(), who)

    def _repeat(self, edit: Edit | None, who: str) -> Edit | None:
        if edit is None:
            return None
        if isinstance(edit, ViewportChanged):
            now = self._viewports[edit.pane]
            edit = replace(edit, before=now, after=self._possible(edit.carried_out_on(now)))
        edit = replace(edit, who=who)
        self._store(edit)
        self.changed.emit(edit)
        return edit

    def _tell(self, edit: Edit, gesture: str = "") -> None:
        if edit.before == edit.after:
            return
        self._store(edit)
        self._history.record(edit, gesture)
        self.changed.emit(edit)

    def _store(self, edit: Edit) -> None:
        if isinstance(edit, ViewportChanged):
            self._viewports[edit.pane] = edit.after
        elif isinstance(edit, LayoutChanged):
            self._layout = edit.after
        elif edit.after is not None:
            self._marks[edit.target] = edit.after
        else:
            self._marks.pop(edit.target, None)

    def _check_index(self, state: ViewportState) -> None:
        if state.stack and not state.index < self._stacks.get(state.stack, 0):
            raise ViewingError(f"there is no image {state.index + 1} in this stack")

    def _possible(self, state: ViewportState) -> ViewportState:
        count = self._stacks.get(state.stack, 0)
        if not count:
            return ViewportState(texts=state.texts)
        return replace(state, index=min(state.index, count - 1))
