"""Finds out what an archive can do, by a handful of requests that change nothing.

What needs an example is only found where the archive has a study already; until then the careful default
holds. A product that gives itself away by its host isn't asked for what its profile says.

Errors:  those of the first request, which any archive answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from workstation.archive.errors import ArchiveError
from workstation.archive.web.capabilities import PROFILES, Capabilities
from workstation.archive.web.json_model import Item, items_of, text, texts
from workstation.archive.web.paths import query, study_path
from workstation.archive.web.retrieve import ANY_SYNTAX, FILE, PARTIAL
from workstation.archive.web.statuses import EVERY_REQUEST
from workstation.archive.web.transport import Ask, Transport
from workstation.dicom.layout import has_preamble

_HOSTS: Final[Mapping[str, str]] = {
    "healthcare.googleapis.com": "google",
    "dicom.azurehealthcareapis.com": "azure",
    "amazonaws.com": "aws",
}
_JPEG: Final = "image/jpeg"
_NO_MODALITY: Final = "ZZ"
_FIRST_BYTES: Final = 132  # up to the prefix that every file has


def probe(transport: Transport) -> Capabilities:
    """Return the traits that can be seen from outside."""
    for host, product in _HOSTS.items():
        if transport.host == host or transport.host.endswith(f".{host}"):
            return PROFILES[product]
    example = _first(transport, "studies", "includefield=ModalitiesInStudy")
    found = replace(Capabilities(), workitems=_has_workitems(transport))
    return _by_example(transport, found, example) if example else found


def _by_example(transport: Transport, found: Capabilities, example: Item) -> Capabilities:
    modality = next(iter(texts(example, "ModalitiesInStudy")), "")
    instance = _instance(transport, text(example, "StudyInstanceUID"))
    renders = bool(instance) and _gives_picture(transport, f"{instance}/rendered")
    return replace(
        found,
        percent_decodes=_finds(transport, "PatientID=%2A"),  # a star that isn't decoded matches nobody
        modality_lists=bool(modality)
        and _finds(transport, f"ModalitiesInStudy={modality},{_NO_MODALITY}")
        and not _finds(transport, f"ModalitiesInStudy={_NO_MODALITY}"),
        ranges=bool(instance) and _gives_ranges(transport, instance),
        rendered=renders,
        thumbnails=bool(instance) and not renders and _gives_picture(transport, f"{instance}/thumbnail"),
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


def _instance(transport: Transport, study_uid: str) -> str:
    """Return the path of some instance of a study, "" if none is found."""
    try:
        found = _first(transport, f"{study_path(study_uid)}/instances")
        return (
            study_path(study_uid, text(found, "SeriesInstanceUID"), text(found, "SOPInstanceUID"))
            if found
            else ""
        )
    except EVERY_REQUEST:
        raise
    except ArchiveError:
        return ""


def _gives_picture(transport: Transport, path: str) -> bool:
    try:
        with transport.send(Ask(path, "viewport=16,16", accept=_JPEG)) as reply:
            return reply.media_type.name == _JPEG
    except EVERY_REQUEST:
        raise
    except ArchiveError:
        return False


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
