"""QIDO-RS: which studies an archive has that fit a query.

An archive is asked for no less than what fits, and the answer is filtered here: it may ignore a criterion,
match otherwise or not understand the signs in it. Letters beyond ASCII are never sent. Where an answer
has lost the letters of a name, it comes from the metadata of one of the study's instances; where that fails
for one of them, a search for a text says that it isn't whole.

Source:  PS3.18 10.6 (search transaction), PS3.4 C.2.2.2 (matching).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Final

from workstation.archive.errors import ArchiveError
from workstation.archive.matching import fits
from workstation.archive.model import FoundStudy, Query, Search
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.json_model import items_of, text
from workstation.archive.web.listed import STUDY_FIELDS, found_study
from workstation.archive.web.listing import Listing
from workstation.archive.web.paths import any_of, criterion, query, study_path
from workstation.archive.web.statuses import EVERY_REQUEST
from workstation.archive.web.transport import Ask, Transport

_MOST_NAMES: Final = 50  # looked up for one search


def search(transport: Transport, traits: Capabilities, asked: Query) -> Search:
    """Return the studies that fit; asked in several ways where one can't say it all."""
    names = _Names(transport, _MOST_NAMES)
    without_text = replace(asked, text="")
    found: dict[str, FoundStudy] = {}
    is_whole = True
    for criteria in _searches(traits, asked):
        listing = Listing(transport, traits, "studies", "StudyInstanceUID", criteria, fields=STUDY_FIELDS)
        for item in listing:
            study = found_study(item)
            if study.study.uid in found or not fits(without_text, study):
                continue
            named = names.mended(study)
            if fits(asked, named):
                found[study.study.uid] = named
            if asked.limit and len(found) >= asked.limit:
                return Search(tuple(found.values()), is_whole)
        is_whole = is_whole and listing.is_whole
    return Search(tuple(found.values()), is_whole and not (asked.text and names.missed))


def _searches(traits: Capabilities, asked: Query) -> Iterator[str]:
    """Yield the queries that together ask for everything that may fit."""
    dates = f"{asked.from_date}-{asked.to_date}" if asked.from_date or asked.to_date else ""
    fixed = (
        criterion(traits, "PatientID", asked.patient_id),
        criterion(traits, "AccessionNumber", asked.accession),
        criterion(traits, "StudyInstanceUID", asked.study_uid),
        criterion(traits, "StudyDate", dates),
    )
    ways = product(_text_ways(traits, asked), _modality_ways(traits, asked))
    yield from dict.fromkeys(query(*fixed, *way) for way in ways)


def _text_ways(traits: Capabilities, asked: Query) -> list[str]:
    """Return how to ask for a text: the beginning of a name (archives may heed its case), and two numbers."""
    if not asked.text:
        return [""]
    if traits.fuzzy_names:
        names = [query(criterion(traits, "PatientName", asked.text), "fuzzymatching=true")]
    else:
        spelt = dict.fromkeys((asked.text, asked.text.upper()))
        names = [criterion(traits, "PatientName", f"{one}*") for one in spelt]
    numbers = [
        criterion(traits, keyword, asked.text)
        for keyword, given in (("PatientID", asked.patient_id), ("AccessionNumber", asked.accession))
        if not given
    ]
    ways = names + numbers
    return [""] if "" in ways else ways  # what can't be asked for has to be looked for among all


def _modality_ways(traits: Capabilities, asked: Query) -> list[str]:
    if traits.modality_lists and asked.modalities:
        return [any_of("ModalitiesInStudy", sorted(asked.modalities))]
    return [criterion(traits, "ModalitiesInStudy", one) for one in sorted(asked.modalities)] or [""]


class _Names:
    """Looks up names that a search's answer has lost, as long as they are few."""

    def __init__(self, transport: Transport, most: int) -> None:
        self.missed = False  # a name stayed unknown: by a text its study can't have been found
        self._transport = transport
        self._left = most

    def mended(self, found: FoundStudy) -> FoundStudy:
        """Return the study with its patient's name, if that can be had."""
        if not _is_lost(found.patient.name):
            return found
        name = self._name(study_path(found.study.uid)) if self._left else ""
        self._left -= bool(self._left)
        self.missed = self.missed or not name
        return replace(found, patient=replace(found.patient, name=name)) if name else found

    def _name(self, study: str) -> str:
        """Return a name from the metadata of some instance of a study, "" if it can't be had."""
        try:
            return self._looked_up(study)
        except EVERY_REQUEST:
            raise
        except ArchiveError:  # the study is found all the same
            return ""

    def _looked_up(self, study: str) -> str:
        one = self._items(Ask(f"{study}/instances", "limit=1"))
        if not one:
            return ""
        instance = study_path(*(text(one[0], f"{level}InstanceUID") for level in ("Study", "Series", "SOP")))
        metadata = self._items(Ask(f"{instance}/metadata"))
        return text(metadata[0], "PatientName") if metadata else ""

    def _items(self, ask: Ask) -> tuple[dict[str, object], ...]:
        return tuple(dict(one) for one in items_of(self._transport.json(ask), self._transport.where))


def _is_lost(name: str) -> bool:
    """Say whether one of a name's groups has kept its delimiters alone: ``^``."""
    return any(group and not group.strip("^ ?") for group in name.split("="))
