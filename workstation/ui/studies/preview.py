"""What the list's neighbour tells of the chosen study, before it is opened.

It is asked for off the main thread; while it is on its way the identity is there already. An
answer for a study that is not chosen any more is dropped. While a study arrives its numbers go on in place;
what they belong to is asked for again only now and then, and as the same look: a new one leaves a record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from workstation.errors import calm
from workstation.ui.contracts import Desk, LineRow, LinkOffer, Network, PriorRow, StudyPreview, StudyRow
from workstation.ui.controls import panel
from workstation.ui.operations import Operations, Ticket
from workstation.ui.pictures import Still
from workstation.ui.studies.preview_body import Body
from workstation.ui.studies.preview_buttons import PreviewButtons

T = TypeVar("T")

_SETTLE: Final = 60  # milliseconds that a row stays chosen before its preview is asked for
_AGAIN: Final = 5000  # milliseconds from a change of what is shown to the next question


@dataclass(frozen=True, slots=True)
class _Connected:
    """What only archives know."""

    priors: Sequence[PriorRow]
    offers: Sequence[LinkOffer]
    lines: Sequence[LineRow]


class Preview(QWidget):
    """The pane.

    Says ``opened`` with a study's UID, ``asked_refusals`` with what could not be read, ``decided`` with a
    study, an offer of who may be the same person, and what the person is about to say of it.
    """

    opened = Signal(str)
    asked_refusals = Signal(object)
    decided = Signal(object, object, bool)

    def __init__(
        self, desk: Desk, network: Network | None, operations: Operations, now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self._desk, self._network, self._operations, self._now = desk, network, operations, now
        self._study: StudyRow | None = None
        self._lines: Sequence[LineRow] = ()
        self._tickets: list[Ticket] = []
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE)
        self._settle.timeout.connect(self._ask)
        self._again = QTimer(self, singleShot=True, interval=_AGAIN)
        self._again.timeout.connect(self._ask)
        self._scroll = _scroll()
        self._body = self._make_body()
        self._turn = 0  # counts the studies that were shown
        self._looked = 0  # the turn that was asked for as a look of its own
        self.buttons = PreviewButtons()
        self.buttons.opened.connect(self._open)
        self._lay_out()
        self._begin(None)

    def show_study(self, study: StudyRow | None) -> None:
        """Show a study, or nothing."""
        before, self._study = self._study, study
        if study == before:
            return
        if study is not None and before is not None and study.uid == before.uid:
            self._go_on(study, before)
        else:
            self._begin(study)

    def tick(self, seconds: float | None) -> None:
        """Say in how many seconds the study will be here, None where that can't be told."""
        if self._study is not None:
            self._body.here.show_share(self._study, seconds)

    def ask_again(self) -> None:
        """Ask once more what is known of the study."""
        if self._study is not None:
            self._settle.start()

    def _open(self) -> None:
        if self._study is not None:
            self.opened.emit(self._study.uid)

    def _begin(self, study: StudyRow | None) -> None:
        for ticket in self._tickets:
            ticket.cancel()
        self._tickets.clear()
        self._settle.stop()
        self._again.stop()
        self._lines = ()
        self._turn += 1
        self._body.setVisible(study is not None)
        if study is not None:
            self._body.begin(study)
            self._scroll.verticalScrollBar().setValue(0)
            self._settle.start()

    def _make_body(self) -> Body:
        made = Body()
        made.here.asked_refusals.connect(self.asked_refusals)
        made.priors.opened.connect(self.opened)
        made.priors.shown.connect(self._picture_prior)
        made.offers.decided.connect(lambda offer, same: self.decided.emit(self._study, offer, same))
        return made

    def _go_on(self, study: StudyRow, before: StudyRow) -> None:
        """Let the numbers of the shown study go on."""
        self._body.identity(study)
        self._body.here.show_share(study)
        if replace(study, here=0, expected=0) != replace(before, here=0, expected=0):
            self._settle.start()
        elif not self._again.isActive():
            self._again.start()

    def _ask(self) -> None:
        study, network = self._study, self._network
        if study is None:
            return
        is_new, self._looked = self._looked != self._turn, self._turn
        describe = self._desk.preview if is_new else self._desk.refresh_preview
        self._run(lambda: describe(study.uid), self, self._fill)
        if network is not None:
            self._run(lambda: _asked(network, study.uid, is_new=is_new), self, self._connect)

    def _fill(self, preview: StudyPreview) -> None:
        body, study = self._body, self._study
        if study is None:
            return
        body.order(replace(preview.study, why_here=study.why_here), preview.referring)
        body.here.show_share(study)
        body.here.show_accounting(preview)
        body.here.show_way(study, self._lines, self._now())
        for series, still in body.series(preview.series):
            self._picture(series.key, still)

    def _connect(self, found: _Connected) -> None:
        body, study = self._body, self._study
        if study is None:
            return
        self._lines = found.lines
        body.offers.fill(found.offers)
        body.priors.fill(found.priors)
        body.claims("This archive cannot share claims." if _cannot_share(study, found.lines) else "")
        body.here.show_way(study, found.lines, self._now())

    def _picture_prior(self, study: StudyRow, still: Still) -> None:
        """Ask for a picture of the first series that has one."""

        def find() -> str:
            series = self._desk.refresh_preview(study.uid).series
            return next((row.key for row in series if row.displayable), "")

        self._run(find, still, lambda key: self._picture(key, still) if key else None, is_quiet=True)

    def _picture(self, key: str, still: Still) -> None:
        side = still.device_side
        self._run(lambda: self._desk.thumbnail(key, side), still, still.show_pixels, is_quiet=True)

    def _run(
        self,
        work: Callable[[], T],
        asked_by: QWidget,
        done: Callable[[T], object],
        *,
        is_quiet: bool = False,
    ) -> None:
        """Ask away from the main thread; who has become another study's is not answered any more."""
        turn = self._turn

        def answer(value: T | None) -> None:
            if value is not None and turn == self._turn:
                done(value)

        def fail(error: BaseException) -> None:
            if turn == self._turn and not is_quiet:
                self._body.fault(calm(error))

        self._tickets.append(
            self._operations.run(
                lambda ticket: None if ticket.cancelled() else work(),
                asked_by=asked_by,
                done=answer,
                failed=fail,
            )
        )

    def _lay_out(self) -> None:
        outer = QVBoxLayout()
        outer.setSpacing(0)
        self._scroll.setWidget(self._body)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self.buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(panel("preview", outer))


def _asked(network: Network, study_uid: str, *, is_new: bool) -> _Connected:
    priors, offers = network.priors, network.link_offers
    if not is_new:
        priors, offers = network.refresh_priors, network.refresh_link_offers
    return _Connected(priors(study_uid), offers(study_uid), network.lines())


def _cannot_share(study: StudyRow, lines: Sequence[LineRow]) -> bool:
    """Say whether none of the archives that have a study to read can say who reads it."""
    if study.is_prior or study.can_be_claimed or study.is_claimed or not study.archives:
        return False
    known = [line.shares_claims for line in lines if line.name in study.archives]
    return bool(known) and all(shares is False for shares in known)


def _scroll() -> QScrollArea:
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAccessibleName("Preview of the study")
    return made
