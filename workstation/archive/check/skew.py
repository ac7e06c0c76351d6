"""By how much the archive's clock and this computer's differ, from the time that stands on any HTTP answer.

Units:   seconds; to about one, since the header counts whole seconds.
Errors:  Unreachable where nothing answers, BadAnswer where the answer bears no time; NotTrusted.
Source:  RFC 9110 section 6.6.1 (Date).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import requests

from workstation.archive.errors import BadAnswer, Unreachable
from workstation.archive.model import TlsRules
from workstation.archive.moments import http_moment
from workstation.archive.session import session_to
from workstation.clock import Clock

SECONDS: Final = 5.0
_HALF: Final = timedelta(seconds=0.5)  # the header has lost half a second on average


def clock_skew(url: str, rules: TlsRules, clock: Clock) -> float:
    """Return by how many seconds the server's clock is ahead; any answer will do, a refusal too."""
    where = urlsplit(url).netloc
    with session_to(url, rules) as session:
        began = clock.utc()
        try:
            with session.get(url, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
                said = answer.headers.get("Date", "")
        except requests.RequestException as error:
            raise Unreachable("The archive does not answer", where=where) from error
        halfway = began + (clock.utc() - began) / 2
    moment = http_moment(said)
    if moment is None:
        raise BadAnswer("The archive's answer bears no time", where=where)
    return (moment + _HALF - halfway).total_seconds()
