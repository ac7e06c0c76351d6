"""Text as one searches it: without accents, upper case, or DICOM's signs between the parts of a name."""

from __future__ import annotations

import unicodedata
from typing import Final

_BETWEEN_PARTS: Final = str.maketrans("^=", "  ")  # PS3.5 6.2.1.1: components and groups of a person name
_NO_DECOMPOSITION: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def folded(*texts: str) -> str:
    """Return the texts, one a line, so that a substring in any spelling is found.

    >>> folded("MÜLLER^ŁUCJA")
    'muller lucja'
    """
    return "\n".join(" ".join(_fold(text).split()) for text in texts)


def words(query: str) -> list[str]:
    """Return what was typed as the words that must all occur."""
    return _fold(query).split()


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_BETWEEN_PARTS).casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.translate(_NO_DECOMPOSITION)
