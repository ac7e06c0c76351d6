"""Moments as archives write them: DICOM's date and time, and the dates of HTTP.

Units:   what is returned is aware, in UTC.
Errors:  none; what is no moment, or lies beyond the calendar, is None.
Source:  PS3.5 6.2 (DT), RFC 9110 section 5.6.7 (HTTP's dates: a form without a zone is in UTC).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_DT: Final = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\.(\d{1,6}))?([+-]\d{4})?")


def dicom_moment(value: str, zone: str = "") -> datetime | None:
    """Return what a DT means; without an offset it is in a zone (±HHMM), or else in this computer's."""
    found = _DT.fullmatch(value)
    if not found:
        return None
    year, month, day, hour, minute, second = (
        int(part or default) for part, default in zip(found.groups()[:6], (0, 1, 1, 0, 0, 0), strict=True)
    )
    try:
        local = datetime(year, month, day, hour, minute, second, int((found[7] or "").ljust(6, "0")))  # noqa: DTZ001  its zone follows
        offset = found[8] or zone
        if offset:
            local = local.replace(tzinfo=datetime.strptime(offset, "%z").tzinfo)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def http_moment(text: str) -> datetime | None:
    """Return what a header such as Date means."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
