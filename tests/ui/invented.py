"""Invented studies for the tests and the gallery; nobody is called like this."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from workstation.errors import Cancelled
from workstation.events import Signal
from workstation.ui.contracts import (
    ImportProgress,
    ImportSummary,
    Reading,
    Refusal,
    SeriesRow,
    StudyPreview,
    StudyRow,
    StudyState,
    Thumbnail,
)

ROWS = (
    (
        "VALE^Marisol",
        "4711-08",
        "19590302",
        "F",
        "0204",
        "CT head without contrast",
        "CT",
        "Harbor",
        132,
        212,
    ),
    ("OKAFOR^Benedict", "2203-51", "19820714", "M", "0151", "CTA chest", "CT", "St. Anne", 648, 648),
    ("LINDQVIST^Tore", "9917-02", "20030118", "M", "0140", "XR chest PA", "DX", "Harbor", 1, 1),
    (
        "HOLLOWAY^June",
        "1182-77",
        "19680923",
        "F",
        "0122",
        "CT chest, follow-up nodule",
        "CT",
        "Harbor",
        224,
        224,
    ),
    (
        "ABERNATHY^Colm",
        "2093-11",
        "19550618",
        "M",
        "0137",
        "MR brain, T1 T2 DWI",
        "MR",
        "Millbrook",
        412,
        412,
    ),
    ("SORIANO^Beatriz", "3371-40", "19740430", "F", "2311", "MG screening, 4 views", "MG", "Millbrook", 4, 4),
    ("PRZYBYLSKI^Anton", "6650-09", "19900211", "M", "2255", "US abdomen", "US", "St. Anne", 48, 50),
    (
        "DELACROIX^Noor",
        "7715-63",
        "19620805",
        "F",
        "2140",
        "PET/CT whole body",
        "PT/CT",
        "Harbor",
        1136,
        1136,
    ),
    ("WINTERS^Ada", "5520-18", "19970103", "F", "2002", "XR wrist left", "DX", "Millbrook", 3, 3),
    (
        "FENWICK^Giles",
        "8804-25",
        "19460519",
        "M",
        "1930",
        "CT abdomen with contrast",
        "CT",
        "St. Anne",
        386,
        386,
    ),
    ("Hong^Gildong=洪^吉洞=홍^길동", "KR-0001", "19880101", "M", "1810", "", "MR", "Harbor", 88, 88),
    (
        "DONAUDAMPFSCHIFF^Hannelore-Friederike",
        "DE-0042",
        "20260301",
        "F",
        "1702",
        "Magnetresonanzcholangiopankreatikographie",
        "MR",
        "Klinikum Süd",
        240,
        240,
    ),
)
TODAY = "20261124"


def study_rows() -> list[StudyRow]:
    """Return the night's list."""
    return many_rows(len(ROWS))


def many_rows(count: int) -> list[StudyRow]:
    """Return a long list, made from the short one."""
    return [_row(number) for number in range(count)]


