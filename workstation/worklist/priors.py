"""Relevant priors: which earlier studies of the same person to lay beside a study, and why.

A prior's score is a product: how much its regions say about those of the study, times a gate for the side,
times modality, contrast, kind of examination and age. Heart and chest, brain and sinuses are no match by
containment; films of another house that name no region are none at all (``affinity`` holds the table).

Units:   scores from 0, about 1 for the same examination; ages in days.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workstation.dicom.model import Patient
from workstation.terms import (
    PAIRED,
    Contrast,
    Examination,
    Kind,
    Region,
    are_opposite,
    covers,
    examination,
    images_among,
    words,
)
from workstation.worklist.affinity import Affinities
from workstation.worklist.items import Item
from workstation.worklist.persons import Links, Offer, are_one_person, offers
from workstation.worklist.wording import day_of, days, listed


@dataclass(frozen=True, slots=True)
class Comparable:
    """A study, as far as it matters for what it can be compared with."""

    study_uid: str
    patient: Patient
    date: str  # DA
    time: str  # TM
    description: str
    modalities: tuple[str, ...]
    examination: Examination
    archives: tuple[str, ...] = ()
    size: int | None = None  # bytes still to be fetched, None: not known
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Prior:
    """An earlier study, how relevant it is, and why."""

    study: Comparable
    score: float
    why: str  # "same region, 9 months"
    age: int | None  # days


@dataclass(frozen=True, slots=True)
class Priors:
    """All that is known of a person's other studies."""

    relevant: tuple[Prior, ...]  # the most relevant first
    others: tuple[Prior, ...]  # earlier studies of the person that aren't relevant
    offered: tuple[Offer, ...]  # persons under another number who may be the same


def comparable(item: Item, *, size: int | None = None) -> Comparable:
    """Return an item of the list as a study to compare."""
    study = item.study
    return Comparable(
        study.uid,
        item.patient,
        study.date,
        study.time,
        study.description,
        item.modalities,
        item.examination,
        item.archives,
        size,
        item.is_whole,
    )


def described(
    study_uid: str,
    patient: Patient,
    *,
    date: str,
    description: str,
    modalities: Sequence[str],
    body_parts: Sequence[str] = (),
) -> Comparable:
    """Return a study to compare from what a search tells."""
    seen = examination(description, body_parts=body_parts)
    return Comparable(study_uid, patient, date, "", description, tuple(modalities), seen)


def find_priors(
    current: Comparable, others: Iterable[Comparable], links: Links, affinities: Affinities
) -> Priors:
    """Return the relevant priors of a study among all the studies that anyone knows of."""
    listed = [other for other in others if other.study_uid != current.study_uid]
    theirs = {
        other.study_uid: other
        for other in sorted(listed, key=lambda other: (other.is_here, other.archives))
        if are_one_person(current.patient, other.patient, links) and not _is_later(other, current)
    }
    judged = sorted((judge(current, other, affinities) for other in theirs.values()), key=_rank)
    least = affinities.factors.least_score
    return Priors(
        tuple(prior for prior in judged if prior.score >= least),
        tuple(prior for prior in judged if prior.score < least),
        offers(current.patient, [other.patient for other in listed], links),
    )


def judge(current: Comparable, other: Comparable, affinities: Affinities) -> Prior:
    """Return how relevant an earlier study is, and why; whose it is isn't asked here."""
    age = _age(current, other)
    is_same = _is_same_procedure(current, other)
    region, why = _of_regions(current.examination, other.examination, affinities, is_same=is_same)
    score = (
        region
        * affinities.of_modalities(images_among(current.modalities), images_among(other.modalities))
        * _of_contrast(current.examination, other.examination, affinities)
        * _of_kinds(current.examination, other.examination, affinities)
        * _of_age(age, affinities)
        * (affinities.factors.same_procedure if is_same else 1.0)
    )
    when = "its date is unknown" if age is None else days(age)
    return Prior(other, score, f"{why}, {when}", age)


# --- the factors --------------------------------------------------------------------------------------


def _of_regions(
    current: Examination, other: Examination, affinities: Affinities, *, is_same: bool
) -> tuple[float, str]:
    """Return how much a prior's regions say about the study's, and how a reader would put it."""
    if not current.regions or not other.regions:
        if is_same:
            return 1.0, "same procedure"
        outside = Kind.OUTSIDE in other.kinds
        unknown = 0.0 if outside else affinities.factors.no_region_known
        return unknown, "films of another house" if outside else "its region is unknown"
    best, mine, theirs = max(
        (affinities.of_regions(one, two), one, two) for one in current.regions for two in other.regions
    )
    if are_opposite(current.side, other.side) and {mine, theirs} & PAIRED:
        return 0.0, "the other side"
    return best, "same procedure" if is_same else _in_words(best, mine, theirs, current, other)


def _in_words(best: float, mine: Region, theirs: Region, current: Examination, other: Examination) -> str:
    if mine is theirs or current.regions == other.regions:
        return "same region"
    if best == 0.0:
        return f"another region ({listed(sorted(other.regions))})"
    if covers({theirs}, {mine}):
        return f"{theirs}, {mine} included"
    if covers({mine}, {theirs}):
        return f"{theirs}, a part of {mine}"
    return f"{theirs}, beside {mine}"


def _of_contrast(current: Examination, other: Examination, affinities: Affinities) -> float:
    told = {current.contrast, other.contrast} - {Contrast.UNKNOWN, Contrast.BOTH}
    return affinities.factors.other_contrast if len(told) > 1 else 1.0


def _of_kinds(current: Examination, other: Examination, affinities: Affinities) -> float:
    factors = affinities.factors
    differ, both = current.kinds ^ other.kinds, current.kinds & other.kinds
    if Kind.BONE_DENSITY in differ:
        return 0.0
    return (
        (factors.intervention if Kind.INTERVENTION in differ else 1.0)
        * (factors.outside if Kind.OUTSIDE in other.kinds else 1.0)
        * (factors.same_screening if Kind.SCREENING in both else 1.0)
    )


def _of_age(age: int | None, affinities: Affinities) -> float:
    factors = affinities.factors
    if age is None:
        return factors.least_age
    return max(factors.least_age, math.pow(0.5, age / 365.25 / factors.half_life_years))


def _is_same_procedure(current: Comparable, other: Comparable) -> bool:
    said = words(current.description)
    return bool(said) and said == words(other.description)


# --- before and after ---------------------------------------------------------------------------------


def _age(current: Comparable, other: Comparable) -> int | None:
    now, then = day_of(current.date), day_of(other.date)
    return None if now is None or then is None else (now - then).days


def _is_later(other: Comparable, current: Comparable) -> bool:
    """Say whether a study came after the current one; of one day, the times decide if both are known."""
    age = _age(current, other)
    if age is None or age > 0:
        return False
    return age < 0 or (bool(other.time and current.time) and other.time > current.time)


def _rank(prior: Prior) -> tuple[float, int, str]:
    return (-prior.score, prior.age if prior.age is not None else 1_000_000, prior.study.study_uid)
