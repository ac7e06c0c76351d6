"""What the reader must know about the picture in front of them, in a word or two.

A badge is shown wherever something is not as it seems: compressed with loss, slices missing, sizes
unknown or magnified, turned over. It stays when the other texts are hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

from workstation.dicom.model import InstanceRecord
from workstation.dicom.presentation import contradiction
from workstation.geometry import Irregularity, StackGeometry
from workstation.viewing.viewport import ViewportState


@dataclass(frozen=True, slots=True)
class Badge:
    """A word or two, and the sentence behind them."""

    text: str
    hint: str


def badges(
    record: InstanceRecord, frame: int, state: ViewportState, geometry: StackGeometry | None = None
) -> tuple[Badge, ...]:
    """Return the badges of a picture, the gravest first."""
    found = (
        _stack(geometry),
        _polarity(record),
        _lossy(record),
        _size(record, frame),
        _mirrored(state),
        _inverted(state),
    )
    return tuple(badge for badge in found if badge is not None)


def _stack(geometry: StackGeometry | None) -> Badge | None:
    if geometry is None or geometry.irregularity in {None, Irregularity.SINGLE}:
        return None
    text = f"{geometry.missing} missing" if geometry.missing else geometry.irregularity.value
    return Badge(text, _sentence(geometry.detail))


def _polarity(record: InstanceRecord) -> Badge | None:
    said = contradiction(record.pixel.photometric, record.presentation) if record.pixel else ""
    return Badge("black or white?", said) if said else None


def _lossy(record: InstanceRecord) -> Badge | None:
    return Badge("lossy", _sentence(f"compressed with loss: {record.lossy}")) if record.lossy else None


def _size(record: InstanceRecord, frame: int) -> Badge | None:
    spacing = record.facts(frame).spacing
    if spacing is None:
        if record.regions:  # calibrated by region
            return None
        return Badge("size unknown", "The header has no pixel spacing: lengths are told in pixels.")
    if spacing.source == "ImagerPixelSpacing":
        return Badge("at detector", "Lengths are those at the detector, larger than in the patient.")
    return None


def _mirrored(state: ViewportState) -> Badge | None:
    return Badge("mirrored", "The picture is turned over: sides are swapped.") if state.camera.flip else None


def _inverted(state: ViewportState) -> Badge | None:
    return Badge("inverted", "Black and white are swapped.") if state.invert else None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
