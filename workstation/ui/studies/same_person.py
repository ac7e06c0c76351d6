"""Deciding whether two numbers are one person's: both identities beside each other, and a person's word.

Nothing here is the answer of a stray Enter: it goes back, and so does Esc.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from workstation.terms import fold
from workstation.ui.contracts import LinkOffer, StudyRow
from workstation.ui.controls import Button, Label, caption
from workstation.ui.dialogs.sheet import Dialog
from workstation.ui.theme import STEP
from workstation.ui.wording import name_of
from workstation.viewing.wording import day, person_name

_SAME: Final = (
    "Their studies are compared with each other from now on. It is noted in the audit trail that you said so."
)
_OTHER: Final = "They are not offered to each other again."


class SamePersonDialog(Dialog):
    """Says ``decided`` when the person has."""

    decided = Signal()

    def __init__(
        self, study: StudyRow, offer: LinkOffer, *, is_same: bool, parent: QWidget | None = None
    ) -> None:
        title = "The same person?" if is_same else "Not the same person?"
        super().__init__(title, _SAME if is_same else _OTHER, accept="Go back", parent=parent)
        self.column.addLayout(_beside(study, offer))
        self.column.addWidget(Label(f"Offered for: {offer.evidence}", role="secondary", wrapped=True))
        self.decide = Button("They are one person" if is_same else "They are two persons")
        self.decide.clicked.connect(self._decide)
        self.add_button(self.decide)
        self.reject_button.hide()
        self.accept_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def accept(self) -> None:
        """Go back: the usual answer of this dialog changes nothing."""
        self.reject()

    def _decide(self) -> None:
        super().accept()
        self.decided.emit()


def _beside(study: StudyRow, offer: LinkOffer) -> QGridLayout:
    """Return both identities, line by line; what differs is in the attention colour."""
    rows = (
        ("Name", name_of(study), person_name(offer.other_name) or "no name"),
        ("Born", day(study.birth_date), day(offer.other_birth_date)),
        ("Sex", study.sex, offer.other_sex),
        ("ID", offer.patient_id, offer.other_id),
        ("Given by", offer.issuer, offer.other_issuer),
    )
    grid = QGridLayout()
    grid.setHorizontalSpacing(4 * STEP)
    grid.setVerticalSpacing(STEP)
    grid.addWidget(caption("This study"), 0, 1)
    grid.addWidget(caption("The other"), 0, 2)
    for number, (name, ours, theirs) in enumerate(rows, 1):
        differs = number <= _MUST_AGREE and fold(ours) != fold(theirs)
        grid.addWidget(Label(name, role="secondary"), number, 0, Qt.AlignmentFlag.AlignTop)
        for column, text in enumerate((ours, theirs), 1):
            said = Label(text or "unknown", role="attention" if differs else "", wrapped=True)
            grid.addWidget(said, number, column, Qt.AlignmentFlag.AlignTop)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(2, 1)
    return grid


_MUST_AGREE: Final = 3  # name, birth date and sex; the numbers differ by the nature of the question
