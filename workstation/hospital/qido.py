"""QIDO-RS: searching for studies, series and instances.

Keys of the upper levels choose before anything is painted: a search below the study paints what they leave.

Errors:  Refused (400) for a key that a level doesn't have. What isn't here is not found, which is no error.
Source:  PS3.18 10.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from pydicom.dataset import Dataset

from workstation.hospital import searching
from workstation.hospital.describing import Attributes, json_model
from workstation.hospital.exchange import Answer, Refused, Request
from workstation.hospital.holdings import HeldStudy, Holdings
from workstation.hospital.instances import Instance
from workstation.hospital.levels import INSTANCE, SERIES, STUDY, Level, tags
from workstation.hospital.matching import Key
from workstation.hospital.searching import Search

_OF_EACH: Final = tags("RetrieveURL", "InstanceAvailability")  # another at each level


class Qido:
    """The search transactions over what is held."""

    def __init__(self, holdings: Holdings, base: str) -> None:
        self._holdings = holdings
        self._base = base

    def studies(self, request: Request) -> Answer:
        """Answer a search for studies."""
        search = _search(request, STUDY)
        rows = map(self._study_row, self._holdings.studies())
        return _answered(search, rows, STUDY.returned)

    def series(self, request: Request, study: str = "") -> Answer:
        """Answer a search for series, in one study or in all."""
        search = _search(request, SERIES, study)
        returned = SERIES.returned if study else STUDY.returned | SERIES.returned
        return _answered(search, self._series_rows(search), returned)

    def instances(self, request: Request, study: str = "", series: str = "") -> Answer:
        """Answer a search for instances, in one series, in one study or in all."""
        search = _search(request, INSTANCE, study, series)
        returned = INSTANCE.returned | (frozenset() if series else SERIES.returned)
        returned |= frozenset() if study else STUDY.returned
        return _answered(search, self._instance_rows(search), returned)

    def _studies(self, search: Search) -> Iterator[HeldStudy]:
        """Yield the studies that may have something; only those are painted."""
        keys = search.of_tags(STUDY.held - _OF_EACH)
        for study in self._holdings.studies():
            if all(key.matches(self._study_row(study)) for key in keys):
                yield study

    def _series_rows(self, search: Search) -> Iterator[dict[str, Any]]:
        for study in self._studies(search):
            above = self._study_row(study)
            for members in _by_series(self._holdings.instances(study.uid)).values():
                yield above | self._series_row(members)

    def _instance_rows(self, search: Search) -> Iterator[dict[str, Any]]:
        keys = search.of_tags(SERIES.held - STUDY.held)
        for study in self._studies(search):
            above = self._study_row(study)
            for members in _by_series(self._holdings.instances(study.uid)).values():
                series = above | self._series_row(members)
                if all(key.matches(series) for key in keys):
                    yield from (series | self._instance_row(one) for one in members)

    # --- one record of each level --------------------------------------------------------------------------

    def _study_row(self, study: HeldStudy) -> Attributes:
        return study.attributes | _elements(
            InstanceAvailability="ONLINE",
            ModalitiesInStudy=list(dict.fromkeys(study.modalities)),
            RetrieveURL=f"{self._base}/studies/{study.uid}",
            NumberOfStudyRelatedSeries=len(study.modalities),
            NumberOfStudyRelatedInstances=study.instances,
        )

    def _series_row(self, members: list[Instance]) -> Attributes:
        attributes = members[0].attributes
        return {tag: attributes[tag] for tag in SERIES.held if tag in attributes} | _elements(
            RetrieveURL=f"{self._base}/studies/{members[0].study}/series/{members[0].series}",
            NumberOfSeriesRelatedInstances=len(members),
        )

    def _instance_row(self, one: Instance) -> Attributes:
        place = f"{self._base}/studies/{one.study}/series/{one.series}/instances/{one.uid}"
        return one.attributes | _elements(RetrieveURL=place, InstanceAvailability="ONLINE")


def _search(request: Request, level: Level, study: str = "", series: str = "") -> Search:
    """Return what is searched for; what the path names is a key like others."""
    search = searching.parsed(request)
    held = STUDY.held if level is STUDY else STUDY.held | SERIES.held
    if level is not INSTANCE and any(key.path[0] not in held for key in search.keys):
        raise Refused(400, f"A query parameter doesn't belong to the level of the {level.name}")
    named = [Key(("0020000D",), study), Key(("0020000E",), series)]
    return replace(search, keys=(*search.keys, *(key for key in named if key.value)))


def _answered(search: Search, rows: Iterable[Attributes], returned: frozenset[str]) -> Answer:
    found = searching.fitting(rows, search.keys)
    return searching.answered(search, [searching.trimmed(row, search, returned) for row in found])


def _by_series(instances: list[Instance]) -> dict[str, list[Instance]]:
    grouped: dict[str, list[Instance]] = {}
    for one in instances:
        grouped.setdefault(one.series, []).append(one)
    return grouped


def _elements(**values: object) -> Attributes:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return json_model(dataset)
