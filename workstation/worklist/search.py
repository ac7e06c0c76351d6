"""The search box: lines that hold every word that was typed, in any order, in any of their texts.

What a line can be found by is folded once, when it comes or changes; a keystroke then only looks for the
words in those texts. "mull 4711" finds Müller with the number 4711-08.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from workstation.terms import fold
from workstation.worklist.items import Item

_PARTS: Final = str.maketrans("^=", "  ")  # of a name


class Haystacks:
    """What each line can be found by."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Item, str]] = {}

    def prepare(self, items: Iterable[Item]) -> None:
        """Take the lines there are now; only what changed since the last time is folded again."""
        known = self._known
        self._known = {item.key: _kept(known.get(item.key), item) for item in items}

    def matching(self, typed: str) -> frozenset[str]:
        """Return the keys of the lines that hold every word; all of them if nothing is typed."""
        wanted = sorted(fold(typed).translate(_PARTS).split(), key=len, reverse=True)
        return frozenset(
            key for key, (_, text) in self._known.items() if all(word in text for word in wanted)
        )


def _kept(known: tuple[Item, str] | None, item: Item) -> tuple[Item, str]:
    if known is not None and (known[0] is item or known[0] == item):
        return item, known[1]
    return item, haystack(item)


def haystack(item: Item) -> str:
    """Return all that an item can be found by, folded; words of two texts never run into each other."""
    patient, study = item.patient, item.study
    _, *other_scripts = patient.name.split("=")
    numbers = (patient.patient_id, *(number for number, _ in item.also_known_as))
    texts = (
        patient.name.translate(_PARTS),
        *(name.replace("^", "") for name in other_scripts),  # written without a blank, and typed so
        *numbers,
        study.accession,
        study.description,
        item.site,
        item.reason,
    )
    return fold("\n".join(texts))
