"""A line that is gone for so long that the group should hear of it: the line in the page, and whom to tell.

That the group was told is kept until the line is seen to stand again: the program's end is not the outage's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from workstation.ui.contracts import Notice, Outage, Told, Tone
from workstation.ui.controls import Button, Label
from workstation.ui.dialogs.sheet import Dialog
from workstation.ui.network.wording import clock_time, elapsed
from workstation.ui.notices import Notices

_LINE: Final = "outage"  # the kept line's name


class OutageDialog(Dialog):
    """Whom to tell, ready to be copied; accepted when they have been told."""

    def __init__(
        self, outage: Outage, now: datetime, told: Told | None = None, parent: QWidget | None = None
    ) -> None:
        text = (
            f"There is no line to {outage.archive} since {clock_time(outage.began, now)}. "
            "What is here can be read; what is signed waits. New studies don't come in."
        )
        super().__init__("Tell the group", text, accept="I have told them", parent=parent)
        self._text = contacts_text(outage, now)
        for contact in outage.contacts:
            name = Label(contact, wrapped=True)
            name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.column.addWidget(name)
        if not outage.contacts:
            self.column.addWidget(Label("Your site has not laid down whom to tell.", role="secondary"))
        self.mark = Label(told_text(told, now), role="good", wrapped=True)
        self.mark.setVisible(told is not None)
        self.column.addWidget(self.mark)
        self.copy_button = Button("Copy", hint="Copy the list and a line to send")
        self.copy_button.clicked.connect(self._copy)
        self.add_button(self.copy_button)
        self.reject_button.rename("Close")
        self.accept_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.copy_button.rename("Copied")


class OutageLine:
    """Keeps the line in the page true, from the first word to the length at the end."""

    def __init__(
        self, notices: Notices, tell: Callable[[Notice], object], now: Callable[[], datetime]
    ) -> None:
        self._notices = notices
        self._tell = tell
        self._now = now
        self._outage: Outage | None = None

    @property
    def outage(self) -> Outage | None:
        """Return the outage that goes on."""
        return self._outage

    def show(self, outage: Outage | None, told: Told | None, act: Callable[[], object]) -> None:
        """Say what goes on now, whether the group knows, and what is over."""
        before = self._outage
        goes_on = outage if outage is not None and outage.ended is None else None
        if before is not None and not _same(before, goes_on):
            self._end(before, outage)
        self._outage = goes_on
        if goes_on is not None:
            self._notices.keep(_LINE, Notice(self._text(goes_on, told), Tone.ATTENTION, "Whom to tell", act))

    def _end(self, before: Outage, after: Outage | None) -> None:
        ended = after.ended if after is not None and after.ended is not None else self._now()
        self._notices.withdraw(_LINE)
        length = elapsed(ended - before.began)
        self._tell(Notice(f"The line to {before.archive} is back after {length}.", Tone.PLAIN))

    def _text(self, outage: Outage, told: Told | None) -> str:
        now = self._now()
        text = f"No line to {outage.archive} for {elapsed(now - outage.began)}"
        said = told_text(told, now) if told is not None and told.archive == outage.archive else ""
        return f"{text}, {said}." if said else f"{text}: tell the group."


def told_text(told: Told | None, now: datetime) -> str:
    """Return "told at 02:24 by Dr N. Haverford", "" if nobody was."""
    if told is None:
        return ""
    by = f" by {told.by}" if told.by else ""
    return f"told at {clock_time(told.at, now)}{by}"


def contacts_text(outage: Outage, now: datetime) -> str:
    """Return what can be pasted into a message: what happened, then whom to tell."""
    moment = outage.began.astimezone().strftime("%Y-%m-%d %H:%M")
    first = f"No line to {outage.archive} since {moment} ({elapsed(now - outage.began)})."
    return "\n".join((first, *outage.contacts))


def _same(one: Outage, other: Outage | None) -> bool:
    return other is not None and (one.archive, one.began) == (other.archive, other.began)
