"""Finds out what an archive can do, by a handful of requests that change nothing.

What needs an example is only found where the archive has a study already; until then the careful default
holds, and not for long. A product that gives itself away by its host isn't asked for what its profile says.

Errors:  those of the first request, which any archive answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from workstation.archive.errors import ArchiveError, Busy, Interrupted
from workstation.archive.model import Wanted
from workstation.archive.web.capabilities import PROFILES, Capabilities
from workstation.archive.web.json_model import Item, items_of, text, texts
from workstation.archive.web.media_types import media_type
from workstation.archive.web.paths import query, study_path, wanted_path
from workstation.archive.web.retrieve import ANY_SYNTAX, FILE, PARTIAL
from workstation.archive.web.statuses import EVERY_REQUEST
from workstation.archive.web.transport import DICOM_JSON, Ask, Transport
from workstation.dicom.layout import has_preamble

_HOSTS: Final[Mapping[str, str]] = {
    "healthcare.googleapis.com": "google",
    "dicom.azurehealthcareapis.com": "azure",
    "amazonaws.com": "aws",
}
_JPEG: Final = "image/jpeg"
_SMALL: Final = "viewport=16,16"
_ENVELOPE: Final = f'multipart/related; type="{FILE}"; {ANY_SYNTAX}'
_BEGINNING: Final = re.compile(r"[A-Za-z]{2,}")  # of a name, that needs no care in a query
_NO_MODALITY: Final = "ZZ"
_FIRST_BYTES: Final = 132  # up to the prefix that every file has


def probe(transport: Transport) -> tuple[Capabilities, bool]:
    """Return the traits that can be seen from outside, and whether these are all."""
    for host, product in _HOSTS.items():
        if transport.host == host or transport.host.endswith(f".{host}"):
            return PROFILES[product], True
    example = _first(transport, "studies", "includefield=ModalitiesInStudy")
    found = Capabilities(wildcards=False, workitems=_has_workitems(transport))
    return (_by_example(transport, found, example), True) if example else (found, False)


def _by_example(transport: Transport, found: Capabilities, example: Item) -> Capabilities:
    instance = _instance(transport, text(example, "StudyInstanceUID"))
    found = _matching(transport, found, example)
    return _giving(transport, found, instance) if instance else found


def _matching(transport: Transport, found: Capabilities, example: Item) -> Capabilities:
    """Return how searches match: what is asked for is in the example, so that it has to be found."""
    wildcards = _finds(transport, "PatientID=*")
    name, modality = text(example, "PatientName"), next(iter(texts(example, "ModalitiesInStudy")), "")
    plain, beginning = name.isascii() and "^" in name.strip("^"), _BEGINNING.match(name)
    return replace(
        found,
        wildcards=wildcards,
        percent_decodes=_finds(transport, "PatientID=%2A")  # a star that isn't decoded matches nobody
        if wildcards
        else plain and _finds(transport, f"PatientName={quote(name, safe='')}"),
        fuzzy_names=not wildcards
        and beginning is not None
        and _finds(transport, f"PatientName={beginning[0]}&fuzzymatching=true"),
        modality_lists=bool(modality)
        and _finds(transport, f"ModalitiesInStudy={modality},{_NO_MODALITY}")
        and not _finds(transport, f"ModalitiesInStudy={_NO_MODALITY}"),
    )


def _giving(transport: Transport, found: Capabilities, instance: Wanted) -> Capabilities:
    """Return what the archive gives; one that gives series is taken to give all that is larger, too."""
    path, series = wanted_path(instance), study_path(instance.study_uid, instance.series_uid)
    renders = _gives(transport, f"{path}/rendered", _JPEG, _SMALL)
    if not _begins(transport, series):
        study = study_path(instance.study_uid)
        found = replace(
            found,
            series_retrieve=False,
            study_retrieve=_gives(transport, study, _ENVELOPE),
            study_metadata=_gives(transport, f"{study}/metadata", DICOM_JSON),
            single_part=not _gives(transport, path, _ENVELOPE),
        )
    return replace(
        found,
        ranges=_gives_ranges(transport, path),
        rendered=renders,
        thumbnails=not renders and _gives(transport, f"{path}/thumbnail", _JPEG, _SMALL),
    )


def _first(transport: Transport, path: str, *criteria: str) -> Item | None:
    found = items_of(transport.json(Ask(path, query(*criteria, "limit=1"))), transport.where)
    return found[0] if found else None


def _finds(transport: Transport, criterion: str) -> bool:
    try:
        return _first(transport, "studies", criterion) is not None
    except EVERY_REQUEST:
        raise
    except ArchiveError:
        return False


def _instance(transport: Transport, study_uid: str) -> Wanted | None:
    """Return some instance of a study, None if none is found."""
    try:
        found = _first(transport, f"{study_path(study_uid)}/instances")
    except EVERY_REQUEST:
        raise
    except ArchiveError:
        return None
    if not found:
        return None
    return Wanted(study_uid, text(found, "SeriesInstanceUID"), text(found, "SOPInstanceUID"))


def _gives(transport: Transport, path: str, accept: str, asked: str = "") -> bool:
    """Say whether an answer of a media type begins to come; the rest of it is not waited for."""
    try:
        with transport.send(Ask(path, asked, accept=accept, packed=False)) as reply:
            return reply.media_type.name == media_type(accept).name
    except EVERY_REQUEST:
        raise
    except ArchiveError:
        return False


def _begins(transport: Transport, series: str) -> bool:
    """Say whether the archive gives a series; one that needs long for it does."""
    try:
        return _gives(transport, series, _ENVELOPE)
    except (Busy, Interrupted):
        return True


def _gives_ranges(transport: Transport, path: str) -> bool:
    """Say whether the first bytes of a file can be had alone."""
    ask = Ask(
        path,
        accept=f"{FILE}; {ANY_SYNTAX}",
        packed=False,
        part=f"bytes=0-{_FIRST_BYTES - 1}",
        accepts=frozenset({200, PARTIAL}),
    )
    try:
        with transport.send(ask) as reply:
            is_part = reply.status == PARTIAL and reply.media_type.name == FILE
            return is_part and has_preamble(reply.whole(_FIRST_BYTES))
    except EVERY_REQUEST:
        raise
    except ArchiveError:
        return False


def _has_workitems(transport: Transport) -> bool:
    try:
        _first(transport, "workitems")
    except EVERY_REQUEST:
        raise
    except ArchiveError:
        return False
    return True
