"""An archive over DICOMweb that does what no good one does, when it is told to.

It is a script for ``ScriptedHttp``: ``with ScriptedHttp(Liar(archive, plan)) as server``. The plan is asked
at each request, by its number from 0, which lie to tell; what doesn't fit the request is not told. Without
any lie it answers in order, but for what Orthanc 1.7 does with odd requests: it says 200 and keeps nothing
of a part that has no Content-Type or one with a transfer syntax, of a body that is packed or has no last
boundary; and of another content under a UID that it has it says that it has stored it.

Source:  facts on Orthanc 1.10.1 with DICOMweb 1.7, measured; the rest is what networks and proxies do.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from random import Random
from typing import Any, Final, TypeAlias

from multipart_related import Section, apart, boundary_of, closing, together
from pydicom.dataset import Dataset
from scripted_http import CLOSE, RESET, Seen, Step, head, reply
from small_archive import SmallArchive

_JSON: Final = "application/dicom+json"
_BOUNDARY: Final = "liar"
_MULTIPART: Final = f'multipart/related; type="application/dicom"; boundary={_BOUNDARY}'
_PORTAL: Final = b"<html><title>Welcome</title>Please accept our terms of use.</html>"
_BUSY: Final = 0xB00F
_PATH: Final = re.compile(
    r"(?:studies(?:/([^/]+)(?:/series/([^/]+)(?:/instances/([^/]+))?)?)?)?(?:/?(series|instances|metadata))?"
)


class Lie(Enum):
    """What it may do instead of what it should."""

    # to a store
    DROPS = "says 200, lists all as stored, keeps nothing"
    SAYS_NOTHING = "says 200, lists nothing, keeps nothing"
    FAILS_SOME = "says 202, fails every other object"
    REFUSES_BUT_KEEPS = "says 400, lists no failure, keeps all"
    CONFLICTS = "says 409 for all, keeps nothing"
    # to a retrieval
    SHORT = "ends before the length that it told"
    CHUNK_CUT = "ends in the middle of its chunks"
    CLOSE_CUT = "tells no length and ends in the middle"
    NO_END = "leaves out the last boundary"
    PACKED = "packs what was asked for unpacked"
    # to a search, or a question for metadata
    IGNORES = "heeds neither criteria nor offset"
    ELSEWHERE = "names another origin in every URL"
    # to anything
    LOSES_ANSWER = "does what it is asked and breaks off"
    LATE = "does what it is asked, and answers when the test lets it"
    STALLS = "sends a few bytes, and the rest when the test lets it"
    DOUBLE = "answers twice"
    THROTTLES = "says 429"
    UNAVAILABLE = "says 503"
    PORTAL = "shows a page of terms"
    REDIRECTS = "leads to another origin"


OF_STORES: Final = (Lie.DROPS, Lie.SAYS_NOTHING, Lie.FAILS_SOME, Lie.REFUSES_BUT_KEEPS, Lie.CONFLICTS)
OF_RETRIEVALS: Final = (Lie.SHORT, Lie.CHUNK_CUT, Lie.CLOSE_CUT, Lie.NO_END, Lie.PACKED)
OF_LISTS: Final = (Lie.IGNORES, Lie.ELSEWHERE)
OF_ALL: Final = tuple(lie for lie in Lie if lie not in (*OF_STORES, *OF_RETRIEVALS, *OF_LISTS))

Answer: TypeAlias = tuple[int, str, bytes]  # status, media type, body
Plan: TypeAlias = Callable[[int, Seen], Lie | None]


def honest(_number: int, _seen: Seen) -> None:
    """Tell no lie: a plan."""


def once(lie: Lie, *, after: int = 0, method: str = "") -> Plan:
    """Return a plan that lies once: at the first request after so many, perhaps of one method alone."""
    left = [lie]

    def plan(number: int, seen: Seen) -> Lie | None:
        fits = number >= after and method in ("", seen.method)
        return left.pop() if fits and left else None

    return plan


def seeded(seed: int, odds: Mapping[Lie, float]) -> Plan:
    """Return a plan by chance, the same for the same seed and number of the request."""

    def plan(number: int, seen: Seen) -> Lie | None:
        chance = Random(f"{seed}/{number}/{seen.method}").random()
        for lie, share in odds.items():
            if chance < share:
                return lie
            chance -= share
        return None

    return plan


class Liar:
    """The script. ``let_go`` is what late and stalled answers wait for; servers that close don't wait."""

    def __init__(self, archive: SmallArchive | None = None, plan: Plan = honest) -> None:
        self.archive = archive or SmallArchive()
        self.plan = plan
        self.told: list[tuple[int, Lie]] = []  # number of the request, what was told
        self.let_go = threading.Event()
        self.elsewhere = "http://elsewhere.invalid"
        self.retry_after = 1  # seconds
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self, seen: Seen) -> Iterable[Step]:
        with self._lock:
            number, self._count = self._count, self._count + 1
            lie = self.plan(number, seen)
            if lie is not None and not _fits(lie, seen):
                lie = None
            if lie is not None:
                self.told.append((number, lie))
        return self._instead(lie) or _delivered(self._answered(seen, lie), lie, self.let_go)

    def _instead(self, lie: Lie | None) -> Sequence[Step]:
        """Return what is sent without looking at the request."""
        match lie:
            case Lie.THROTTLES:
                return [reply(429, Retry_After=str(self.retry_after))]
            case Lie.UNAVAILABLE:
                return [reply(503, Retry_After=str(self.retry_after))]
            case Lie.PORTAL:
                return [reply(200, _PORTAL, Content_Type="text/html")]
            case Lie.REDIRECTS:
                return [reply(307, Location=f"{self.elsewhere}/dicom-web/studies")]
            case _:
                return []

    def _answered(self, seen: Seen, lie: Lie | None) -> Answer:
        """Return status, media type and body."""
        path = _PATH.fullmatch(seen.path.removeprefix("/dicom-web/"))
        if path is None:
            return 404, "", b""
        if seen.method == "POST":
            return self._stored(seen, lie)
        uids = [uid for uid in path.groups()[:3] if uid]
        found = self.archive.select(*uids)
        origin = self.elsewhere if lie is Lie.ELSEWHERE else f"http://{seen.headers['host']}"
        base, what = f"{origin}/dicom-web", path[4]
        if what == "metadata":
            return _json(200 if found else 404, self.archive.metadata(found, base))
        if what or not uids:
            level = {"series": 1, "instances": 2}.get(what or "", 0)
            return _json(200, self.archive.rows(level, found, {} if lie is Lie.IGNORES else seen.asked, base))
        sections = [Section({"Content-Type": "application/dicom"}, self.archive.kept[uid]) for uid in found]
        return (200, _MULTIPART, together(sections, _BOUNDARY)) if found else (404, "", b"")

    def _stored(self, seen: Seen, lie: Lie | None) -> Answer:
        sections, is_ended = apart(seen.body, boundary_of(seen.headers.get("content-type", "")))
        is_readable = is_ended and "content-encoding" not in seen.headers
        taken = [
            one for one in sections if is_readable and one.headers.get("content-type") == "application/dicom"
        ]
        headers = [(one.data, self.archive.arrive(one.data)) for one in taken]
        good = [(data, header) for data, header in headers if header is not None]
        failed: list[Dataset] = []
        status = 200 if len(good) == len(headers) else 400
        match lie:
            case Lie.SAYS_NOTHING:
                return _json(200, _outcome([], []))
            case Lie.DROPS:
                return _json(200, _outcome([header for _, header in good], []))
            case Lie.CONFLICTS:
                return _json(409, _outcome([], [header for _, header in good]))
            case Lie.FAILS_SOME:
                failed, good, status = [header for _, header in good[::2]], good[1::2], 202
            case Lie.REFUSES_BUT_KEEPS:
                status = 400
            case _:
                pass
        for data, _ in good:
            self.archive.keep(data)
        return _json(status, _outcome([header for _, header in good], failed))


