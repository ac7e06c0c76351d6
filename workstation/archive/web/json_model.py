"""Reads one value of a data set in DICOM JSON, and never fails over a garbled one.

A value may be missing, empty, null, a number written as text or the other way round; it is then read as it
was meant, or counts as missing. Text comes out clean (``clean_text``). Bulk data are never asked for: a URI
in an answer leads nowhere.

Source:  PS3.18 F.2 (DICOM JSON model), F.2.2 (person names), PS3.5 6.2.1 (component groups).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, TypeAlias

from pydicom.datadict import tag_for_keyword

from workstation.archive.clean_text import clean
from workstation.archive.web.statuses import bad_answer

Item: TypeAlias = Mapping[str, Any]
"""A data set, or an item of a sequence: elements by tag, eight hexadecimal digits."""

_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")


def items_of(answer: object, where: str) -> tuple[Item, ...]:
    """Return the data sets of an answer; one that stands alone is taken for a list of one."""
    if answer is None:
        return ()
    listed = [answer] if isinstance(answer, Mapping) else answer
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise bad_answer("An answer came that no archive gives", where)
    return tuple(listed)


@cache
def tag(keyword: str) -> str:
    """Return how an attribute is called in the model."""
    number = tag_for_keyword(keyword)
    if number is None:
        raise ValueError(f"{keyword} is no attribute")
    return f"{number:08X}"


def texts(item: Item, keyword: str) -> tuple[str, ...]:
    """Return the values as text, "" for each that is none; names with their component groups."""
    return tuple(_text(value) for value in _values(item, keyword))


def text(item: Item, keyword: str) -> str:
    """Return the whole value as text; "" where there is none."""
    return "\\".join(texts(item, keyword))


def floats(item: Item, keyword: str, count: int) -> tuple[float, ...] | None:
    """Return exactly so many finite numbers, or None."""
    found = tuple(_number(value) for value in _values(item, keyword))
    known = tuple(value for value in found if value is not None)
    return known if len(found) == len(known) == count else None


def integer(item: Item, keyword: str) -> int | None:
    """Return the first value as a whole number."""
    values = _values(item, keyword)
    found = _number(values[0]) if values else None
    return int(found) if found is not None and found.is_integer() else None


def sequence(item: Item, keyword: str) -> tuple[Item, ...]:
    """Return the items of a sequence."""
    return tuple(value for value in _values(item, keyword) if isinstance(value, Mapping))


def element(keyword: str, vr: str, *values: object) -> dict[str, object]:
    """Return one element for a data set that is to be sent; without values it is empty."""
    return {tag(keyword): {"vr": vr, "Value": list(values)} if values else {"vr": vr}}


def person(name: str) -> dict[str, str]:
    """Return a name as a value: its component groups by their names."""
    return {group: part for group, part in zip(_GROUPS, name.split("="), strict=False) if part}


def _values(item: Item, keyword: str) -> list[Any]:
    found = item.get(tag(keyword))
    values = found.get("Value") if isinstance(found, Mapping) else None
    return values if isinstance(values, list) else []


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        groups = [_plain(value.get(group)) for group in _GROUPS]
        return "=".join(groups).rstrip("=")
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
