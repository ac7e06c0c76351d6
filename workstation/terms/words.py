"""Text taken apart into words, and phrases found among them: the longest first, each word used once.

"CT C-SPINE W/O" becomes ``ct c spine w o``; the phrase "c spine" then takes its two words, so that nothing
else can read a letter of it. Case, accents and punctuation don't matter. Nothing is remembered here: a text
may be a name.

Source:  Unicode Standard Annex 15 (normalisation form KD), for the accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

T = TypeVar("T")

Words = tuple[str, ...]

_WORD: Final = re.compile(r"[^\W_]+")
# Letters that are no letter with an accent to Unicode, and are typed as if they were.
_LOOK_ALIKE: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_SIGNS: Final = str.maketrans({"+": " plus ", "&": " and "})


def fold(text: str) -> str:
    """Return a text as it is compared: without case and accents.

    >>> fold("Søren ÅSTRÖM-Groß")
    'soren astrom-gross'
    """
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).translate(_LOOK_ALIKE)


def words(text: str) -> Words:
    """Return the words of a text, folded.

    >>> words("MR KNEE_LT w/ & w/o")
    ('mr', 'knee', 'lt', 'w', 'and', 'w', 'o')
    """
    return tuple(_WORD.findall(fold(text).translate(_SIGNS)))


def phrases(table: str) -> Iterator[tuple[str, str]]:
    """Yield (phrase, meaning) of a table of rows like ``left = left, lt, l;``."""
    for row in table.split(";")[:-1]:
        meaning, listed = row.split("=")
        yield from ((" ".join(phrase.split()), meaning.strip()) for phrase in listed.split(","))


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A phrase that was found: ``words[start:stop]``."""

    start: int
    stop: int
    value: T


class Lexicon(Generic[T]):
    """Phrases and what they mean."""

    def __init__(self, phrases: Mapping[str, T]) -> None:
        """Take phrases; each is known in the plural with s as well, unless that is a phrase of its own."""
        known = {words(phrase): value for phrase, value in phrases.items()}
        plurals = {(*phrase[:-1], f"{phrase[-1]}s"): value for phrase, value in known.items()}
        self._phrases: Final[Mapping[Words, T]] = plurals | known
        self._longest: Final = max(map(len, known), default=0)

    def matches(self, said: Sequence[str]) -> Iterator[Match[T]]:
        """Yield the phrases among words from left to right, the longest at each place."""
        start = 0
        while start < len(said):
            match = self._at(said, start)
            if match is not None:
                yield match
            start = match.stop if match is not None else start + 1

    def values(self, text: str) -> list[T]:
        """Return what the phrases of a text mean, in their order."""
        return [match.value for match in self.matches(words(text))]

    def _at(self, said: Sequence[str], start: int) -> Match[T] | None:
        for stop in range(min(start + self._longest, len(said)), start, -1):
            value = self._phrases.get(tuple(said[start:stop]))
            if value is not None:
                return Match(start, stop, value)
        return None
