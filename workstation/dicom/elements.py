"""Walk the elements of a dataset, nested ones too, without believing a length.

A parser that trusts a file can be made to allocate, recurse or loop for as long as its author
likes. This walk runs first: it touches eight bytes an element, makes no values, and refuses
whatever doesn't fit into the bytes that are there or into the limits. What it has passed, a real
parser may read.

Units:   offsets and lengths in bytes.
Errors:  DicomRefused with the tag, or the count, and the offset.
Source:  PS3.5 7.1 (data elements), 7.5 (nesting), 6.2.2 note 2 (UN of undefined length),
         A.4 (encapsulated pixel data).
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

from pydicom._dicom_dict import DicomDictionary

from workstation.dicom.errors import DicomRefused, malformed, over_limit, tag_text, truncated
from workstation.dicom.limits import MIB, Limits

Span = tuple[int, int]  # offset, length

PIXEL_TAGS: Final = (0x7FE0_0010, 0x7FE0_0008, 0x7FE0_0009)  # integers, floats, doubles

_UNDEFINED: Final = 0xFFFF_FFFF
_ITEM: Final = 0xFFFE_E000
_ITEM_END: Final = 0xFFFE_E00D
_SEQUENCE_END: Final = 0xFFFE_E0DD
_NUMBER_OF_FRAMES: Final = 0x0028_0008

_LONG_FORM: Final = "OB OD OF OL OV OW SQ SV UC UN UR UT UV"  # PS3.5 7.1.2: a 4-byte length
_SHORT_FORM: Final = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US"
_SHORT: Final = {vr.encode(): vr for vr in _SHORT_FORM.split()}
_LONG: Final = {vr.encode(): vr for vr in _LONG_FORM.split()}
_BULK_VRS: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UN", "UT", "UC"})
_NO_VR: Final = (None, "UN")
_SEQUENCES: Final = frozenset(tag for tag, entry in DicomDictionary.items() if entry[0] == "SQ")


class Element(NamedTuple):
    """Where a value lies; ``vr`` is None where the encoding doesn't say it."""

    vr: str | None
    offset: int
    length: int  # of the value alone, also where the file left it undefined
    fragments: tuple[Span, ...] | None = None  # of encapsulated pixel data, the offset table first


