"""Whether contrast medium was given, as descriptions say it.

"W" and "with" mean contrast only where contrast is named next, or nothing is: "XR hand w 3 views" says
nothing about it. "W/O" and "without" are read the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Final

from workstation.terms.words import Lexicon, phrases, words


class Contrast(Enum):
    """What a text says about contrast medium."""

    WITH = "with contrast"
    WITHOUT = "without contrast"
    BOTH = "without and with contrast"
    UNKNOWN = ""


class _Sign(Enum):
    WITH = 1  # by itself
    WITHOUT = 2
    AND_WITH = 3  # if contrast follows
    AND_WITHOUT = 4
    MEDIUM = 5  # the contrast that they wait for
    FILLER = 6


_PHRASES: Final = """
WITH = c plus, plus c, enhanced, contrast enhanced, post contrast, cect, cta, ct angio, ct angiogram, ct
  angiography, ctpa, ctv, post gad, mit kontrast, mit km, km gabe;
WITHOUT = non contrast, noncontrast, noncon, non con, nc, ncct, unenhanced, non enhanced, pre contrast, no
  contrast, no iv contrast, nativ, native, ohne km, ohne kontrast, ohne kontrastmittel;
AND_WITH = w, with, mit;
AND_WITHOUT = wo, w o, without, w out, wout, ohne;
MEDIUM = contrast, contr, con, cont, dye, gad, gadolinium, gadavist, iv, km, kontrast, kontrastmittel,
  oral;
FILLER = and, or, und, intravenous, low osmolar;
"""
_LEXICON: Final = Lexicon({phrase: _Sign[meaning] for phrase, meaning in phrases(_PHRASES)})
_ANSWERS: Final[Mapping[frozenset[_Sign], Contrast]] = {
    frozenset(): Contrast.UNKNOWN,
    frozenset({_Sign.WITH}): Contrast.WITH,
    frozenset({_Sign.WITHOUT}): Contrast.WITHOUT,
    frozenset({_Sign.WITH, _Sign.WITHOUT}): Contrast.BOTH,
}
_WAITING: Final[Mapping[_Sign | None, _Sign]] = {
    _Sign.AND_WITH: _Sign.WITH,
    _Sign.AND_WITHOUT: _Sign.WITHOUT,
}


@lru_cache(maxsize=16_384)
def contrast_of(text: str) -> Contrast:
    """Return what a description says about contrast.

    >>> contrast_of("MRI BRAIN W/O & W CONTRAST")
    <Contrast.BOTH: 'without and with contrast'>
    """
    said = [sign for sign in _signs(words(text)) if sign is not _Sign.FILLER]
    found = {_Sign.WITH, _Sign.WITHOUT} & set(said)
    for place, sign in enumerate(said):
        promised = _WAITING.get(sign)
        if promised is not None and _comes_to_contrast(said[place + 1 :]):
            found.add(promised)
    if not found and _Sign.MEDIUM in said and "contrast" in words(text):
        found.add(_Sign.WITH)
    return _ANSWERS[frozenset(found)]


def _signs(said: Sequence[str]) -> list[_Sign | None]:
    """Return the signs among words; None for a stretch that says nothing about contrast."""
    signs: list[_Sign | None] = []
    end = 0
    for match in _LEXICON.matches(said):
        signs += [None] if match.start > end else []
        signs.append(match.value)
        end = match.stop
    return signs + ([None] if end < len(said) else [])


def _comes_to_contrast(rest: Sequence[_Sign | None]) -> bool:
    """Say whether the next thing that isn't another "with" or "without" is contrast, or the end."""
    following = next((sign for sign in rest if sign not in _WAITING), _Sign.MEDIUM)
    return following is not None