def _fits(lie: Lie, seen: Seen) -> bool:
    path = _PATH.fullmatch(seen.path.removeprefix("/dicom-web/"))
    is_list = path is None or bool(path[4]) or not path[1]
    if lie in OF_STORES:
        return seen.method == "POST"
    if lie in OF_RETRIEVALS:
        return seen.method == "GET" and not is_list
    return lie in OF_ALL or (seen.method == "GET" and is_list)


def _delivered(answer: Answer, lie: Lie | None, let_go: threading.Event) -> Sequence[Step]:
    """Return the steps that send an answer, or not quite."""
    status, kind, body = answer
    whole = reply(status, body, Content_Type=kind)
    if lie in _BROKEN:
        return _BROKEN[lie](answer)
    match lie:
        case Lie.LATE:
            return [let_go, whole]
        case Lie.STALLS:
            return [whole[:20], let_go, whole[20:]]
        case Lie.DOUBLE:
            return [whole + whole]
        case _:
            return [whole]


def _short(answer: Answer) -> Sequence[Step]:
    status, kind, body = answer
    return [head(status, Content_Type=kind, Content_Length=str(len(body))) + _half(body), CLOSE]


def _chunk_cut(answer: Answer) -> Sequence[Step]:
    status, kind, body = answer
    chunk = f"{len(body):x}\r\n".encode() + _half(body)
    return [head(status, Content_Type=kind, Transfer_Encoding="chunked") + chunk, CLOSE]


def _close_cut(answer: Answer) -> Sequence[Step]:
    status, kind, body = answer
    return [head(status, Content_Type=kind, Connection="close") + _half(body), CLOSE]


def _no_end(answer: Answer) -> Sequence[Step]:
    status, kind, body = answer
    return [reply(status, body.removesuffix(closing(_BOUNDARY)), Content_Type=kind)]


def _packed(answer: Answer) -> Sequence[Step]:
    status, kind, body = answer
    return [reply(status, gzip.compress(body, 1), Content_Type=kind, Content_Encoding="gzip")]


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


_BROKEN: Final[Mapping[Lie | None, Callable[[Answer], Sequence[Step]]]] = {
    Lie.LOSES_ANSWER: lambda _: [RESET],
    Lie.SHORT: _short,
    Lie.CHUNK_CUT: _chunk_cut,
    Lie.CLOSE_CUT: _close_cut,
    Lie.NO_END: _no_end,
    Lie.PACKED: _packed,
}


def _json(status: int, value: object) -> Answer:
    return status, _JSON, json.dumps(value).encode()


def _outcome(stored: Iterable[Dataset], failed: Iterable[Dataset]) -> dict[str, Any]:
    """Return what a store answers (PS3.18 I.2)."""
    return {
        "00081198": {"vr": "SQ", "Value": [_named(one, _BUSY) for one in failed]},
        "00081199": {"vr": "SQ", "Value": [_named(one) for one in stored]},
    }


def _named(header: Dataset, reason: int = 0) -> dict[str, Any]:
    named = {
        "00081150": {"vr": "UI", "Value": [str(header.SOPClassUID)]},
        "00081155": {"vr": "UI", "Value": [str(header.SOPInstanceUID)]},
    }
    return named | ({"00081197": {"vr": "US", "Value": [reason]}} if reason else {})
