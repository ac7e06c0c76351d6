"""The lines of the preview: identity, study, series, what is accounted for."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from workstation.ui.contracts import SeriesRow, StudyPreview, StudyRow, StudyState
from workstation.ui.controls import Button, Label, caption
from workstation.ui.pictures import Still
from workstation.ui.studies.columns import description
from workstation.ui.theme import STEP, FontSize
from workstation.ui.wording import amount, counted, identity, name_of, particulars
from workstation.viewing.wording import moment, person_name

_PICTURE: Final = 64


class Body(QWidget):
    """One study's lines, top to bottom."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout()
        self._column.setSpacing(STEP // 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(4 * STEP, 4 * STEP, 4 * STEP, 2 * STEP)
        whole.addLayout(self._column)
        whole.addStretch(1)

    def identity(self, study: StudyRow) -> None:
        """Say whose study it is."""
        self._column.addWidget(Label(name_of(study), size=FontSize.NAME, elided=True))
        self.line(f"{particulars(study)} · {identity(study)}", "secondary")

    def study(self, preview: StudyPreview) -> None:
        """Say what was examined, when, where, for whom."""
        study = preview.study
        self.group("Study")
        self.line(description(study) + (f" · acc. {study.accession}" if study.accession else ""))
        where = (moment(study.date, study.time), study.site)
        self.line(" · ".join(part for part in where if part), "secondary")
        if preview.referring:
            self.line(f"referred by {person_name(preview.referring)}", "secondary")

    def series(self, series: SeriesRow) -> Still:
        """Add a series; its picture is given later."""
        still = Still(_PICTURE)
        texts = QVBoxLayout()
        texts.setSpacing(STEP // 2)
        texts.addWidget(Label(series.label, elided=True))
        count = f"{series.modality} · {counted(series.count, 'image')}"
        texts.addWidget(Label(count, role="secondary", elided=True))
        if series.note:
            role = "attention" if series.displayable else "fault"
            texts.addWidget(Label(series.note, role=role, wrapped=True))
        texts.addStretch(1)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, STEP, 0, STEP)
        row.setSpacing(3 * STEP)
        row.addWidget(still, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self._column.addWidget(holder)
        return still

    def accounting(self, preview: StudyPreview) -> Button | None:
        """Say that nothing is missing, or what is; answers the link to what is not shown."""
        study = preview.study
        self.group("Accounted for")
        row = QHBoxLayout()
        row.setSpacing(2 * STEP)
        row.addWidget(_bar(study), 1)
        row.addWidget(Label(f"{amount(study.here)} of {amount(study.expected)}"))
        self._column.addLayout(row)
        incomplete = study.state == StudyState.INCOMPLETE
        self.line(preview.accounting, "attention" if incomplete else "secondary")
        if not preview.refused:
            return None
        link = Button(f"{counted(len(preview.refused), 'file')} not shown", kind="link")
        self._column.addWidget(link)
        return link

    def group(self, title: str) -> None:
        """Begin a group of lines."""
        self._column.addSpacing(4 * STEP)
        self._column.addWidget(caption(title))
        self._column.addSpacing(STEP)

    def line(self, text: str, role: str = "") -> None:
        """Add a line."""
        self._column.addWidget(Label(text, role=role, wrapped=True))


def _bar(study: StudyRow) -> QProgressBar:
    made = QProgressBar()
    made.setTextVisible(False)
    made.setRange(0, max(study.expected, 1))
    made.setValue(min(study.here, max(study.expected, 1)))
    made.setAccessibleName("Instances accounted for")
    return made
