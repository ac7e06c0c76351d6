"""What was found and mended when the store was opened or checked, in sentences for a person."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """Sentences in the order in which things were found; empty means that all was well."""

    notes: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        """Add a sentence."""
        self.notes.append(sentence)
