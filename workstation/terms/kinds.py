"""What kind of examination a description names: screening, follow-up, angiography and so on.

A description may name several kinds, or none: an empty set means that it doesn't say.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final

from workstation.terms.words import Lexicon, phrases


class Kind(StrEnum):
    """A kind of examination that makes a difference to what it is compared with."""

    SCREENING = "screening"
    FOLLOW_UP = "follow-up"
    ANGIOGRAPHY = "angiography"
    VENOGRAPHY = "venography"
    PERFUSION = "perfusion"
    ARTHROGRAPHY = "arthrography"
    INTERVENTION = "intervention"
    BONE_DENSITY = "bone density"
    OUTSIDE = "outside films"


_PHRASES: Final = """
screening = screening, screen, scr, ldct, lung cancer screening, vorsorge, fruherkennung;
follow-up = follow up, followup, f u, fu, surveillance, restaging, re staging, interval, verlauf,
  verlaufskontrolle, kontrolle, nachsorge;
angiography = angiography, angiogram, angio, cta, ctpa, mra, runoff, run off, dsa, arteriogram,
  arteriography, angiographie;
venography = venography, venogram, ctv, mrv, phlebography, phlebographie;
perfusion = perfusion, ctp, myocardial perfusion, stress test, stress rest;
arthrography = arthrography, arthrogram, arthro, arthrographie;
intervention = biopsy, bx, drainage, ablation, embolization, embolisation, injection, aspiration, stent,
  placement, guided, guidance, intraoperative, intraop, or c arm, punktion, biopsie, drain, paracentesis,
  thoracentesis, lumbar puncture, nephrostomy, vertebroplasty, angioplasty, picc, wire localization,
  localization;
bone density = dexa, dxa, bone density, bone densitometry, bone mineral density, osteodensitometrie;
outside films = outside film, outside study, outside studies, outside image, outside exam, outside
  consult, outside read, outside ct, outside mr, outside mri, outside us, outside xr, outside, foreign
  film, imported study, fremdaufnahme, fremdaufnahmen;
"""
_LEXICON: Final = Lexicon({phrase: Kind(meaning) for phrase, meaning in phrases(_PHRASES)})


@lru_cache(maxsize=16_384)
def kinds_of(text: str) -> frozenset[Kind]:
    """Return the kinds that a description names.

    >>> sorted(kinds_of("LDCT chest, follow-up of nodule"))
    [<Kind.FOLLOW_UP: 'follow-up'>, <Kind.SCREENING: 'screening'>]
    """
    return frozenset(_LEXICON.values(text))
