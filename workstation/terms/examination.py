"""What an examination is of, from everything that is said about it.

The series' Body Part Examined and laterality are heard beside the words of the description. A description
that is finer or wider than the body part wins, since modalities write a coarse or a partial one; two that
contradict each other both count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workstation.terms.contrast import Contrast, contrast_of
from workstation.terms.kinds import Kind, kinds_of
from workstation.terms.naming import regions_of, regions_of_body_part
from workstation.terms.regions import Region, steps_within
from workstation.terms.sides import Side, side_of, side_of_code, together


@dataclass(frozen=True, slots=True)
class Examination:
    """What was examined; empty sets and UNKNOWN where nothing says it."""

    regions: frozenset[Region]
    side: Side
    contrast: Contrast
    kinds: frozenset[Kind]


def examination(
    description: str, *, body_parts: Iterable[str] = (), lateralities: Iterable[str] = ()
) -> Examination:
    """Return what an examination is of."""
    said = side_of(description)
    if said is Side.UNKNOWN:
        said = together([side_of_code(laterality) for laterality in lateralities])
    return Examination(
        _regions(description, body_parts), said, contrast_of(description), kinds_of(description)
    )


def _regions(description: str, body_parts: Iterable[str]) -> frozenset[Region]:
    described = regions_of(description)
    examined = frozenset[Region]().union(*map(regions_of_body_part, body_parts))
    return described | {one for one in examined if not any(_same_line(one, other) for other in described)}


def _same_line(one: Region, other: Region) -> bool:
    return steps_within(one, other) is not None or steps_within(other, one) is not None
