"""Whether an archive holds a report on a study: where claims can't be shared, another may have read it.

What the archive lists is looked at (a report document, or a text report, by SOP class), for the cases that
are to be read next; an open study is asked for once more, cheaply. As far as an archive tells how many
objects a study has, a report that comes later is noticed. Nobody can tell from outside whether it is final.

Source:  PS3.4 B.5 (SOP classes). Dose reports, key objects and what algorithms mark are other classes.
"""

from __future__ import annotations

from typing import Final

from workstation.archive import Query
from workstation.sync import Service
from workstation.workflow.desk import Desk
from workstation.workflow.elsewhere import contents_of
from workstation.worklist import Item

HAS_REPORT: Final = "An archive holds a report document on it."

_REPORTS: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.88.11",  # Basic Text SR
        "1.2.840.10008.5.1.4.1.1.88.22",  # Enhanced SR
        "1.2.840.10008.5.1.4.1.1.88.33",  # Comprehensive SR
        "1.2.840.10008.5.1.4.1.1.104.1",  # Encapsulated PDF
        "1.2.840.10008.5.1.4.1.1.104.2",  # Encapsulated CDA
    }
)
_DOCUMENTS: Final = frozenset({"SR", "DOC"})  # the modalities that these have
_MOST: Final = 40  # of the list, from its top


def look_for_reports(desk: Desk, service: Service) -> None:
    """Look at what is listed for the open study and the next ones, as far as nobody has looked yet."""
    _ask_about_open(desk, service)
    places = service.gathered().to_read[:_MOST]
    wanted = [place.item for place in places if _is_doubtful(place.item)]
    for item in wanted:
        if item.study_uid not in desk.reported and desk.store.listed.expected(item.study_uid):
            desk.reported[item.study_uid] = has_report(desk, item.study_uid)


def has_report(desk: Desk, study_uid: str) -> bool:
    """Say whether archives list a report on a study that was not made here."""
    contents = contents_of(desk, study_uid)
    listed = [one for series in contents.series for one in series.instances] if contents else []
    return any(one.sop_class in _REPORTS and desk.store.outbox.artefact(one.uid) is None for one in listed)


def is_unshared(item: Item) -> bool:
    """Say whether nobody could see that somebody else reads a study."""
    return bool(item.archives) and (item.task is None or not item.task.is_claimable)


def _is_doubtful(item: Item) -> bool:
    return is_unshared(item) and not _DOCUMENTS.isdisjoint(item.modalities)


def _ask_about_open(desk: Desk, service: Service) -> None:
    """Ask the archives once for each opening how the study stands by now."""
    study_uid, desk.to_ask_about = desk.to_ask_about, ""
    item = service.gathered().item(study_uid) if study_uid else None
    if item is not None and is_unshared(item):
        service.look_up(Query(study_uid=study_uid))
