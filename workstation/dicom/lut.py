"""Look-up tables as headers carry them: a descriptor of three numbers and a list of entries.

Modality LUTs, VOI LUTs and palettes share this form, and share its traps: 65,536 entries are
written as 0, the first input may be negative in an unsigned word, and entries of 8 bits come packed
two to a word or one to a word.

Units:   inputs are stored or modality values; outputs run from 0 to 2**bits - 1.
Shapes:  ``entries`` (n,), uint16, read-only; ``apply`` keeps the shape of what it is given.
Errors:  Malformed for a table that contradicts its descriptor. It is caught by ``lookups``, which
         leaves the table out and says so: a table is never guessed.
Source:  PS3.3 C.11.1.1 (modality), C.11.2.1.1 (VOI), C.7.6.3.1.5 and C.7.6.3.1.6 (palettes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydicom.dataelem import DataElement

Entries = NDArray[np.uint16]

WORD: Final = 1 << 16
ENTRY_BITS: Final = range(8, 17)  # 8 and 10 to 16 in mammography (C.8.11.3.1.5), 8 or 16 elsewhere


class Malformed(ValueError):
    """A table that can't mean anything; the text has counts, never values of the patient."""


@dataclass(frozen=True, slots=True, eq=False)
class Lut:
    """A table: ``first`` and every input below it go to the first entry, the rest follows.

    Two tables are equal only if they are the same object, so that a table can be a cache's key.
    """

    first: int
    entries: Entries
    bits: int
    explanation: str = ""

    def __post_init__(self) -> None:
        self.entries.setflags(write=False)

    @property
    def top(self) -> int:
        """The largest value that an entry may have."""
        return (1 << self.bits) - 1

    def apply(self, inputs: ArrayLike) -> Entries:
        """Return the entry for each input, those beyond either end clamped to it (C.11.2.1.1).

        Inputs that lie between two whole numbers take the nearest entry.
        """
        nearest = np.rint(np.asarray(inputs)).astype(np.intp) - self.first
        return np.asarray(np.take(self.entries, nearest, mode="clip"))


@dataclass(frozen=True, slots=True)
class Descriptor:
    """How many entries, for which first input, of how many bits."""

    count: int
    first: int
    bits: int


def read_descriptor(element: DataElement, *, signed: bool) -> Descriptor:
    """Read a descriptor's three values, whichever of US and SS the file says they are.

    ``signed`` tells what the table's inputs are; only the second value depends on it.
    """
    values = words(element)
    if values.size != 3:
        raise Malformed(f"its descriptor has {values.size} values instead of 3")
    count, first, bits = (int(value) for value in values)
    if bits not in ENTRY_BITS:
        raise Malformed(f"its entries are said to have {bits} bits")
    return Descriptor(count or WORD, first - WORD if signed and first >= WORD // 2 else first, bits)


def read_entries(element: DataElement, descriptor: Descriptor, *, big_endian: bool) -> Entries:
    """Read a table's entries; 8-bit ones may be packed, the earlier in the lower half of a word."""
    values = words(element, big_endian=big_endian)
    if descriptor.bits == 8 and values.size == (descriptor.count + 1) // 2 < descriptor.count:
        values = values.astype("<u2").view(np.uint8)[: descriptor.count].astype(np.uint16)
    if values.size != descriptor.count:
        raise Malformed(f"it has {values.size} words where its descriptor says {descriptor.count} entries")
    if int(values.max()) >> descriptor.bits:
        raise Malformed(f"it has entries that don't fit in {descriptor.bits} bits")
    return values


def words(element: DataElement, *, big_endian: bool = False) -> Entries:
    """Return an element's value as unsigned 16-bit words, be it OW, US, SS or still undecided."""
    value = element.value
    if isinstance(value, bytes):
        padded = value + b"\0" * (len(value) % 2)
        return np.frombuffer(padded, ">u2" if big_endian else "<u2").astype(np.uint16)
    try:
        numbers = np.atleast_1d(np.asarray(value, dtype=np.int64))
    except (TypeError, ValueError, OverflowError) as error:
        raise Malformed("its values are no numbers") from error
    return (numbers % WORD).astype(np.uint16)
