"""A gateway before an archive that does with some requests what gateways and archives in the cloud do.

It is a script for ``ScriptedHttp``. Every request is passed on to an Orthanc and its answer handed back, but
for a share of them, drawn by the seed and the request's number: the answer is late, lost, cut or another's
words for what Orthanc did. Nothing that it does makes a good object unwelcome for ever.

Units:   seconds.
Source:  answers to a store by the conformance statement of Azure's DICOM service (202, 409; reasons 45070
         already stored, 45071 busy with it, 272 could not be processed), RFC 6585 (429).
"""

from __future__ import annotations

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from io import BytesIO
from random import Random
from typing import Any, Final

from multipart_related import apart, boundary_of
from orthanc import Orthanc
from pydicom import dcmread
from scripted_http import RESET, Seen, Step, reply

_JSON: Final = "application/dicom+json"
_ALREADY: Final = 45070
_BUSY_WITH_IT: Final = 45071
_UNPROCESSED: Final = 272
_PASSED_ON: Final = ("accept", "content-type")  # and nothing comes packed
_PATIENCE: Final = 60.0

Answer = tuple[int, str, bytes]  # status, media type, body


class Whim(Enum):
    """What befalls a request."""

    THROTTLED = "429, and nothing is passed on"
    UNAVAILABLE = "503, and nothing is passed on"
    LOST = "passed on, and the answer is lost"
    CUT = "passed on, and the answer is cut in the middle"
    LATE = "passed on, and the answer comes when nobody waits any more"
    TWICE = "passed on twice, and the second answer handed back"
    # of stores alone
    BUSY_WITH_IT = "409 for all, and nothing is passed on"
    KNOWN = "passed on, and 409 for all: they are here already"
    HALF = "passed on, and 202: half of it, or so it says, could not be processed"


OF_STORES: Final = (Whim.BUSY_WITH_IT, Whim.KNOWN, Whim.HALF)
OF_ALL: Final = tuple(whim for whim in Whim if whim not in OF_STORES)


@dataclass
class Gateway:
    """Passes requests on; ``share`` of them not as it should. It may be changed at any time."""

    orthanc: Orthanc
    seed: int = 0
    share: float = 0.0
    after: int = 20  # what Retry-After says
    late: float = 2.0  # longer than the client waits
    whims: Counter[Whim] = field(default_factory=Counter)
    _number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _never: threading.Event = field(default_factory=threading.Event)

    def __call__(self, seen: Seen) -> Iterable[Step]:
        """Answer a request."""
        with self._lock:
            self._number += 1
            random = Random(f"{self.seed}/{self._number}")
            whim = None
            if random.random() < self.share:
                whim = random.choice((*OF_ALL, *OF_STORES) if seen.method == "POST" else OF_ALL)
                self.whims[whim] += 1
        return self._steps(seen, whim)

    def _steps(self, seen: Seen, whim: Whim | None) -> Iterable[Step]:
        if whim in (Whim.THROTTLED, Whim.UNAVAILABLE):
            return [reply(429 if whim is Whim.THROTTLED else 503, Retry_After=str(self.after))]
        if whim is Whim.BUSY_WITH_IT:
            return [_written((409, _JSON, _told([], _items_of(seen), _BUSY_WITH_IT)))]
        answer = self._passed_on(seen)
        if whim is Whim.TWICE:
            answer = self._passed_on(seen)
        if whim is Whim.LATE:
            self._never.wait(self.late)
        if whim in (Whim.LATE, Whim.LOST):
            return [RESET]
        if whim is Whim.KNOWN and answer[0] == 200:
            answer = (409, _JSON, _told([], _items_of(seen), _ALREADY))
        if whim is Whim.HALF and answer[0] == 200:
            items = _items_of(seen)
            answer = (202, _JSON, _told(items[::2], items[1::2], _UNPROCESSED))
        whole = _written(answer)
        return [whole[: len(whole) // 2], RESET] if whim is Whim.CUT else [whole]

    def _passed_on(self, seen: Seen) -> Answer:
        headers = {name: seen.headers[name] for name in _PASSED_ON if name in seen.headers}
        connection = http.client.HTTPConnection(self.orthanc.host, self.orthanc.port, timeout=_PATIENCE)
        try:
            connection.request(seen.method, seen.target, seen.body or None, headers)
            response = connection.getresponse()
            body = response.read()
            return response.status, response.headers.get("Content-Type", ""), body
        finally:
            connection.close()


def _items_of(seen: Seen) -> list[dict[str, Any]]:
    """Return the objects of a store as an answer refers to them."""
    sections, _ = apart(seen.body, boundary_of(seen.headers["content-type"]))
    headers = [dcmread(BytesIO(one.data), stop_before_pixels=True) for one in sections]
    return [
        {
            "00081150": {"vr": "UI", "Value": [str(one.SOPClassUID)]},
            "00081155": {"vr": "UI", "Value": [str(one.SOPInstanceUID)]},
        }
        for one in headers
    ]


def _told(stored: list[dict[str, Any]], failed: list[dict[str, Any]], reason: int) -> bytes:
    because = {"00081197": {"vr": "US", "Value": [reason]}}
    answer = {"00081199": {"vr": "SQ", "Value": stored}} if stored else {}
    answer |= {"00081198": {"vr": "SQ", "Value": [one | because for one in failed]}} if failed else {}
    return json.dumps(answer).encode()


def _written(answer: Answer) -> bytes:
    status, kind, body = answer
    return reply(status, body, Content_Type=kind)
