"""DICOM's forms as a person reads them: names, ages, dates, amounts.

Letters are left as they are stored: a name is an identity, not a text to be tidied.

Units:   dates DA (YYYYMMDD), times TM (HHMMSS.FFFFFF); seconds; bytes.
Source:  PS3.5 section 6.2: PN (component groups at "=", components at "^"), DA, TM, AS.
"""

from __future__ import annotations

from datetime import date
from typing import Final

THIN_SPACE: Final = "\u2009"
DAYS_TO_WEEKS: Final = 28  # a newborn's age is told in days until here
WEEKS_TO_MONTHS: Final = 91
MONTHS_TO_YEARS: Final = 2 * 365
_MONTH: Final = 30.44  # days
_YEAR: Final = 365.2425


def person_name(name: str) -> str:
    """Return "Family, Given Middle", with the ideographic form behind it where there is one.

    >>> person_name("Yamada^Tarou=山田^太郎=やまだ^たろう")
    'Yamada, Tarou (山田 太郎)'
    """
    groups = [group.split("^") for group in name.split("=")]
    alphabetic = _western(groups[0])
    ideographic = " ".join(part for part in groups[1][:2] if part) if len(groups) > 1 else ""
    if alphabetic and ideographic:
        return f"{alphabetic} ({ideographic})"
    return alphabetic or ideographic or "no name"


def day(stored: str) -> str:
    """Return "2026-11-24"; what is not a date stays as it is."""
    parsed = _parse(stored)
    return parsed.isoformat() if parsed else stored


def minute(stored: str) -> str:
    """Return "02:04"; what is not a time stays as it is."""
    plain = stored.replace(":", "")
    return f"{plain[:2]}:{plain[2:4]}" if len(plain) >= 4 and plain[:4].isdigit() else stored


def moment(stored_date: str, stored_time: str) -> str:
    """Return "2026-11-24 02:04", or as much of it as is known."""
    return f"{day(stored_date)} {minute(stored_time)}".strip()


def age(birth_date: str, at: str) -> str:
    """Return the age on a day: "67", and for the youngest "5 d", "7 w", "14 m"; "" if unknown."""
    born, then = _parse(birth_date), _parse(at)
    if born is None or then is None or then < born:
        return ""
    days = (then - born).days
    if days < DAYS_TO_WEEKS:
        return f"{days} d"
    if days < WEEKS_TO_MONTHS:
        return f"{days // 7} w"
    if days < MONTHS_TO_YEARS:
        return f"{int(days / _MONTH)} m"
    return str(then.year - born.year - ((then.month, then.day) < (born.month, born.day)))


def amount(count: int) -> str:
    """Return a count with its thousands apart.

    >>> amount(1136) == "1\u2009136"
    True
    """
    return f"{count:,}".replace(",", THIN_SPACE)


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "study", "studies"), counted(0, "file")
    ('1 study', '0 files')
    """
    return f"{amount(count)} {one if count == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """Return how long something will take, no more precisely than it is known."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600, 1):g} h"


def rate(size: float, seconds: float) -> str:
    """Return bytes over seconds as "84 MB/s"; "" before there is anything to tell."""
    if seconds <= 0 or size <= 0:
        return ""
    speed = size / seconds / 1e6
    return f"{speed:.0f} MB/s" if speed >= 10 else f"{speed:.1f} MB/s"


def _western(components: list[str]) -> str:
    family, given, middle, prefix, suffix = (components + [""] * 5)[:5]
    first = " ".join(part for part in (prefix, given, middle) if part)
    return ", ".join(part for part in (family, first, suffix) if part)


def _parse(stored: str) -> date | None:
    plain = stored.replace("-", "").replace(".", "")
    if len(plain) != 8 or not plain.isdigit():
        return None
    try:
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    except ValueError:
        return None
