"""Attribute matching as archives do it: single values, lists of UIDs, wildcards and ranges.

A key without a value matches everything; a range matches no record that lacks the attribute. Names of people
match whatever their case. Keys of sequences name the element inside after a dot.

Source:  PS3.4 C.2.2.2 (attribute matching), PS3.18 8.3.4.1 (how keys are written).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydicom.datadict import dictionary_VR

_RANGES: Final = frozenset({"DA", "TM", "DT"})
_WILD: Final = frozenset({"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})
_DAY: Final = re.compile(r"\d{4}(\d{2}(\d{2})?)?")
_TIME: Final = re.compile(r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?")
_MOMENT: Final = re.compile(r"(\d{4,14})(\.\d{1,6})?([+-]\d{4})?")
_RANGE_OF_MOMENTS: Final = re.compile(r"(\d+(?:\.\d+)?(?:[+-]\d{4})?)?-(\d+(?:\.\d+)?(?:[+-]\d{4})?)?")
_LOWEST, _HIGHEST = "00000101000000", "99991231235959"


@dataclass(frozen=True, slots=True)
class Key:
    """An attribute, by the tags that lead to it, and what it has to be."""

    path: tuple[str, ...]
    value: str

    def matches(self, attributes: Mapping[str, Any]) -> bool:
        """Say whether a record fits."""
        if not self.value:
            return True
        fits = _test(_vr(self.path[-1]), self.value)
        return any(fits(value) for value in _values(attributes, self.path))

    def check(self) -> None:
        """Raise ValueError for a value that can't be asked for."""
        if self.value:
            _test(_vr(self.path[-1]), self.value)


def _vr(tag: str) -> str:
    try:
        return dictionary_VR(int(tag, 16))
    except KeyError:
        return "UN"


def _values(attributes: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for value in attributes.get(path[0], {}).get("Value", ()):
        if len(path) > 1:
            yield from _values(value, path[1:])
        elif isinstance(value, dict):
            yield str(value.get("Alphabetic", ""))
        elif value is not None:
            yield str(value)


def _test(vr: str, wanted: str) -> Callable[[str], bool]:
    if vr == "UI":
        uids = frozenset(re.split(r"[,\\]", wanted))
        return lambda value: value in uids
    if vr in _RANGES:
        return _ranged(vr, wanted)
    if vr == "PN":
        pattern = _pattern(wanted.rstrip("^"), re.IGNORECASE)
        return lambda value: pattern.fullmatch(value.rstrip("^")) is not None
    if vr in _WILD:
        pattern = _pattern(wanted, re.NOFLAG)
        return lambda value: pattern.fullmatch(value) is not None
    if vr in {"IS", "DS", "US", "UL", "SS", "SL", "FL", "FD"}:
        number = float(wanted)
        return lambda value: float(value) == number
    raise ValueError("this can't be asked for")


def _pattern(wanted: str, flags: re.RegexFlag) -> re.Pattern[str]:
    translated = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in wanted)
    return re.compile(translated, flags | re.DOTALL)


def _ranged(vr: str, wanted: str) -> Callable[[str], bool]:
    bounds = _bounds(vr)
    start, dash, end = _halves(vr, wanted)
    if not dash:
        end = start
    if not (start or end):
        raise ValueError("a range without an end")
    lowest = bounds(start)[0] if start else None
    highest = bounds(end)[1] if end else None

    def fits(value: str) -> bool:
        try:
            first, last = bounds(value)
        except ValueError:  # the archive holds what isn't a time
            return False
        return (lowest is None or first >= lowest) and (highest is None or last <= highest)

    return fits


def _halves(vr: str, wanted: str) -> tuple[str, str, str]:
    if vr != "DT":
        return wanted.partition("-")
    ends = _RANGE_OF_MOMENTS.fullmatch(wanted)
    if ends is None or _MOMENT.fullmatch(wanted):  # the minus may be that of a zone
        return wanted, "", ""
    return ends[1] or "", "-", ends[2] or ""


def _bounds(vr: str) -> Callable[[str], tuple[Any, Any]]:
    return {"DA": _day, "TM": _time, "DT": _moment}[vr]


def _day(text: str) -> tuple[str, str]:
    if not _DAY.fullmatch(text):
        raise ValueError("not a date")
    return text.ljust(8, "0"), text.ljust(8, "9")


def _time(text: str) -> tuple[str, str]:
    if not _TIME.fullmatch(text):
        raise ValueError("not a time")
    digits = text.replace(".", "")
    return digits.ljust(12, "0"), digits.ljust(12, "9")


def _moment(text: str) -> tuple[datetime, datetime]:
    """Return the first and the last moment that a text of any precision may mean; without a zone, in UTC."""
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        raise ValueError("not a date and time")
    digits, fraction, zone = parts[1], parts[2] or "", parts[3] or "+0000"
    low = _instant(digits + _LOWEST[len(digits) :], fraction.ljust(7, "0") if fraction else ".000000", zone)
    high = _instant(_filled(digits), fraction.ljust(7, "9") if fraction else ".999999", zone)
    return low, high


def _instant(digits: str, fraction: str, zone: str) -> datetime:
    return datetime.strptime(f"{digits}{fraction}{zone}", "%Y%m%d%H%M%S.%f%z").astimezone(UTC)


def _filled(digits: str) -> str:
    """Return the last second that a date and time of this precision may mean."""
    if len(digits) == 6:  # the last day of the month is the day before the next one's first
        month = datetime.strptime(digits + "28", "%Y%m%d").replace(tzinfo=UTC)
        following = (month + timedelta(days=4)).replace(day=1)
        digits = (following - timedelta(days=1)).strftime("%Y%m%d")
    return digits + _HIGHEST[len(digits) :]