def _row(number: int) -> StudyRow:
    name, identity, birth, sex, time_, description, modalities, site, here, expected = ROWS[
        number % len(ROWS)
    ]
    opened = name.startswith(("WINTERS", "FENWICK"))
    state = StudyState.OPENED if opened else StudyState.UNREAD
    if here < expected:
        state = StudyState.ARRIVING if modalities == "CT" else StudyState.INCOMPLETE
    late = time_ > "1200"
    return StudyRow(
        uid=f"1.2.826.0.1.3680043.8.498.{number}",
        patient_name=name,
        patient_id=identity,
        issuer=site,
        birth_date=birth,
        sex=sex,
        date=str(int(TODAY) - (1 if late else 0) - (number // len(ROWS)) % 20),
        time=time_ + "00",
        accession=str(99812 - number),
        description=description,
        modalities=tuple(modalities.split("/")),
        site=site,
        here=here,
        expected=expected,
        state=state,
    )


class InventedDesk:
    """A desk that answers at once, or after ``pause`` seconds."""

    def __init__(self, rows: Sequence[StudyRow] | None = None, *, pause: float = 0.0) -> None:
        self.studies_changed: Signal[str] = Signal("studies changed")
        self.rows = list(study_rows() if rows is None else rows)
        self.pause = pause
        self.imported: list[Path] = []
        self.arrived = threading.Event()  # set: a study opens at once
        self.arrived.set()
        self.given_up: list[str] = []  # studies that were waited for in vain
        self.summary = ImportSummary(
            studies=2,
            added=224,
            known=12,
            refused=(
                Refusal("CD/AUTORUN.INF", "not a DICOM file"),
                Refusal("CD/IMAGES/IM000231", "the pixel data ends after 12 of 512 rows"),
            ),
        )

    def studies(self) -> Sequence[StudyRow]:
        """Return the rows."""
        return tuple(self.rows)

    def refresh_studies(self) -> Sequence[StudyRow]:
        """Return the rows."""
        return self.studies()

    def refresh_preview(self, study_uid: str) -> StudyPreview:
        """Return the preview."""
        return self.preview(study_uid)

    def preview(self, study_uid: str) -> StudyPreview:
        """Return a preview with two or three series."""
        study = next(row for row in self.rows if row.uid == study_uid)
        return StudyPreview(
            study, "CASTELLAN^Iris^^Dr", series_of(study), _accounting(study), _refused(study)
        )

    def thumbnail(self, series_key: str, side: int) -> Thumbnail | None:
        """Return a disc."""
        return disc(side, len(series_key) + int(series_key[-1]))

    def import_paths(
        self,
        paths: Sequence[Path],
        *,
        progress: Callable[[ImportProgress], object],
        cancelled: Callable[[], bool],
    ) -> ImportSummary:
        """Pretend, in twenty steps."""
        for step in range(20):
            if cancelled():
                return ImportSummary(studies=1, added=step * 12, known=0, cancelled=True)
            progress(ImportProgress(step * 12, 240, step * 6_000_000, 120_000_000, step * 0.3))
            time.sleep(self.pause / 20)
        self.imported += paths
        return self.summary

    def open_study(self, study_uid: str, *, cancelled: Callable[[], bool] = lambda: False) -> Reading:
        """Open a study of invented pictures as soon as they have arrived."""
        from invented_reading import InventedReading

        for _ in range(1000):  # a test that has gone wrong ends, too
            if self.arrived.wait(0.01):
                break
            if cancelled():
                self.given_up.append(study_uid)
                raise Cancelled("Opening the study was given up")
        return InventedReading(next(row for row in self.rows if row.uid == study_uid))


def series_of(study: StudyRow) -> tuple[SeriesRow, ...]:
    """Return some series."""
    first = study.modalities[0]
    rows = [
        SeriesRow(
            f"{study.uid}/1", f"{first} axial", first, max(study.here - 2, 1), series_uid=f"{study.uid}.1"
        )
    ]
    if study.expected > 10:
        rows.append(SeriesRow(f"{study.uid}/2", "Localizer", first, 2, series_uid=f"{study.uid}.2"))
    if study.here < study.expected:
        note = f"{study.expected - study.here} images missing"
        rows.append(SeriesRow(f"{study.uid}/3", "Coronal", first, 30, note, series_uid=f"{study.uid}.3"))
    return tuple(rows)


def disc(side: int, seed: int = 0) -> Thumbnail:
    """Return something round with texture."""
    down, across = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    radius = np.hypot(across * 1.2, down)
    texture = 20 * np.sin(9 * across + seed) * np.cos(7 * down - seed)
    picture = np.where(radius < 0.75, 120 + texture, np.where(radius < 0.82, 210, 6))
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)


def _accounting(study: StudyRow) -> str:
    missing = study.expected - study.here
    if missing:
        return f"{missing} of {study.expected} instances are not here"
    return f"every instance is accounted for: {study.here} images"


def _refused(study: StudyRow) -> tuple[Refusal, ...]:
    return (Refusal("IM_0049", "the file ends early"),) if study.state == StudyState.INCOMPLETE else ()
