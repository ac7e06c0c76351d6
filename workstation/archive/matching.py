"""Whether what an archive found is what was asked for: archives ignore criteria, wildcards and ranges.

What an answer leaves unsaid can't be held against it: a study is rather shown than hidden.
"""

from __future__ import annotations

from workstation.archive.model import FoundStudy, Query


def fits(query: Query, found: FoundStudy) -> bool:
    """Say whether a study that came back answers the query."""
    patient, study = found.patient, found.study
    return (
        _same(query.patient_id, patient.patient_id)
        and (not query.patient_id or not patient.issuer or _same(query.issuer, patient.issuer))
        and _same(query.accession, study.accession)
        and _same(query.study_uid, study.uid)
        and not (query.modalities and found.modalities and query.modalities.isdisjoint(found.modalities))
        and _within(query, study.date)
        and (not query.text or _has_text(query.text, found))
    )


def _same(asked: str, found: str) -> bool:
    return asked in ("", found)


def _within(query: Query, date: str) -> bool:
    """Compare dates as DA writes them (and as ACR-NEMA did: 1994.02.13)."""
    day = date.replace(".", "")
    return not day or (query.from_date <= day and (not query.to_date or day <= query.to_date))


def _has_text(text: str, found: FoundStudy) -> bool:
    """Compare a family name's beginning in any script, and the two numbers whole."""
    asked = text.casefold()
    families = (group.casefold() for group in found.patient.name.split("="))
    numbers = (found.patient.patient_id.casefold(), found.study.accession.casefold())
    return asked in numbers or any(family.startswith(asked) for family in families) or _is_lost(text, found)


def _is_lost(text: str, found: FoundStudy) -> bool:
    """Say whether an archive may have found a name that its character set then couldn't hold.

    Orthanc's default is Latin-1: of a name in Hangul it finds, "^" is left in the answer.
    """
    return not text.isascii() and not any(letter.isalnum() for letter in found.patient.name)
