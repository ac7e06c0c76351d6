"""Whose studies may be laid beside a study: the same person's, and nobody's who only seems to be.

The same number under the same issuer is the same person, unless birth date or sex contradict it. A number
whose issuer nobody tells may be of any house, so there name and birth date have to agree as well. Numbers of
different issuers are one person's only if somebody has confirmed that once. A likely one that nobody has
confirmed is offered with what speaks for it, and isn't used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from workstation.dicom.model import Patient
from workstation.terms import words
from workstation.worklist.identity import contradicts, names_agree

Number = tuple[str, str]  # a patient ID and who issued it


def number_of(patient: Patient) -> Number:
    """Return a patient's number and its issuer."""
    return (patient.patient_id, patient.issuer)


@dataclass(frozen=True, slots=True)
class Links:
    """What persons have decided about pairs of numbers."""

    confirmed: frozenset[frozenset[Number]] = field(default_factory=frozenset)
    refused: frozenset[frozenset[Number]] = field(default_factory=frozenset)

    def numbers_of(self, number: Number) -> frozenset[Number]:
        """Return all numbers that are confirmed to be one person's, by whatever chain of links."""
        reached, grown = frozenset[Number](), frozenset({number})
        while grown != reached:
            reached = grown
            grown = reached.union(*(link for link in self.confirmed if link & reached))
        return reached


@dataclass(frozen=True, slots=True)
class Offer:
    """A person under another number who may be the same: a link to confirm or refuse, with the evidence."""

    ours: Number
    theirs: Number
    evidence: tuple[str, ...]  # "same name", "same birth date"


def are_one_person(one: Patient, other: Patient, links: Links) -> bool:
    """Say whether two are known to be the same person."""
    mine, theirs = number_of(one), number_of(other)
    if not one.patient_id or not other.patient_id or contradicts(one, other):
        return False
    if not (one.issuer and other.issuer) and not _is_vouched_for(one, other):
        return False
    return mine == theirs or theirs in links.numbers_of(mine)


def offers(patient: Patient, others: Iterable[Patient], links: Links) -> tuple[Offer, ...]:
    """Return the links that a person might confirm, each once."""
    ours = number_of(patient)
    found = {
        number_of(other): _evidence(patient, other)
        for other in others
        if _is_likely(patient, other) and not are_one_person(patient, other, links)
    }
    return tuple(
        Offer(ours, theirs, evidence)
        for theirs, evidence in sorted(found.items())
        if frozenset({ours, theirs}) not in links.refused
    )


def _is_likely(one: Patient, other: Patient) -> bool:
    """Say whether two numbers may be one person's."""
    return (
        bool(one.patient_id and other.patient_id)
        and number_of(one) != number_of(other)
        and (one.issuer != other.issuer or not one.issuer)
        and not contradicts(one, other)
        and _is_vouched_for(one, other)
    )


def _is_vouched_for(one: Patient, other: Patient) -> bool:
    """Say whether birth date and name are known of both and agree."""
    return (
        bool(one.birth_date)
        and one.birth_date == other.birth_date
        and bool(words(one.name) and words(other.name))
        and names_agree(one, other)
    )


def _evidence(one: Patient, other: Patient) -> tuple[str, ...]:
    same_words = set(words(one.name)) == set(words(other.name))
    return tuple(
        said
        for said, holds in (
            ("same name" if same_words else "similar name", True),
            ("same birth date", True),
            ("same sex", bool(one.sex) and one.sex == other.sex),
            ("same number", one.patient_id == other.patient_id),
        )
        if holds
    )
