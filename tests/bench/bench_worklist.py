"""A long worklist: what a key in the search field costs, and what the length costs when the window opens.

The window, its list and its search are the real ones, off screen; the studies are invented, and answered at
once by a desk that holds them in memory. A key is measured to the end of the painting of the list.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from figures import Figure, late
from ground import OFF_SCREEN, Ground

os.environ["QT_QPA_PLATFORM"] = OFF_SCREEN

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workstation.events import Signal
from workstation.ui.contracts import (
    ImportSummary,
    Reading,
    StudyPreview,
    StudyRow,
    StudyState,
    Thumbnail,
    Urgency,
)
from workstation.ui.main_window import MainWindow
from workstation.ui.theme import apply_theme

STUDIES: Final = 20_000
FEW: Final = 20
BUDGET: Final = 50.0  # milliseconds from a key to the painted list
LENGTH_COSTS: Final = 1.1  # of the time with few; two runs of the same differ by as much
ROUNDS: Final = 9

_TYPED: Final = ("kestrel head", "mr 4711", "tern chest 20", "zz")
_NAMES: Final = ("KESTREL^Ida", "TERN^Olov", "PLOVER^Marit", "DUNLIN^Aron", "Hong^Gildong=洪^吉洞=홍^길동")
_EXAMINATIONS: Final = (
    ("CT", "CT head without contrast", "head", "fall"),
    ("MR", "MR brain, T1 T2 DWI", "head", "headache"),
    ("DX", "XR chest PA", "chest", "cough"),
    ("CT", "CTA chest", "chest", "pulmonary embolism?"),
)
_NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_URGENCIES: Final = tuple(Urgency)


def figures(_ground: Ground) -> Iterator[Figure]:
    """Type into a long list; then open windows on a long one and on a short one in turns."""
    apply_theme(_application())
    yield _typing()
    yield from _opening()


def _typing() -> Figure:
    window = _opened(_rows(STUDIES))
    spent = [_key(window, key) for word in _TYPED for key in (*word, *"\b" * len(word))]
    _close(window)
    wall, processor = (1e3 * late(times) for times in zip(*spent, strict=True))
    what = f"key → painted list, {STUDIES:,} studies, p95"
    return Figure(what, wall, BUDGET, 1.0, processor=processor)


def _opening() -> Iterator[Figure]:
    rows = {STUDIES: _rows(STUDIES), FEW: _rows(FEW)}
    shown: dict[int, list[tuple[float, float]]] = {count: [] for count in rows}
    listed: dict[int, list[tuple[float, float]]] = {count: [] for count in rows}
    for _ in range(ROUNDS + 1):
        for count, studies in rows.items():
            first, whole = _open(studies)
            shown[count].append(first)
            listed[count].append(whole)
    for what, spent, at_most in (("window", shown, LENGTH_COSTS), ("list", listed, None)):
        (ours, processor), (peer, _) = (
            [1e3 * statistics.median(times[1:]) for times in zip(*spent[count], strict=True)]
            for count in rows
        )
        text = f"{what} painted, {STUDIES:,} studies"
        yield Figure(text, ours, peer, at_most, against=f"with {FEW}", processor=processor)


def _key(window: MainWindow, key: str) -> tuple[float, float]:
    """Type one character; return what passed until the list was painted."""
    field = window.studies.bar.search
    began = _clocks()
    if key == "\b":
        field.backspace()
    else:
        QTest.keyClicks(field, key)
    _application().processEvents()
    spent = _since(began)
    _rest(0.08)  # as fast as hands are, and the preview has time to ask
    return spent


def _open(rows: Sequence[StudyRow]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return what passed until a new window was painted, and until its list was."""
    began = _clocks()
    window = MainWindow(_MemoryDesk(rows), now=lambda: _NOW)
    window.show()
    _application().processEvents()
    first = _since(began)
    _until(window.studies.model.rowCount)
    _application().processEvents()
    whole = _since(began)
    _close(window)
    return first, whole


def _opened(rows: Sequence[StudyRow]) -> MainWindow:
    made = MainWindow(_MemoryDesk(rows), now=lambda: _NOW)
    made.show()
    made.activateWindow()
    _until(made.studies.model.rowCount)
    made.studies.bar.search.setFocus()
    _rest(0.5)
    return made


def _close(window: MainWindow) -> None:
    window.close()
    window.deleteLater()
    _rest(0.01)


def _rows(count: int) -> list[StudyRow]:
    return [_row(number) for number in range(count)]


def _row(number: int) -> StudyRow:
    modality, description, region, reason = _EXAMINATIONS[number % len(_EXAMINATIONS)]
    return StudyRow(
        uid=f"1.2.826.0.1.3680043.8.498.{number}",
        patient_name=_NAMES[number % len(_NAMES)],
        patient_id=f"{number % 5000:04}-{number % 97:02}",
        issuer="Harbor",
        birth_date=f"{1930 + number % 80}0{1 + number % 9}1{number % 10}",
        sex="FM"[number % 2],
        date=f"2026{1 + number % 11:02}{1 + number % 28:02}",
        time=f"{number % 24:02}{number % 60:02}00",
        accession=f"A{number:06}",
        description=description,
        modalities=(modality,),
        site=("Harbor", "St. Anne", "Millbrook")[number % 3],
        here=number % 300,
        expected=300,
        state=StudyState.UNREAD if number % 7 else StudyState.FINAL,
        urgency=_URGENCIES[number % len(_URGENCIES)],
        due=_NOW + timedelta(seconds=37 * number - 600),
        reason=reason,
        region=region,
        priors_here=number % 3,
        priors_known=number % 4,
        flag="nodule 0.71" if number % 50 == 0 else "",
        rank=number + 1,
    )


class _MemoryDesk:
    """A desk that has its studies in memory, and nothing of them but their rows."""

    def __init__(self, rows: Sequence[StudyRow]) -> None:
        self.studies_changed: Signal[str] = Signal("studies changed")
        self._rows = rows

    def studies(self) -> Sequence[StudyRow]:
        return self._rows

    def preview(self, study_uid: str) -> StudyPreview:
        study = self._rows[int(study_uid.rpartition(".")[2])]
        return StudyPreview(study, "", (), "")

    def thumbnail(self, series_key: str, side: int) -> Thumbnail | None:
        del series_key, side
        return None

    def import_paths(self, *_: object, **__: object) -> ImportSummary:
        raise NotImplementedError

    def open_study(self, study_uid: str, *, cancelled: Callable[[], bool] = lambda: False) -> Reading:
        raise NotImplementedError(study_uid, cancelled)

    refresh_studies = studies
    refresh_preview = preview


def _application() -> QApplication:
    running = QApplication.instance() or QApplication(["bench"])
    assert isinstance(running, QApplication)
    return running


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(began: tuple[float, float]) -> tuple[float, float]:
    now = _clocks()
    return now[0] - began[0], now[1] - began[1]


def _rest(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        _application().processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
