"""Which relevant priors to fetch ahead, by rule, and why each other one is left where it is.

Units:   bytes; years.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workstation.worklist.priors import Prior

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Limits:
    """How many priors, how old and how large together, and of which modalities (empty: of all)."""

    most: int = 4
    years: float = 10.0
    size: int = 2 * 2**30
    modalities: frozenset[str] = frozenset()
    size_if_unknown: int = 300 * 2**20


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A relevant prior that isn't fetched, and why."""

    prior: Prior
    why: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to have here before the study is opened."""

    taken: tuple[Prior, ...]
    left: tuple[NotTaken, ...]


def chosen(relevant: Iterable[Prior], limits: Limits) -> Chosen:
    """Return the priors to have here, the most relevant first; one that is too large lets smaller ones in."""
    taken: list[Prior] = []
    left: list[NotTaken] = []
    room = limits.size
    for prior in relevant:
        size = _size(prior, limits)
        why = _too_much(prior, limits, taken=len(taken), size=size, room=room)
        if why:
            left.append(NotTaken(prior, why))
        else:
            taken.append(prior)
            room -= size
    return Chosen(tuple(taken), tuple(left))


def _too_much(prior: Prior, limits: Limits, *, taken: int, size: int, room: int) -> str:
    """Return what speaks against one more prior, "" if nothing does."""
    if prior.age is not None and prior.age > limits.years * _DAYS_A_YEAR:
        return f"older than {limits.years:g} years"
    if limits.modalities and limits.modalities.isdisjoint(prior.study.modalities):
        return "not of the modalities that are fetched"
    if taken >= limits.most:
        return f"{limits.most} more relevant ones are taken"
    if size > room:
        return "too large for the room that is left"
    return ""


def _size(prior: Prior, limits: Limits) -> int:
    """Return how many bytes would have to come; of what is here none."""
    if prior.study.is_here:
        return 0
    return limits.size_if_unknown if prior.study.size is None else prior.study.size
