"""DICOM's names, dates and times as a reader reads them.

Names keep their letters as stored: a name is an identity, not a text to be tidied. Dates and times
are local to where the study was made, as DICOM means them, and are shown so.

Errors:  none; what isn't a date or time is shown as it is stored, so that nothing is hidden.
Source:  PS3.5 section 6.2: PN (groups at "=", components at "^"), DA, TM.
"""

from __future__ import annotations

from datetime import date, time
from typing import Final

DAYS_TO_WEEKS: Final = 28  # a newborn's age is told in days until here
WEEKS_TO_MONTHS: Final = 91
YEARS_FROM: Final = 2


def person_name(stored: str) -> str:
    """Return "Family, Given Middle", with the ideographic form behind it where there is one.

    >>> person_name("Yamada^Tarou=山田^太郎=やまだ^たろう")
    'Yamada, Tarou (山田 太郎)'
    """
    groups = stored.split("=")
    alphabetic = _western(groups[0])
    ideographic = " ".join(filter(None, groups[1].split("^")[:2])) if len(groups) > 1 else ""
    if alphabetic and ideographic:
        return f"{alphabetic} ({ideographic})"
    return alphabetic or ideographic


def day(stored: str) -> str:
    """Return "2026-11-24"."""
    parsed = _date(stored)
    return parsed.isoformat() if parsed else stored


def minute(stored: str) -> str:
    """Return "02:04"."""
    digits = stored.replace(":", "")
    try:
        return time.fromisoformat(digits[:4]).isoformat("minutes") if len(digits) >= len("HHMM") else stored
    except ValueError:
        return stored


def moment(stored_date: str, stored_time: str) -> str:
    """Return "2026-11-24 02:04", or as much of it as is known."""
    return f"{day(stored_date)} {minute(stored_time)}".strip()


def age(birth_date: str, at: str) -> str:
    """Return the age on a day: "67", and for the youngest "5 d", "7 w", "14 m"; "" if unknown."""
    born, then = _date(birth_date), _date(at)
    if born is None or then is None or then < born:
        return ""
    months = (then.year - born.year) * 12 + then.month - born.month - (then.day < born.day)
    days = (then - born).days
    if days < DAYS_TO_WEEKS:
        return f"{days} d"
    if days < WEEKS_TO_MONTHS:
        return f"{days // 7} w"
    return f"{months} m" if months < YEARS_FROM * 12 else str(months // 12)


def _western(group: str) -> str:
    family, given, middle, prefix, suffix = (group.split("^") + [""] * 5)[:5]
    first = " ".join(filter(None, (prefix, given, middle)))
    return ", ".join(filter(None, (family, first, suffix)))


def _date(stored: str) -> date | None:
    """Read a DA, also in the old form with dots that PS3.5 tells readers to accept."""
    digits = stored.replace(".", "")
    try:
        return date.fromisoformat(digits) if digits.isdecimal() and len(digits) == len("YYYYMMDD") else None
    except ValueError:
        return None
