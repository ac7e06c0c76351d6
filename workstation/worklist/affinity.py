"""How much one examination says about another, as a table that a site may edit.

Errors:  BadTable for a table that can't be used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from workstation.terms import Region, family, steps_within
from workstation.terms.tables import Row, not_negative, parsed, positive, text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Factors:
    """The single numbers of the table: each is a factor of a prior's score."""

    least_score: float
    half_life_years: float
    least_age: float
    other_contrast: float
    same_procedure: float
    same_screening: float
    no_region_known: float
    intervention: float
    outside: float


@dataclass(frozen=True, slots=True)
class Affinities:
    """What two examinations have to do with each other."""

    factors: Factors
    within: tuple[float, ...]  # by how many levels one region lies in the other
    regions: Mapping[frozenset[Region], float]
    families: Mapping[frozenset[str], float]
    other_families: float

    def of_regions(self, one: Region, other: Region) -> float:
        """Return how much one region says about another; the order doesn't matter."""
        said = self.regions.get(frozenset({one, other}))
        if said is not None:
            return said
        steps = [steps_within(one, other), steps_within(other, one)]
        depth = next((step for step in steps if step is not None), None)
        return self.within[depth] if depth is not None and depth < len(self.within) else 0.0

    def of_modalities(self, one: Iterable[str], other: Iterable[str]) -> float:
        """Return how much pictures of some modalities say about those of others: the best pair counts."""
        pairs = [(family(first), family(second)) for first in one for second in other]
        return max((self._of_families(*pair) for pair in pairs), default=self.other_families)

    def _of_families(self, one: str, other: str) -> float:
        return 1.0 if one == other else self.families.get(frozenset({one, other}), self.other_families)


def parsed_affinities(toml: str, *, where: str) -> Affinities:
    """Return the table; ``where`` names it in an error."""
    table = parsed(toml, where)
    within = table.many("within", not_negative)
    regions = _pairs(table.rows("regions"), lambda name: Region(text(name)))
    modalities = table.under("modalities")
    families = _pairs(modalities.rows("pair"), text)
    others = modalities.one("others", not_negative)
    modalities.finish()
    factors = Factors(
        **{name: table.one(name, positive) for name in ("least_score", "half_life_years", "least_age")},
        **{name: table.one(name, not_negative) for name in _FACTORS},
    )
    table.finish()
    return Affinities(factors, within, regions, families, others)


_FACTORS = (
    "other_contrast", "same_procedure", "same_screening", "no_region_known", "intervention", "outside",
)  # fmt: skip


def _pairs(rows: Iterable[Row], make: Callable[[object], T]) -> dict[frozenset[T], float]:
    pairs: dict[frozenset[T], float] = {}
    for row in rows:
        one, strength = row.one("of", make), row.one("is", not_negative)
        pairs |= {frozenset({one, other}): strength for other in row.many("against", make)}
        row.finish()
    return pairs
