"""What the chosen study may be compared with, and who may be the same person under another number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.ui.contracts import LinkOffer, PriorRow
from workstation.ui.controls import Button, Label
from workstation.ui.pictures import Still
from workstation.ui.studies.section import Link, Section
from workstation.ui.studies.words import description
from workstation.ui.theme import STEP
from workstation.viewing.wording import day, person_name

PICTURE: Final = 64
_MOST: Final = 6


class PriorList(Section):
    """Says ``opened`` with a study's UID, ``shown`` with one that is here and the still for its picture."""

    opened = Signal(str)
    shown = Signal(object, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Priors, why they matter")

    def fill(self, rows: Sequence[PriorRow]) -> None:
        """List them, the best first."""
        if not self.begin(tuple(rows)):
            return
        for row in rows[:_MOST]:
            self._add(row)
        if len(rows) > _MOST:
            self.say(f"and {len(rows) - _MOST} more", "secondary")

    def _add(self, row: PriorRow) -> None:
        study, still = row.study, Still(PICTURE)
        title = " · ".join(filter(None, (description(study), day(study.date))))
        link = Link(title, "Open this study")
        link.clicked.connect(lambda *_: self.opened.emit(study.uid))
        texts = [", ".join(row.reasons), "" if study.here else "not here yet"]
        labels = [Label(text, role="secondary", elided=True) for text in texts if text]
        self.pictured(still, link, *labels)
        if study.here:
            self.shown.emit(study, still)


class OfferList(Section):
    """Says ``decided`` with an offer and what the person is about to say of it: one person, or two."""

    decided = Signal(object, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "The same person?")

    def fill(self, offers: Sequence[LinkOffer]) -> None:
        """Offer them, a line each."""
        if not self.begin(tuple(offers)):
            return
        for offer in offers:
            self.say(f"{_who(offer)}: {offer.evidence}")
            self.add(self._buttons(offer))

    def _buttons(self, offer: LinkOffer) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * STEP)
        for text, is_same in (("Same person", True), ("Not the same", False)):
            button = Button(text, kind="link", hint=f"{text}: see both beside each other first")
            button.clicked.connect(lambda *_, same=is_same: self.decided.emit(offer, same))
            row.addWidget(button)
        row.addStretch(1)
        return made


def _who(offer: LinkOffer) -> str:
    issuer = f" ({offer.other_issuer})" if offer.other_issuer else ""
    return f"{person_name(offer.other_name) or 'no name'} · ID {offer.other_id}{issuer}"
