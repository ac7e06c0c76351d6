"""What was found and mended when the store was opened or checked, in sentences for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], bool]
"""(images done, images in all) → whether to go on."""


def go_on(_done: int, _total: int) -> bool:
    """Say yes, whatever was done."""
    return True


@dataclass(slots=True)
class Report:
    """Sentences in the order in which things were found; empty means that all was well."""

    notes: list[str] = field(default_factory=list)
    is_harmless: bool = True  # nothing was damaged, whatever there is to tell

    def say(self, sentence: str, *, harmless: bool = False) -> None:
        """Add a sentence."""
        self.notes.append(sentence)
        self.is_harmless = self.is_harmless and harmless