class Walker:
    """One walk through one buffer, with one purse of elements and items."""

    def __init__(self, data: memoryview, *, little: bool, explicit: bool, limits: Limits) -> None:
        order = "<" if little else ">"
        self._data = data
        self._limits = limits
        self._explicit = explicit
        self._explicit_head = Struct(f"{order}HH2sH").unpack_from
        self._implicit_head = Struct(f"{order}HHI").unpack_from
        self._long = Struct(f"{order}I").unpack_from
        self._elements = 0
        self._items = 0

    def meta(self, position: int) -> tuple[dict[int, Element], int]:
        """Walk the file meta information; return its elements and where the dataset begins.

        Its group length is often wrong, so the first tag of another group ends it.
        """
        elements: dict[int, Element] = {}
        end = len(self._data)
        while position + 8 <= end and self._implicit_head(self._data, position)[0] == 2:
            tag, vr, value, length = self._head(position, end, explicit=True)
            elements[tag], position = self._value(tag, vr, value, length, end, explicit=True, depth=0)
            self._count_element()
        return elements, position

    def outermost(self, position: int) -> dict[int, Element]:
        """Walk the dataset up to its first pixel data and return its elements."""
        found, position = self.before_pixels(position)
        if position + 8 <= len(self._data):
            tag, vr, value, length = self._head(position, len(self._data), explicit=self._explicit)
            found[tag] = self._pixels(vr, value, length, frames=found.get(_NUMBER_OF_FRAMES))
        elif any(self._data[position:]):
            raise truncated("the head of an element", where=self._place(position))
        return found

    def before_pixels(self, position: int) -> tuple[dict[int, Element], int]:
        """Walk the dataset up to its pixels; return its elements and where those begin, or the end."""
        end = len(self._data)
        found: dict[int, Element] = {}
        while position + 8 <= end:
            tag, vr, value, length = self._head(position, end, explicit=self._explicit)
            if tag in PIXEL_TAGS:
                break
            found[tag], position = self._value(tag, vr, value, length, end, explicit=self._explicit, depth=0)
            self._count_element()
        return found, position

    def pixel_head(self, position: int) -> tuple[int, int, int | None]:
        """Return the tag of pixel data, where its value begins, and its length; None: undefined."""
        tag, _, value, length = self._head(position, len(self._data), explicit=self._explicit)
        return tag, value, None if length == _UNDEFINED else length

    def _head(self, position: int, end: int, *, explicit: bool) -> tuple[int, str | None, int, int]:
        """Return tag, VR, where the value begins, and its length."""
        if not explicit:
            group, number, length = self._implicit_head(self._data, position)
            return group << 16 | number, None, position + 8, length
        group, number, code, length = self._explicit_head(self._data, position)
        vr = _SHORT.get(code)
        if vr:
            return group << 16 | number, vr, position + 8, length
        vr = _LONG.get(code)
        if vr:
            if position + 12 > end:
                raise truncated(tag_text(group << 16 | number), where=self._place(position))
            return group << 16 | number, vr, position + 12, self._long(self._data, position + 8)[0]
        if _letters(code):  # no VR of the standard: makers who invent one write it in the short form
            return group << 16 | number, "UN", position + 8, length
        return group << 16 | number, None, position + 8, self._long(self._data, position + 4)[0]

    def _value(
        self, tag: int, vr: str | None, value: int, length: int, end: int, *, explicit: bool, depth: int
    ) -> tuple[Element, int]:
        """Check one value; return where it lies and where the next element begins."""
        if length == _UNDEFINED:
            return self._undefined(tag, vr, value, end, explicit=explicit, depth=depth)
        after = value + length
        if after > end:
            raise self._overrun(tag_text(tag), value, length, end)
        if vr == "SQ" or (vr in _NO_VR and tag in _SEQUENCES):
            vr = self._sequence_vr(tag, value, after, explicit=explicit, depth=depth + 1)
            return Element(vr, value, length), after
        if length > self._limits.text and vr not in _BULK_VRS and not self._bulk(tag, vr):
            raise over_limit(f"{tag_text(tag)} holds a text of {length // MIB} MB")
        return Element(vr, value, length), after

    def _undefined(
        self, tag: int, vr: str | None, value: int, end: int, *, explicit: bool, depth: int
    ) -> tuple[Element, int]:
        """Find the end of a value without a length: a sequence, or the pixels of an icon."""
        if tag in PIXEL_TAGS:
            fragments, after = self._fragments(value, end, self._limits.fragments_spare)
            return Element(vr, value, after - 8 - value, tuple(fragments)), after
        after = self._sequence(tag, value, end, explicit=explicit, depth=depth + 1, delimited=True)
        return Element("SQ", value, after - 8 - value), after

    def _sequence_vr(self, tag: int, value: int, after: int, *, explicit: bool, depth: int) -> str:
        """Walk a sequence of known length; rubbish in a private one is no reason to refuse a picture."""
        try:
            self._sequence(tag, value, after, explicit=explicit, depth=depth)
        except DicomRefused:
            if not tag >> 16 & 1:
                raise
            return "UN"
        return "SQ"

    def _sequence(
        self, tag: int, position: int, end: int, *, explicit: bool, depth: int, delimited: bool = False
    ) -> int:
        """Walk the items of a sequence; return where it ends, its delimiter included."""
        if depth > self._limits.depth:
            raise over_limit(f"Sequences are nested more than {self._limits.depth} deep")
        while position + 8 <= end:
            group, number, length = self._implicit_head(self._data, position)
            position += 8
            if (group, number) != (0xFFFE, 0xE000):
                if group << 16 | number == _SEQUENCE_END:
                    return position if delimited else end
                raise malformed(
                    f"{tag_text(tag)} holds something that is no item", where=self._place(position - 8)
                )
            position = self._item(position, length, end, explicit=explicit, depth=depth)
        if delimited or position != end:
            raise truncated(tag_text(tag), where=self._place(position))
        return position

    def _item(self, position: int, length: int, end: int, *, explicit: bool, depth: int) -> int:
        """Walk the elements of an item; return where it ends, its delimiter included."""
        self._items += 1
        if self._items > self._limits.items:
            raise over_limit(f"The object holds more than {self._limits.items} sequence items")
        delimited = length == _UNDEFINED
        if not delimited:
            if position + length > end:
                raise self._overrun("an item", position, length, end)
            end = position + length
        explicit = explicit and (position == end or _letters(bytes(self._data[position + 4 : position + 6])))
        while position + 8 <= end:
            tag, vr, value, size = self._head(position, end, explicit=explicit)
            if tag == _ITEM_END:
                return value if delimited else end
            _, position = self._value(tag, vr, value, size, end, explicit=explicit, depth=depth)
            self._count_element()
        if delimited or position != end:
            raise truncated("an item", where=self._place(position))
        return position

    def _pixels(self, vr: str | None, value: int, length: int, *, frames: Element | None) -> Element:
        end = len(self._data)
        if length != _UNDEFINED:
            if value + length > end:
                raise self._overrun("the pixel data", value, length, end)
            return Element(vr, value, length)
        limits = self._limits
        most = limits.fragments_per_frame * self._frames(frames) + limits.fragments_spare
        fragments, after = self._fragments(value, end, most)
        return Element(vr, value, after - value, tuple(fragments))

    def _frames(self, element: Element | None) -> int:
        if element is None:
            return 1
        digits = bytes(self._data[element.offset : element.offset + min(element.length, 12)]).strip(b" \0")
        return int(digits) if digits.isdigit() else 1

    def _fragments(self, position: int, end: int, most: int) -> tuple[list[Span], int]:
        """Walk encapsulated pixel data (PS3.5 A.4); return its items and where it ends."""
        spans: list[Span] = []
        while position + 8 <= end:
            group, number, length = self._implicit_head(self._data, position)
            position += 8
            if (group, number) != (0xFFFE, 0xE000):
                if group << 16 | number == _SEQUENCE_END:
                    return spans, position
                raise malformed(
                    "The pixel data hold something that is no fragment", where=self._place(position)
                )
            if position + length > end:
                raise self._overrun(f"fragment {len(spans)} of the pixel data", position, length, end)
            if len(spans) > most:
                raise over_limit(f"The pixel data hold more than {most} fragments")
            spans.append((position, length))
            position += length
        if position == end and len(spans) > 1:
            return spans, position  # only the last delimiter is missing: every byte of the pixels is there
        raise truncated("the pixel data", where=self._place(position))

    def _count_element(self) -> None:
        self._elements += 1
        if self._elements > self._limits.elements:
            raise over_limit(f"The object holds more than {self._limits.elements} elements")

    def _bulk(self, tag: int, vr: str | None) -> bool:
        """Whether a value without a VR of its own may be long: by the dictionary, or private."""
        if vr is not None:
            return False
        entry = DicomDictionary.get(tag)
        return entry is None or not _BULK_VRS.isdisjoint(entry[0].split(" or "))

    def _overrun(self, what: str, value: int, length: int, end: int) -> DicomRefused:
        there = f"{length} bytes are claimed, {end - value} are there"
        if end == len(self._data):
            return truncated(what, where=f"{there}, {self._place(value)}")
        return malformed(f"{what[0].upper()}{what[1:]} runs past the item that holds it", where=there)

    def _place(self, position: int) -> str:
        return f"byte {position} of {len(self._data)}"


def _letters(code: bytes) -> bool:
    """Whether two bytes could be a VR: two capital letters (PS3.5 6.2)."""
    return code.isalpha() and code.isupper()
