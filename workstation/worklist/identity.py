"""Who two patients are to each other: the same, perhaps the same, or told differently.

A name is never proof: people marry, and clerks misspell. Two names agree if the words of one are among the
words of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Final

from workstation.dicom.model import Patient
from workstation.terms import words
from workstation.worklist.items import Conflict, Disagreement

Told = tuple[str, Patient]  # which source, and what it tells


def is_same(one: Patient, other: Patient) -> bool:
    """Say whether number, issuer, birth date and sex agree; what one doesn't tell can't disagree.

    The number has to be there.
    """
    return (
        bool(one.patient_id)
        and one.patient_id == other.patient_id
        and _agree(one.issuer, other.issuer)
        and not contradicts(one, other)
    )


def contradicts(one: Patient, other: Patient) -> bool:
    """Say whether two can't be one person: another birth date, or another sex."""
    return not (_agree(one.birth_date, other.birth_date) and _agree(one.sex, other.sex))


def names_agree(one: Patient, other: Patient) -> bool:
    """Say whether two names may be of one person; an empty one is of anyone."""
    first, second = (set(words(patient.name)) for patient in (one, other))
    return first <= second or second <= first


def numbers_differ(one: Patient, other: Patient) -> bool:
    """Say whether two numbers that could be compared are different.

    Numbers of two known issuers can't be compared.
    """
    return (
        bool(one.patient_id and other.patient_id)
        and one.patient_id != other.patient_id
        and _agree(one.issuer, other.issuer)
    )


_QUESTIONS: Final[
    Sequence[tuple[Disagreement, Callable[[Patient], str], Callable[[Patient, Patient], bool]]]
] = (
    (Disagreement.NUMBER, lambda patient: f"{patient.patient_id} {patient.issuer}".strip(), numbers_differ),
    (Disagreement.NAME, lambda patient: patient.name, lambda one, other: not names_agree(one, other)),
    (
        Disagreement.BIRTH_DATE,
        lambda patient: patient.birth_date,
        lambda one, other: not _agree(one.birth_date, other.birth_date),
    ),
    (Disagreement.SEX, lambda patient: patient.sex, lambda one, other: not _agree(one.sex, other.sex)),
)


def identity_conflicts(told: Iterable[Told]) -> tuple[Conflict, ...]:
    """Return what sources tell differently of one patient."""
    listed = tuple(told)
    pairs = list(combinations({patient for _, patient in listed}, 2))
    return tuple(
        Conflict(what, tuple(dict.fromkeys((source, value(patient)) for source, patient in listed)))
        for what, value, differ in _QUESTIONS
        if any(differ(one, other) for one, other in pairs)
    )


def _agree(one: str, other: str) -> bool:
    return one == other or not one or not other
