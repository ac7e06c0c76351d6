"""STOW-RS: taking in objects, each alone, and telling of each what became of it.

What was kept before, byte for byte, is reported as kept; another object under a kept UID is refused, and the
kept one stays.

Errors:  Refused (400, 415) for a request of which nothing can be told object by object.
Source:  PS3.18 10.5, I.2 (Store Instances Response), I.2.2 and PS3.4 B.2.3 (reasons).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from workstation.dicom.errors import DicomRefused
from workstation.dicom.layout import scan
from workstation.hospital import multipart
from workstation.hospital.describing import Attributes, CannotDescribe, described
from workstation.hospital.exchange import Answer, Refused, Request, json_answer
from workstation.hospital.holdings import Holdings, Kept
from workstation.hospital.instances import kept
from workstation.hospital.media_types import DICOM, RELATED, MediaType, demand_json

CANNOT_UNDERSTAND: Final = 0xC000
WRONG_STUDY: Final = 0xA900  # the dataset doesn't match what the request says
DUPLICATE: Final = 0x0111


class Stow:
    """The store transaction over what is held."""

    def __init__(self, holdings: Holdings, base: str, folder: Path) -> None:
        self._holdings = holdings
        self._base = base
        self._folder = folder
        self._numbers = itertools.count(1)

    def store(self, request: Request, study: str = "") -> Answer:
        """Take in the objects of a request; ``study``: all of them belong to this one."""
        demand_json(request.headers.get("accept", ""))
        stored: list[Attributes] = []
        failed: list[Attributes] = []
        for part in multipart.read(request.body, _boundary(request)):
            item, reason = self._take(bytes(part.body), part.headers.get_content_type(), study)
            (failed if reason else stored).append(item)
        if not stored and not failed:
            raise Refused(400, "The request has no object")
        return json_answer(self._told(stored, failed, study), _status(stored, failed))

    def _take(self, data: bytes, media_type: str, study: str) -> tuple[Attributes, int]:
        """Keep one object; return its item of the answer, and why it failed, or 0."""
        who = _understood(data) if media_type == DICOM else None
        if who is None:
            return _failure({}, CANNOT_UNDERSTAND), CANNOT_UNDERSTAND
        reason = WRONG_STUDY if study not in {"", who["study"]} else self._keep(data, who)
        return (_failure(who, reason), reason) if reason else (self._reference(who), 0)

    def _keep(self, data: bytes, who: Mapping[str, Any]) -> int:
        instance = kept(data, who, self._folder / f"{next(self._numbers)}.dcm")
        outcome = self._holdings.keep(instance)
        if outcome is not Kept.NEW:
            instance.file.unlink()
        return DUPLICATE if outcome is Kept.OTHER else 0

    def _told(self, stored: list[Attributes], failed: list[Attributes], study: str) -> Attributes:
        place = f"{self._base}/studies/{study}" if study else ""
        told: Attributes = {"00081190": {"vr": "UR"} | ({"Value": [place]} if place else {})}
        if failed:
            told["00081198"] = {"vr": "SQ", "Value": failed}
        if stored:
            told["00081199"] = {"vr": "SQ", "Value": stored}
        return told

    def _reference(self, who: Mapping[str, Any]) -> Attributes:
        place = f"{self._base}/studies/{who['study']}/series/{who['series']}/instances/{who['uid']}"
        return _names(who) | {"00081190": {"vr": "UR", "Value": [place]}}


def _understood(data: bytes) -> Mapping[str, Any] | None:
    try:
        scan(memoryview(data))  # pydicom would take a file that is cut off
        return described(data)
    except (CannotDescribe, DicomRefused):
        return None


def _boundary(request: Request) -> str:
    try:
        types = MediaType.parsed(request.headers.get("content-type", ""))
    except ValueError as error:
        raise Refused(400, "The Content-Type header can't be understood") from error
    if len(types) != 1 or types[0].name != RELATED or types[0].part not in {DICOM, ""}:
        raise Refused(415, f'This takes {RELATED}; type="{DICOM}"')
    return types[0].parameters.get("boundary", "")


def _status(stored: list[Attributes], failed: list[Attributes]) -> int:
    """Return the status of the whole (PS3.18 Table 10.5.3-1)."""
    if not failed:
        return 200
    return 202 if stored else 409


def _names(who: Mapping[str, Any]) -> Attributes:
    named = {"00081150": who.get("sop_class"), "00081155": who.get("uid")}
    return {tag: {"vr": "UI", "Value": [uid]} for tag, uid in named.items() if uid}


def _failure(who: Mapping[str, Any], reason: int) -> Attributes:
    return _names(who) | {"00081197": {"vr": "US", "Value": [reason]}}
