"""What a study consists of: every instance by its metadata, beside the numbers that the archive announces.

A series that a search lists and the metadata don't have is kept, without instances: the difference is to be
seen. An archive without metadata of whole studies is asked series by series, one without any is searched.
The searches run beside the request for the metadata: on a long line each would cost a way there and back.

Errors:  NotThere for a study that the archive doesn't have, BadAnswer for an instance without a UID.
Source:  PS3.18 10.4.1.1.2 (metadata resources), 10.6 (search for series).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from workstation.archive.errors import ArchiveError, BadAnswer, NotThere
from workstation.archive.model import Contents, ListedInstance, ListedSeries
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.json_model import Item, integer, items_of, text
from workstation.archive.web.listed import (
    INSTANCE_FIELDS,
    SERIES_FIELDS,
    STUDY_FIELDS,
    listed_instance,
    patient_of,
    series_of,
    study_of,
)
from workstation.archive.web.listing import Listing
from workstation.archive.web.paths import criterion, study_path
from workstation.archive.web.statuses import EVERY_REQUEST
from workstation.archive.web.transport import Ask, Transport

_COUNT: Final = "NumberOfStudyRelatedInstances"


def metadata(transport: Transport, traits: Capabilities, study_uid: str) -> Contents:
    """Return what the study consists of, as far as the archive lists it."""
    with ThreadPoolExecutor(2, "contents") as beside:  # the metadata take the longest to come
        searching = beside.submit(_searched_series, transport, traits, study_uid)
        counting = beside.submit(_announced, transport, traits, study_uid)
        items = [
            item
            for item in _instances(transport, traits, study_uid, searching.result)
            if text(item, "StudyInstanceUID") in ("", study_uid)
        ]
        searched, announced = searching.result(), counting.result()
    if not items:
        raise NotThere("The archive has no such study", where=transport.where)
    return Contents(
        patient=patient_of(items[0]),
        study=study_of(items[0]),
        series=_listed(items, searched, transport.where),
        announced=announced,
    )


def series_of_study(transport: Transport, traits: Capabilities, study_uid: str) -> Iterator[Item]:
    """Yield the series that a search finds in a study."""
    path = f"{study_path(study_uid)}/series"
    yield from Listing(transport, traits, path, "SeriesInstanceUID", fields=SERIES_FIELDS)


def instances_of_series(
    transport: Transport, traits: Capabilities, study_uid: str, series_uid: str
) -> Iterator[str]:
    """Yield the UIDs of the instances that a search finds in a series."""
    path = f"{study_path(study_uid, series_uid)}/instances"
    for item in Listing(transport, traits, path, "SOPInstanceUID"):
        yield text(item, "SOPInstanceUID")


def _searched_series(transport: Transport, traits: Capabilities, study_uid: str) -> dict[str, Item]:
    try:
        return {
            text(item, "SeriesInstanceUID"): item for item in series_of_study(transport, traits, study_uid)
        }
    except EVERY_REQUEST:
        raise
    except ArchiveError:
        if not traits.study_metadata:
            raise
        return {}


def _instances(
    transport: Transport, traits: Capabilities, study_uid: str, searched: Callable[[], Mapping[str, Item]]
) -> Iterator[Item]:
    series = [""] if traits.study_metadata else list(searched())
    try:
        for series_uid in series:
            ask = Ask(f"{study_path(study_uid, series_uid)}/metadata")
            yield from items_of(transport.json(ask), transport.where)
    except NotThere:
        if not searched():
            raise
        yield from _searched_instances(transport, traits, study_uid, searched())


def _searched_instances(
    transport: Transport, traits: Capabilities, study_uid: str, searched: Mapping[str, Item]
) -> Iterator[Item]:
    """Yield the instances that searches find, each with what they tell of its study and series."""
    asked = criterion(traits, "StudyInstanceUID", study_uid)
    studies = Listing(transport, traits, "studies", "StudyInstanceUID", asked, fields=STUDY_FIELDS)
    study = next((item for item in studies if text(item, "StudyInstanceUID") == study_uid), {})
    for series_uid, series in searched.items():
        path = f"{study_path(study_uid, series_uid)}/instances"
        for item in Listing(transport, traits, path, "SOPInstanceUID", fields=INSTANCE_FIELDS):
            yield {**study, **series, **item}


def _announced(transport: Transport, traits: Capabilities, study_uid: str) -> int | None:
    asked = criterion(traits, "StudyInstanceUID", study_uid)
    listing = Listing(transport, traits, "studies", "StudyInstanceUID", asked, fields=(_COUNT,))
    try:
        found = (integer(item, _COUNT) for item in listing if text(item, "StudyInstanceUID") == study_uid)
        return next(found, None)
    except EVERY_REQUEST:
        raise
    except ArchiveError:
        return None


def _listed(items: Iterable[Item], searched: Mapping[str, Item], where: str) -> tuple[ListedSeries, ...]:
    """Group instances by their series; those that a search alone knows come last."""
    first: dict[str, Item] = {}
    instances: dict[str, dict[str, ListedInstance]] = {}
    for item in items:
        listed = listed_instance(item)
        if not listed.uid:
            raise BadAnswer("The archive lists an instance without its UID", where=where)
        uid = text(item, "SeriesInstanceUID")
        first.setdefault(uid, item)
        instances.setdefault(uid, {}).setdefault(listed.uid, listed)
    return tuple(
        ListedSeries(
            series=series_of(item),
            instances=tuple(instances.get(uid, {}).values()),
            announced=integer(searched.get(uid, {}), "NumberOfSeriesRelatedInstances"),
        )
        for uid, item in {**searched, **first}.items()
    )
