"""The parts of the preview, top to bottom; each is filled when its answer is there.

They are made once: while somebody types another study is chosen with every key.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.ui.contracts import SeriesRow, StudyRow
from workstation.ui.controls import Label
from workstation.ui.pictures import Still
from workstation.ui.studies.preview_here import Here
from workstation.ui.studies.preview_priors import PICTURE, OfferList, PriorList
from workstation.ui.studies.section import Section
from workstation.ui.studies.words import description
from workstation.ui.theme import STEP, FontSize
from workstation.ui.wording import counted, identity, name_of, particulars
from workstation.viewing.wording import moment, person_name


class Body(QWidget):
    """One study's parts."""

    def __init__(self) -> None:
        super().__init__()
        self._head = Section(self)
        self._fault = Section(self)
        self._trouble = Section(self)
        self._order = Section(self, "Study")
        self._claims = Section(self)
        self.offers = OfferList(self)
        self.priors = PriorList(self)
        self.here = Here(self)
        self._series = Section(self, "Series")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4 * STEP, 4 * STEP, 4 * STEP, 2 * STEP)
        whole.setSpacing(0)
        first = self._head, self._fault, self._trouble, self._order, self._claims
        self._parts = *first, self.offers, self.priors, self.here, self._series
        for part in self._parts:
            whole.addWidget(part)
        whole.addStretch(1)

    def begin(self, study: StudyRow) -> None:
        """Go over to another study: whose it is, and nothing of the one before."""
        for part in self._parts:
            part.clear()
        self._order.rename("Order" if study.urgency else "Study")
        self.identity(study)

    def identity(self, study: StudyRow) -> None:
        """Say whose study it is, and what must be known before it is opened."""
        about = f"{particulars(study)} · {identity(study)}"
        if self._head.begin((name_of(study), about)):
            self._head.add(Label(name_of(study), size=FontSize.NAME, elided=True))
            self._head.say(about, "secondary")
        if self._trouble.begin(study.trouble) and study.trouble:
            self._trouble.say(study.trouble, "attention")

    def fault(self, text: str) -> None:
        """Say what could not be found out."""
        if self._fault.begin(text) and text:
            self._fault.say(text, "fault")

    def order(self, study: StudyRow, referring: str = "") -> None:
        """Say what was asked for, by whom and why; when and where it was made."""
        first = description(study) + (f" · acc. {study.accession}" if study.accession else "")
        others = (
            study.reason,
            " · ".join(filter(None, (moment(study.date, study.time), study.site))),
            f"referred by {person_name(referring)}" if referring else "",
            f"assigned to {study.assigned}" if study.assigned else "",
            f"stands here: {study.why_here}" if study.why_here else "",
        )
        if self._order.begin((first, *others)):
            self._order.say(first)
            for line in filter(None, others):
                self._order.say(line, "secondary")

    def claims(self, text: str) -> None:
        """Say how it is with claims, if there is something to say."""
        if self._claims.begin(text) and text:
            self._claims.say(text, "secondary")

    def series(self, rows: Sequence[SeriesRow]) -> list[tuple[SeriesRow, Still]]:
        """List the series; answers which of them want a picture, and where it goes."""
        if not self._series.begin(tuple(rows)):
            return []
        wanted = []
        for row in rows:
            still = Still(PICTURE)
            count = f"{row.modality} · {counted(row.count, 'image')}"
            texts = [Label(row.label, elided=True), Label(count, role="secondary", elided=True)]
            if row.note:
                role = "attention" if row.displayable else "fault"
                texts.append(Label(row.note, role=role, wrapped=True))
            self._series.pictured(still, *texts)
            if row.displayable:  # one that isn't says itself why, when it is opened
                wanted.append((row, still))
        return wanted
