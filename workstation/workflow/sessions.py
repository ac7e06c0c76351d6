"""Where the reader left off: the last study, its screen, what was seen; and the filters of the list.

Nobody's action, so no record.
"""

from __future__ import annotations

from workstation.viewing import SeenLedger, Snapshot, SnapshotBroken
from workstation.workflow.desk import Desk

_LAST = "last study"
_FILTERS = "saved filters"


def keep_screen(desk: Desk, snapshot: Snapshot) -> None:
    """Remember how a study's screen looks now."""
    desk.store.sessions.put(_name(snapshot.study_uid), snapshot.to_json())


def screen_of(desk: Desk, study_uid: str) -> Snapshot | None:
    """Return how a study's screen looked last, if it can be read back."""
    text = desk.store.sessions.get(_name(study_uid))
    try:
        return Snapshot.from_json(text) if text else None
    except SnapshotBroken:
        return None


def keep_seen(desk: Desk, study_uid: str, seen: SeenLedger) -> None:
    """Remember which images of a study were in front of the reader's eyes."""
    desk.store.sessions.put(f"seen {study_uid}", seen.to_json())


def seen_of(desk: Desk, study_uid: str) -> SeenLedger:
    """Return what was seen of a study; nothing, if that can't be read back."""
    text = desk.store.sessions.get(f"seen {study_uid}")
    try:
        return SeenLedger.from_json(text) if text else SeenLedger()
    except SnapshotBroken:
        return SeenLedger()


def was_opened(desk: Desk, study_uid: str) -> bool:
    """Tell whether a study was ever opened here."""
    return desk.store.sessions.get(_name(study_uid)) is not None


def opened(desk: Desk) -> frozenset[str]:
    """Return every study that was ever opened here."""
    return desk.store.sessions.names(_name(""))


def keep_last_study(desk: Desk, study_uid: str) -> None:
    """Remember which study is open: the next start comes back to it, after a crash as well."""
    desk.store.sessions.put(_LAST, study_uid)


def forget_last_study(desk: Desk, study_uid: str) -> None:
    """Note that a study was put away, unless another is open by now: the next start begins with the list."""
    if desk.store.sessions.get(_LAST) == study_uid:
        desk.store.sessions.put(_LAST, "")


def last_study(desk: Desk) -> str:
    """Return the study that was open when the program ended, "" if none was."""
    uid = desk.store.sessions.get(_LAST) or ""
    return uid if uid and desk.store.studies.get(uid) else ""


def keep_filters(desk: Desk, filters: str) -> None:
    """Remember the filters of the list that somebody has saved, as the window writes them."""
    desk.store.sessions.put(_FILTERS, filters)


def kept_filters(desk: Desk) -> str:
    """Return the saved filters, "" if there are none."""
    return desk.store.sessions.get(_FILTERS) or ""


def _name(study_uid: str) -> str:
    return f"screen {study_uid}"
