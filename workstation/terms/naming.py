"""Which regions of the body a description or a Body Part Examined names."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from workstation.terms.region_words import BODY_PARTS, REGION_WORDS
from workstation.terms.regions import Region
from workstation.terms.words import Lexicon

_LEXICON: Final = Lexicon(REGION_WORDS)


@lru_cache(maxsize=16_384)
def regions_of(text: str) -> frozenset[Region]:
    """Return the regions that a description names; empty: it names none that we know.

    >>> sorted(regions_of("CT ABD/PEL W CONTRAST"))
    [<Region.ABDOMEN: 'abdomen'>, <Region.PELVIS: 'pelvis'>]
    """
    return frozenset().union(*_LEXICON.values(text))


@lru_cache(maxsize=1_024)
def regions_of_body_part(body_part: str) -> frozenset[Region]:
    """Return the regions of a Body Part Examined (0018,0015), as the standard spells it or as makers do."""
    glued = "".join(sign for sign in body_part.upper() if sign.isalnum())
    return BODY_PARTS.get(glued) or regions_of(body_part)
