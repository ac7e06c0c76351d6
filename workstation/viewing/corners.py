"""The texts in the corners of a picture: who, which study, which slice and window, how large.

Patient top left, study top right, slice and window bottom left, enlargement bottom right (beside the
badges and the scale bar, which are worked out on their own). Only composition; nothing is drawn.

Units:   ``scale`` is device pixels for each column of the picture; places in mm (LPS).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from workstation.dicom.model import FrameFacts, InstanceRecord
from workstation.geometry import GeometryError, normal
from workstation.viewing.viewport import ViewportState
from workstation.viewing.wording import age, day, moment, person_name

Lines = tuple[str, ...]

# How a technical value is written, by the keyword under which the record keeps it.
TECHNIQUE: Final = {"KVP": "{:g} kV", "MagneticFieldStrength": "{:g} T"}


@dataclass(frozen=True, slots=True)
class Corners:
    """The lines of each corner, from the top down; an unknown thing has no line."""

    top_left: Lines
    top_right: Lines
    bottom_left: Lines
    bottom_right: Lines


NO_CORNERS: Final = Corners((), (), (), ())


def corner_texts(
    record: InstanceRecord,
    frame: int,
    state: ViewportState,
    *,
    label: str = "",
    count: int = 1,
    scale: float | None = None,
) -> Corners:
    """Return the corner texts; ``label`` is the stack's, ``count`` how many images it has."""
    if not state.texts:
        return NO_CORNERS
    facts = record.facts(frame)
    return Corners(
        top_left=_lines(*_patient(record)),
        top_right=_lines(*_study(record, label), _technique(record, facts)),
        bottom_left=_lines(
            _joined(f"{state.index + 1} / {count}", _place(facts)),
            state.window.text() if state.window else "",
        ),
        bottom_right=_lines(f"zoom {100 * scale:.0f} %" if scale else ""),
    )


def _patient(record: InstanceRecord) -> Lines:
    who = record.patient
    issuer = f" ({who.issuer})" if who.issuer else ""
    return (
        person_name(who.name),
        _joined(f"{who.sex} {age(who.birth_date, record.study.date)}".strip(), day(who.birth_date)),
        f"ID {who.patient_id}{issuer}" if who.patient_id else "",
    )


def _study(record: InstanceRecord, label: str) -> Lines:
    study, series = record.study, record.series
    return (
        study.description or series.modality,
        moment(study.date, study.time),
        label or series.description,
    )


def _technique(record: InstanceRecord, facts: FrameFacts) -> str:
    extra = dict(record.extra)
    values = (_written(form, extra.get(keyword, "")) for keyword, form in TECHNIQUE.items())
    return _joined(*values, f"{facts.thickness:.3g} mm" if facts.thickness else "")


def _written(form: str, value: str) -> str:
    try:
        return form.format(float(value)) if value else ""
    except ValueError:
        return ""


def _place(facts: FrameFacts) -> str:
    """Return where the slice cuts the axis that it lies most across, "z −12.4 mm"."""
    if facts.position is None or facts.orientation is None:
        return ""
    try:
        across = normal(facts.orientation)
    except GeometryError:
        return ""
    axis = int(np.abs(across).argmax())
    height = round(float(across @ facts.position / across[axis]), 1) + 0.0  # no "−0.0"
    return f"{'xyz'[axis]} {height:.1f} mm".replace("-", "\N{MINUS SIGN}")


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _lines(*lines: str) -> Lines:
    return tuple(filter(None, lines))
