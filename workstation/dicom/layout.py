"""The bounded look at a file that comes before every parser: what it is, and where what is.

It finds the encoding (a proper Part 10 file says it, older and broken ones leave it to be
guessed), inflates what is deflated, and walks all elements up to the pixels within limits that
no real object meets.

Units:   offsets and lengths in bytes, in the file, or in ``inflated`` where that is not None.
Errors:  NotDicom for another kind of file, DicomRefused for a broken or excessive one.
Source:  PS3.10 7.1 (preamble, file meta information), PS3.5 A (transfer syntaxes), 7.3 (byte order).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from workstation.dicom.elements import PIXEL_TAGS, Element, Walker
from workstation.dicom.errors import NotDicom, malformed, over_limit
from workstation.dicom.inflate import inflate
from workstation.dicom.limits import DEFAULT_LIMITS, GIB, Limits

IMPLICIT_LITTLE: Final = "1.2.840.10008.1.2"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG: Final = "1.2.840.10008.1.2.2"

PREAMBLE: Final = 128
_PREFIX: Final = b"DICM"
_TRANSFER_SYNTAX: Final = 0x0002_0010
_UID: Final = re.compile(r"[0-9.]{1,64}")
_FIRST_GROUPS: Final = (0x0002, 0x0004, 0x0008)  # what a dataset without a preamble may begin with
_FIRST_LENGTH: Final = 4096  # of the value that such a dataset begins with


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies that a parser may touch."""

    transfer_syntax: str  # as found, also where the file says something else
    explicit: bool
    little: bool
    meta: Mapping[int, Element]
    elements: Mapping[int, Element]  # the outermost, up to the pixels
    inflated: bytes | None = None  # a deflated dataset; the offsets of ``elements`` count in it

    @property
    def pixels(self) -> tuple[int, Element] | None:
        """The tag and the place of the pixel data, if there are any."""
        for tag in PIXEL_TAGS:
            if tag in self.elements:
                return tag, self.elements[tag]
        return None

    def body(self, data: memoryview) -> memoryview:
        """Return what the offsets of ``elements`` count in: the file, or its inflated dataset."""
        return data if self.inflated is None else memoryview(self.inflated)


def scan(data: memoryview, limits: Limits = DEFAULT_LIMITS) -> Layout:
    """Find the encoding and the elements of one object within the limits."""
    if len(data) > limits.total:
        raise over_limit(f"The object is larger than {limits.total // GIB} GB")
    start = _start(data)
    meta, position = Walker(data, little=True, explicit=True, limits=limits).meta(start)
    syntax = _text(data, meta.get(_TRANSFER_SYNTAX))
    inflated = inflate(data[position:], limits) if syntax == DEFLATED else None
    if inflated is not None:
        data, position = memoryview(inflated), 0
    explicit, little = _encoding(data, position, syntax)
    elements = Walker(data, little=little, explicit=explicit, limits=limits).outermost(position)
    if not elements:
        raise malformed("The file holds no dataset", where=f"{len(data)} bytes")
    return Layout(_name(syntax, explicit=explicit, little=little), explicit, little, meta, elements, inflated)


def looks_like_dicom(head: bytes | memoryview) -> bool:
    """Whether the first few hundred bytes of a file may begin a DICOM object."""
    if has_preamble(head):
        return True
    if len(head) < 8:
        return False
    little, big = int.from_bytes(head[:2], "little"), int.from_bytes(head[:2], "big")
    if little in _FIRST_GROUPS:
        return _is_vr(head[4:6]) or int.from_bytes(head[4:8], "little") <= _FIRST_LENGTH
    return big in _FIRST_GROUPS and _is_vr(head[4:6])


def has_preamble(data: bytes | memoryview) -> bool:
    """Whether a file begins as PS3.10 7.1 asks: 128 bytes of anything, then DICM."""
    return bytes(data[PREAMBLE : PREAMBLE + 4]) == _PREFIX


def _start(data: memoryview) -> int:
    if not looks_like_dicom(data[: PREAMBLE + 4]):
        raise NotDicom("This is not a DICOM file")
    return PREAMBLE + 4 if has_preamble(data) else 0


def _encoding(data: memoryview, position: int, syntax: str) -> tuple[bool, bool]:
    """Return (explicit, little): what the first element shows, against the transfer syntax if need be."""
    little = syntax != EXPLICIT_BIG if syntax else _is_little(data, position)
    if len(data) < position + 6:
        return syntax != IMPLICIT_LITTLE, little
    return _is_vr(data[position + 4 : position + 6]), little


def _is_little(data: memoryview, position: int) -> bool:
    """Guess the byte order of a dataset that doesn't say it: its first group is a small number."""
    head = bytes(data[position : position + 2])
    return int.from_bytes(head, "little") <= int.from_bytes(head, "big")


def _is_vr(code: bytes | memoryview) -> bool:
    return all(0x41 <= letter <= 0x5A for letter in bytes(code))


def _name(syntax: str, *, explicit: bool, little: bool) -> str:
    """Return the transfer syntax that the dataset turned out to have."""
    if syntax in {"", IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG}:
        if not little:
            return EXPLICIT_BIG
        return EXPLICIT_LITTLE if explicit else IMPLICIT_LITTLE
    return syntax


def _text(data: memoryview, element: Element | None) -> str:
    if element is None:
        return ""
    text = bytes(data[element.offset : element.offset + element.length]).strip(b" \0").decode("latin-1")
    if text and not _UID.fullmatch(text):
        raise malformed("The transfer syntax is not a UID", where="(0002,0010)")
    return text
