"""What is known of lines, outbox and outage: asked on worker threads, told on the main thread.

It asks again whenever the network says that something has changed. The lines it also asks for by itself: an
outage grows old without any event. Whose the deliveries are it asks only while somebody looks, and each look
once as such: it leaves a record in the audit trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from workstation.ui.asking import Asking
from workstation.ui.bridge import Listening
from workstation.ui.contracts import LineRow, LineStatus, ListenerRow, Network, Outage, OutboxRow, Told
from workstation.ui.operations import Operations

_EVERY: Final = 10_000  # milliseconds between two looks at the lines
_SETTLE: Final = 100  # milliseconds from a change of the lines to the question
_OUTBOX_SETTLE: Final = 700  # images are delivered by the dozen


class _Look(Enum):
    """Whether somebody looks into the outbox."""

    NONE = auto()
    BEGINS = auto()
    GOES_ON = auto()


class NetworkState(QObject):
    """Says ``lines_changed`` and ``outbox_changed``; the values stand in it."""

    lines_changed = Signal()
    outbox_changed = Signal()

    def __init__(self, network: Network, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network = network
        self._look_into = _Look.NONE
        self.lines: Sequence[LineRow] = ()
        self.outbox: Sequence[OutboxRow] = ()
        self.outage: Outage | None = None
        self.listener: ListenerRow | None = None
        self.told: Told | None = None
        self._lines = Asking(
            lambda: (network.lines(), network.outage(), network.told(), network.listener()),
            self._take_lines,
            operations,
            _SETTLE,
            self,
        )
        self._outbox = Asking(self._ask_outbox, self._take_outbox, operations, _OUTBOX_SETTLE, self)
        self._lines.answered.connect(self.lines_changed)
        self._outbox.answered.connect(self.outbox_changed)
        Listening(network.lines_changed, lambda _: self._lines.soon(), self)
        Listening(network.outbox_changed, lambda _: self._outbox.soon(), self)
        self._look = QTimer(self, interval=_EVERY)
        self._look.timeout.connect(self._lines.ask)
        self._look.start()
        self._lines.ask()
        self._outbox.ask()

    @property
    def exists(self) -> bool:
        """Return whether any archive is set up, or something still waits for one."""
        return bool(self.lines or self.outbox)

    @property
    def unsent(self) -> list[OutboxRow]:
        """Return what has not got where it has to go."""
        return [row for row in self.outbox if row.is_unsent]

    @property
    def signed_out(self) -> LineRow | None:
        """Return the first line that wants a sign-in."""
        return next((row for row in self.lines if row.status is LineStatus.SIGNED_OUT), None)

    @property
    def lines_trouble(self) -> str:
        """Return why the lines could not be asked for, "" if they could."""
        return self._lines.trouble

    @property
    def outbox_trouble(self) -> str:
        """Return why the outbox could not be read, "" if it could."""
        return self._outbox.trouble

    def ask_lines(self) -> None:
        """Ask for the lines again, now."""
        self._lines.ask()

    def begin_look(self) -> None:
        """Know whose the deliveries are, for somebody who has begun to look."""
        self._look_into = _Look.BEGINS
        self._outbox.ask()

    def end_look(self) -> None:
        """Forget whose they are."""
        self._look_into = _Look.NONE
        self._outbox.ask()

    def ask_outbox(self) -> None:
        """Ask for the outbox again, now."""
        self._outbox.ask()

    def _take_lines(
        self, answer: tuple[Sequence[LineRow], Outage | None, Told | None, ListenerRow | None]
    ) -> None:
        self.lines, self.outage, self.told, self.listener = answer

    def _ask_outbox(self) -> tuple[_Look, Sequence[OutboxRow]]:
        """Answer, on a worker thread, as much as the look that goes on asks for."""
        look = self._look_into
        ask = {
            _Look.NONE: self._network.outbox_state,
            _Look.BEGINS: self._network.open_outbox,
            _Look.GOES_ON: self._network.refresh_outbox,
        }
        return look, ask[look]()

    def _take_outbox(self, answer: tuple[_Look, Sequence[OutboxRow]]) -> None:
        look, self.outbox = answer
        if look is _Look.BEGINS and self._look_into is _Look.BEGINS:
            self._look_into = _Look.GOES_ON
