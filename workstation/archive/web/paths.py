"""Paths and queries below the base URL, written as they are to go out.

Some archives read a query as it stands, without undoing ``%5E``; the libraries send some characters in no
other way. For these archives every letter that isn't safe becomes ``?``, one letter of whatever kind, and
the answer is filtered here. A UID that is none never becomes part of a path.

Source:  RFC 3986 section 2 (characters), PS3.18 8.3.4.1 (matching), PS3.5 9.1 (UIDs).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from workstation.archive.errors import BadAnswer
from workstation.archive.model import Wanted
from workstation.archive.web.capabilities import Capabilities

_UID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,63}")  # some archives allow letters; none needs more
_UNSAFE: Final = re.compile(r"[^0-9A-Za-z._*?-]")


def study_path(study_uid: str, series_uid: str = "", uid: str = "") -> str:
    """Return the path of a study, of a series of it or of an instance."""
    path = f"studies/{_segment(study_uid)}"
    if series_uid:
        path += f"/series/{_segment(series_uid)}"
    return path + (f"/instances/{_segment(uid)}" if uid else "")


def wanted_path(wanted: Wanted) -> str:
    """Return the path of what is wanted; frames are counted from 1 there."""
    if (wanted.uid and not wanted.series_uid) or (wanted.frames and not wanted.uid):
        raise ValueError("what is wanted is named without what it lies in")
    path = study_path(wanted.study_uid, wanted.series_uid, wanted.uid)
    return path + (f"/frames/{','.join(str(frame + 1) for frame in wanted.frames)}" if wanted.frames else "")


def workitem_path(task_uid: str, *more: str) -> str:
    """Return the path of a workitem, or of something below it."""
    return "/".join(("workitems", _segment(task_uid), *more))


def criterion(traits: Capabilities, keyword: str, value: str) -> str:
    """Return a criterion that lets pass at least what is asked for; "" if the archive can't be asked so."""
    if not value or not value.isascii():
        return ""
    asked = value.replace("\\", "?")
    written = quote(asked, safe="*?") if traits.percent_decodes else _UNSAFE.sub("?", asked)
    if not traits.wildcards and ("?" in written or "*" in written):
        return ""
    return f"{keyword}={written}"


def any_of(keyword: str, values: Iterable[str]) -> str:
    """Return a criterion that several values meet, for UIDs and whatever else consists of safe letters."""
    return f"{keyword}={','.join(_UNSAFE.sub('?', value) for value in values)}"


def query(*criteria: str) -> str:
    """Return the criteria as one query."""
    return "&".join(one for one in criteria if one)


def _segment(uid: str) -> str:
    if not _UID.fullmatch(uid):
        raise BadAnswer("Something is named by a UID that can't be one")
    return uid
