"""What changed on the screen, from what to what, and who asked.

``who`` is a short word of the caller's ("mouse", "keys", "link"), so that a listener can tell its own
change from another's.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final, Generic, Self, TypeVar

from workstation.measurement import Length
from workstation.viewing.layout import Layout
from workstation.viewing.viewport import ViewportState

T = TypeVar("T")

# What undo takes back in a viewport whose stack stayed; the way through a stack is never undone.
VIEW_FIELDS: Final = frozenset({"window", "camera", "invert"})


@dataclass(frozen=True, slots=True)
class StudyOpened:
    """Everything is new; ask the screen. An empty UID: nothing is open any more."""

    study_uid: str
    who: str


@dataclass(frozen=True, slots=True)
class StacksChanged:
    """Stacks of the study have more or fewer images than before."""

    stacks: frozenset[str]
    who: str


@dataclass(frozen=True, slots=True)
class _Edit(Generic[T]):
    """One thing is now ``after``, and was ``before``."""

    before: T
    after: T
    who: str

    @property
    def target(self) -> int | str:
        """Return which one of its kind it is."""
        return ""

    @property
    def undoable(self) -> bool:
        """Tell whether a reader would want it back."""
        return self.before != self.after

    def reversed(self) -> Self:
        """Return the way back."""
        return replace(self, before=self.after, after=self.before)

    def since(self, first: _Edit[Any]) -> Self:
        """Return this and all that went before it, from ``first`` on, as one."""
        return replace(self, before=first.before)


@dataclass(frozen=True, slots=True)
class ViewportChanged(_Edit[ViewportState]):
    """One viewport shows something else, or shows it differently."""

    pane: int

    @property
    def target(self) -> int:
        """Return the viewport."""
        return self.pane

    @property
    def undoable(self) -> bool:
        """Tell whether more changed than the place in the stack, and it was the reader who changed it.

        A picture's first window is not the reader's: taken back, it would come again with the next paint.
        """
        views = self.fields & (VIEW_FIELDS | {"stack"})
        return bool(views) and not (views == {"window"} and self.before.window is None)

    @property
    def fields(self) -> frozenset[str]:
        """Return the names of the fields that differ, such as "window"."""
        names = (field.name for field in fields(ViewportState))
        return frozenset(name for name in names if getattr(self.before, name) != getattr(self.after, name))

    def carried_out_on(self, now: ViewportState) -> ViewportState:
        """Return how the viewport looks after this, whatever else it went through meanwhile."""
        if "stack" in self.fields:
            return replace(self.after, texts=now.texts)
        return replace(now, **{name: getattr(self.after, name) for name in self.fields & VIEW_FIELDS})


@dataclass(frozen=True, slots=True)
class LayoutChanged(_Edit[Layout]):
    """The grid, the active viewport, or whether it is alone."""

    @property
    def undoable(self) -> bool:
        """Tell whether more changed than who has the keys."""
        return replace(self.before, active=0) != replace(self.after, active=0)


@dataclass(frozen=True, slots=True)
class MarkChanged(_Edit[Length | None]):
    """A measurement was drawn (from None), moved or removed (to None)."""

    @property
    def target(self) -> str:
        """Return the id of the measurement."""
        mark = self.after or self.before
        return mark.id if mark else ""


Edit = ViewportChanged | LayoutChanged | MarkChanged
Change = StudyOpened | StacksChanged | Edit
