"""What was done last, so that it can be undone: marks and views, not the way through a stack.

All that one drag did is one entry; a drag that came back to where it began leaves none. The oldest
entries are forgotten.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from workstation.viewing.changes import Edit

REMEMBERED: Final = 200


class _Entry(NamedTuple):
    edit: Edit
    gesture: str


class History:
    """Edits that can be undone, and those that were."""

    def __init__(self) -> None:
        self._done: deque[_Entry] = deque(maxlen=REMEMBERED)
        self._undone: list[_Entry] = []

    def __len__(self) -> int:
        return len(self._done)

    def record(self, edit: Edit, gesture: str = "") -> None:
        """Remember an edit; those of the same gesture on the same thing become one."""
        if not edit.undoable:
            return
        self._undone.clear()
        if gesture and self._done and _continues(self._done[-1], edit, gesture):
            edit = edit.since(self._done.pop().edit)
        if edit.undoable:
            self._done.append(_Entry(edit, gesture))

    def undo(self) -> Edit | None:
        """Return the edit that takes the last one back; it can be redone from now on."""
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._undone[-1].edit.reversed()

    def redo(self) -> Edit | None:
        """Return the edit that was undone last; it can be undone again."""
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._done[-1].edit

    def clear(self) -> None:
        """Forget everything, as when another study opens."""
        self._done.clear()
        self._undone.clear()


def _continues(last: _Entry, edit: Edit, gesture: str) -> bool:
    same_thing = type(last.edit) is type(edit) and last.edit.target == edit.target
    return same_thing and last.gesture == gesture
