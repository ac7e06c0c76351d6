"""An open study with invented pictures: ellipses with texture, sampled without any finesse."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from invented import disc, series_of
from numpy.typing import NDArray

from workstation.dicom.model import (
    FrameFacts,
    InstanceRecord,
    Patient,
    PixelFormat,
    Series,
    Spacing,
    Study,
)
from workstation.events import Signal
from workstation.ui.contracts import (
    Picture,
    SeriesRow,
    Shown,
    StackShare,
    StudyRow,
    Thumbnail,
    Unshowable,
    Waiting,
)
from workstation.viewing import (
    Badge,
    Fit,
    Layout,
    Screen,
    ViewportState,
    Window,
    commands,
    corner_texts,
    fit_of,
    letters_of,
    mm_per_device_pixel,
    presets,
    window_of_digit,
)

SIDE = 256
OPENING = Window(40, 80, name="brain")


def record_of(study: StudyRow, series: SeriesRow, number: int) -> InstanceRecord:
    """Return the record of one axial slice."""
    facts = FrameFacts(
        position=(-120.0, -120.0, 3.0 * number),
        orientation=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        spacing=Spacing(0.9375, 0.9375, "PixelSpacing"),
        thickness=3.0,
    )
    return InstanceRecord(
        uid=f"{series.key}.{number}",
        sop_class="1.2.840.10008.5.1.4.1.1.2",
        transfer_syntax="1.2.840.10008.1.2.1",
        patient=Patient(study.patient_id, study.issuer, study.patient_name, study.birth_date, study.sex),
        study=Study(
            study.uid, study.date, study.time, study.accession, study.description, "", study.site, ""
        ),
        series=Series(series.key, 1, series.modality, series.label, "", "", "", "", study.date, study.time),
        number=number + 1,
        acquisition=1,
        frame_of_reference="1.2.3",
        pixel=PixelFormat(
            "1.2.840.10008.1.2.1", SIDE, SIDE, 1, 16, 16, 15, signed=True, photometric="MONOCHROME2", planar=0
        ),
        frame_count=1,
        frames=(facts,),
        extra=(("KVP", "120"),),
    )


@cache
def slice_values(number: int) -> NDArray[np.float64]:
    """Return a slice in something like HU."""
    down, across = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    radius = np.hypot(across * 1.25, down) * (1.1 + abs(number - 16) / 60)
    folds = 8 * np.sin(22 * across + number / 3) * np.cos(19 * down)
    values = np.where(radius < 0.78, 35 + folds, np.where(radius < 0.86, 900, -1000.0))
    hole = np.hypot(across - 0.15, (down + 0.05) * 2) < 0.12
    noise = np.random.default_rng(number).normal(0, 4, values.shape)
    return np.asarray(np.where(hole & (radius < 0.78), 5, values) + noise)


class InventedReading:
    """A study of invented pictures; stacks named in ``slow`` never become ready by themselves."""

    def __init__(self, study: StudyRow, *, broken: str = "", slow: str = "") -> None:
        self.changed: Signal[str] = Signal("reading changed")
        self.grown: Signal[str] = Signal("reading grown")
        self.troubled: Signal[str] = Signal("reading troubled")
        self.study = study
        self.series = series_of(study)
        self.screen = Screen()
        self.broken, self.slow = broken, slow
        self.asked: list[tuple[int, int, int]] = []
        self.closed = False
        self.is_put_away = False
        self._seen: dict[str, set[int]] = {}
        stacks = {series.key: min(series.count, 32) for series in self.series}
        first = self.series[0].key
        opened = ViewportState(first, 0, OPENING)
        self.screen.open(study.uid, stacks, layout=Layout(), viewports=[opened], who="test")

    def grow(self) -> bool:
        """Take in nothing: an invented study is whole."""
        return False

    def share(self, stack: str) -> StackShare:
        """Return how far a stack is."""
        count = self.screen.stacks[stack]
        return StackShare(count, count * 3 // 4, len(self._seen.get(stack, ())))

    def show_stack(self, pane: int, stack: str) -> None:
        """Put a stack into a viewport."""
        commands.put_stack(self.screen, pane=pane, stack=stack, window=OPENING, who="test")

    def picture(self, pane: int, width: int, height: int) -> Picture:
        """Return a picture of exactly this size."""
        state = self.screen.viewport(pane)
        self.asked.append((pane, width, height))
        if state.stack == self.broken:
            return Unshowable("the file has 12 of its 512 rows")
        if state.stack == self.slow:
            return Waiting()
        series = next(row for row in self.series if row.key == state.stack)
        record = record_of(self.study, series, state.index)
        fit = fit_of(record, 0, width, height)
        self._seen.setdefault(state.stack, set()).add(state.index)
        count = self.screen.stacks[state.stack]
        return Shown(
            pixels=render(slice_values(state.index), state, width, height),
            fit=fit,
            camera=state.camera,
            record=record,
            frame=0,
            corners=corner_texts(
                record, 0, state, label=series.label, count=count, scale=fit.scale(state.camera)
            ),
            letters=letters_of(record, 0, state.camera),
            badges=(Badge("lossy", "Compressed with loss."),) if series.note else (),
            scale=mm_per_device_pixel(record, 0, fit, state.camera),
        )

    def opening_window(self, pane: int) -> Window | None:
        """Return the window that everything opens with."""
        return OPENING if self.screen.viewport(pane).stack else None

    def window_of_digit(self, pane: int, digit: int) -> Window | None:
        """Return a CT preset."""
        return window_of_digit(digit, presets("CT"), [replace(OPENING)], self.opening_window(pane))

    def data_range(self, pane: int) -> float | None:
        """Return CT's range."""
        return 4096.0 if self.screen.viewport(pane).stack else None

    def thumbnail(self, stack: str, side: int) -> Thumbnail | None:
        """Return a disc."""
        return disc(side, len(stack) + int(stack[-1]))

    def put_away(self) -> None:
        """Remember that it was put away."""
        self.is_put_away = True
        self.close()

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def render(values: NDArray[np.float64], state: ViewportState, width: int, height: int) -> NDArray[np.uint8]:
    """Return device pixels, each the value that is nearest; the picture stands upright."""
    view = Fit(SIDE, SIDE, width, height).view(state.camera)
    across, down = (np.arange(size)[:, None].repeat(2, axis=1) for size in (width, height))
    columns = np.rint(view.to_image(across)[:, 0]).astype(int)
    rows = np.rint(view.to_image(down)[:, 1]).astype(int)
    window = state.window or OPENING
    grey = np.clip((values - window.center) / window.width + 0.5, 0, 1) * 255
    lit = (255 - grey if state.invert else grey).astype(np.uint8)
    inside = np.logical_and.outer((rows >= 0) & (rows < SIDE), (columns >= 0) & (columns < SIDE))
    taken = lit[np.ix_(np.clip(rows, 0, SIDE - 1), np.clip(columns, 0, SIDE - 1))]
    return np.where(inside, taken, np.uint8(0))
