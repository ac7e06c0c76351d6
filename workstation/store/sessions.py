"""The last state of a screen: after a crash the same study, slice and window are up again.

It changes with every turn of the wheel and nobody made it on purpose, so it lives in the index (class B):
it survives a crash of the program at once, and a power cut up to the last checkpoint.
"""

from __future__ import annotations

from workstation.store.index import Index


class Sessions:
    """Named texts, each in place of its earlier state."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def put(self, name: str, body: str) -> None:
        """Remember a state."""
        with self._index.writing() as database:
            database.rows("INSERT OR REPLACE INTO sessions VALUES (?, ?)", name, body)

    def get(self, name: str) -> str | None:
        """Return the last state of this name."""
        found = self._index.row("SELECT body FROM sessions WHERE name = ?", name)
        return str(found[0]) if found else None

    def names(self, beginning: str) -> frozenset[str]:
        """Return what follows this beginning in the names of all states that have it."""
        found = self._index.rows(
            "SELECT substr(name, ?) FROM sessions WHERE substr(name, 1, ?) = ?",
            len(beginning) + 1,
            len(beginning),
            beginning,
        )
        return frozenset(str(rest) for (rest,) in found)

    def remove(self, name: str) -> None:
        """Forget a state."""
        with self._index.writing() as database:
            database.rows("DELETE FROM sessions WHERE name = ?", name)
