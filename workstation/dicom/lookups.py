"""The tables that stay in the file: modality and VOI LUTs, palettes, overlays.

They are rare and large, so an ``InstanceRecord`` only says that there are some (``needs_header``).
This module reads them when the image is first shown, from a header without its pixels.

A table that contradicts itself is left out and becomes a note beside the picture. It is never
guessed: a curve that is nearly right shows a lesion that isn't there.

Errors:  none for malformed tables; what pydicom can't parse counts as malformed too.
Source:  PS3.3 C.11.1, C.11.2, C.7.9, C.7.6.19, C.9.2; C.7.6.16.2.10 (Frame VOI LUT functional group).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from workstation.dicom.lut import Lut, Malformed, read_descriptor, read_entries
from workstation.dicom.modality import Rescale, output_range
from workstation.dicom.overlay import GROUPS, Overlay, overlay_number, read_overlay
from workstation.dicom.palette import CHANNELS, Palette, read_palette

Read = TypeVar("Read")

# What a value that can't be parsed makes pydicom and int() raise.
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    IndexError,
    OverflowError,
    NotImplementedError,
    struct.error,
)

_SUPPLEMENTAL: Final = ("COLOR", "MIXED")
_SHARED: Final = "SharedFunctionalGroupsSequence"
_PER_FRAME: Final = "PerFrameFunctionalGroupsSequence"


@dataclass(frozen=True, slots=True)
class Lookups:
    """What a header holds beyond the record; ``notes`` tell what was left out, for the reader."""

    modality: Lut | None = None
    voi: tuple[tuple[Lut, ...], ...] = ((),)  # once for all frames, or once for each
    palette: Palette | None = None
    overlays: tuple[Overlay, ...] = ()
    notes: tuple[str, ...] = ()

    def voi_of(self, frame: int) -> tuple[Lut, ...]:
        """Return the VOI tables that hold for a frame, counted from 0."""
        return self.voi[frame if len(self.voi) > 1 else 0]


NONE: Final = Lookups()


def lookups_of(dataset: Dataset) -> Lookups:
    """Read the tables of an image's header."""
    reader = _Reader(dataset)
    modality = reader.attempt("modality LUT", reader.modality)
    return Lookups(
        modality=modality,
        voi=reader.attempt("VOI LUT", lambda: reader.voi(modality)) or ((),),
        palette=reader.attempt("colour palette", reader.palette),
        overlays=tuple(reader.overlays()),
        notes=tuple(dict.fromkeys(reader.notes)),
    )


@dataclass(slots=True)
class _Reader:
    """One pass over one header; ``notes`` grows."""

    dataset: Dataset
    notes: list[str] = field(default_factory=list)

    @property
    def big_endian(self) -> bool:
        _, little_endian = self.dataset.original_encoding
        return little_endian is False  # None: made in memory

    @property
    def signed(self) -> bool:
        return bool(self.dataset.get("PixelRepresentation", 0) == 1)

    def attempt(self, name: str, read: Callable[[], Read | None]) -> Read | None:
        """Read something, or note that it was left out and why."""
        try:
            return read()
        except Malformed as error:
            self.notes.append(f"The {name} is left out: {error}.")
        except _UNREADABLE:
            self.notes.append(f"The {name} is left out: it can't be read.")
        return None

    def modality(self) -> Lut | None:
        for _, item in _items(self.dataset, "ModalityLUTSequence"):
            return self._lut(item, signed=self.signed)
        return None

    def palette(self) -> Palette | None:
        if not any(f"{channel}PaletteColorLookupTableDescriptor" in self.dataset for channel in CHANNELS):
            return None
        grey = str(self.dataset.get("PhotometricInterpretation", "")).startswith("MONOCHROME")
        supplemental = grey and self.dataset.get("PixelPresentation", "") in _SUPPLEMENTAL
        if grey and not supplemental:
            return None
        return read_palette(
            self.dataset, signed=self.signed, big_endian=self.big_endian, supplemental=supplemental
        )

    def overlays(self) -> Iterator[Overlay]:
        for group in GROUPS:
            if (group, 0x0010) not in self.dataset:
                continue
            read = partial(read_overlay, self.dataset, group, big_endian=self.big_endian)
            found = self.attempt(f"overlay {overlay_number(group)}", read)
            if found is not None:
                yield found

    def voi(self, modality: Lut | None) -> tuple[tuple[Lut, ...], ...]:
        """Return the tables of the image, or those of its functional groups, frame by frame."""
        signed = modality is None and self._may_be_negative()
        shared = [*_groups(self.dataset, _SHARED, "FrameVOILUTSequence"), Dataset()][0]
        common = self._tables(self.dataset, signed=signed) or self._tables(shared, signed=signed)
        frames = [
            self._tables(group, signed=signed)
            for group in _groups(self.dataset, _PER_FRAME, "FrameVOILUTSequence")
        ]
        return tuple(own or common for own in frames) if any(frames) else (common,)

    def _tables(self, dataset: Dataset, *, signed: bool) -> tuple[Lut, ...]:
        items = _items(dataset, "VOILUTSequence")
        tables = (self.attempt(f"VOI LUT {n}", partial(self._lut, item, signed=signed)) for n, item in items)
        return tuple(table for table in tables if table is not None)

    def _lut(self, item: Dataset, *, signed: bool) -> Lut:
        for keyword in ("LUTDescriptor", "LUTData"):
            if keyword not in item:
                raise Malformed(f"it has no {keyword}")
        descriptor = read_descriptor(item["LUTDescriptor"], signed=signed)
        entries = read_entries(item["LUTData"], descriptor, big_endian=self.big_endian)
        explanation = str(item.get("LUTExplanation", "") or "").strip()
        return Lut(descriptor.first, entries, descriptor.bits, explanation)

    def _may_be_negative(self) -> bool:
        """Tell whether the input of the VOI stage may be below 0, so that a table may start there.

        As C.11.2.1.1 has it: what the rescale can give, Hounsfield units in any case; without a
        rescale, what the pixels are.
        """
        rescales = [
            place
            for place in (
                self.dataset,
                *_groups(self.dataset, _SHARED, "PixelValueTransformationSequence"),
                *_groups(self.dataset, _PER_FRAME, "PixelValueTransformationSequence"),
            )
            if "RescaleSlope" in place
        ]
        if not rescales:
            return self.signed
        low, high = _stored_range(self.dataset, signed=self.signed)
        return any(_least(place, low, high) < 0 or place.get("RescaleType") == "HU" for place in rescales)


def _items(dataset: Dataset, keyword: str) -> Iterator[tuple[int, Dataset]]:
    """Yield a sequence's items, counted from 1; whatever isn't a sequence has none."""
    value = dataset.get(keyword)
    if isinstance(value, Sequence):
        yield from enumerate(value, 1)


def _groups(dataset: Dataset, where: str, macro: str) -> Iterator[Dataset]:
    """Yield a functional group macro's item for each item of ``where``, empty if it has none."""
    for _, group in _items(dataset, where):
        yield next((item for _, item in _items(group, macro)), Dataset())


def _least(place: Dataset, low: int, high: int) -> float:
    rescale = Rescale(float(place.RescaleSlope), float(place.get("RescaleIntercept", 0) or 0))
    return output_range(rescale, low, high)[0]


def _stored_range(dataset: Dataset, *, signed: bool) -> tuple[int, int]:
    half = 1 << (int(dataset.get("BitsStored", 16)) - 1)
    return (-half, half - 1) if signed else (0, 2 * half - 1)
