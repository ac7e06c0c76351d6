"""Tables that a hospital may edit, read from TOML so strictly that no slip of the pen is passed over.

Each row is asked for what it should hold; a value that can't be understood and an entry that nobody asked for
are errors that name the row.

Errors:  BadTable, always for the table as a whole: half a table is none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from workstation.terms.errors import BadTable

T = TypeVar("T")


class Row:
    """A table or one row of it, and where it stands."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._left: Final = dict(values)
        self.where: Final = where

    def one(self, key: str, make: Callable[[Any], T], default: T | None = None) -> T:
        """Return an entry as ``make`` understands it; without a default it has to be there."""
        if key not in self._left:
            if default is None:
                raise bad(f"An entry {key} is missing", self.where)
            return default
        with _understood(key, self.where):
            return make(self._left.pop(key))

    def many(self, key: str, make: Callable[[Any], T]) -> tuple[T, ...]:
        """Return a list of entries; none if it isn't there."""
        with _understood(key, self.where):
            return tuple(make(value) for value in _listed(self._left.pop(key, [])))

    def rows(self, key: str) -> tuple[Row, ...]:
        """Return the rows under a name, in their order."""
        with _understood(key, self.where):
            listed = [dict(row) for row in _listed(self._left.pop(key, []))]
        return tuple(Row(row, f"{self.where}, {key} {place}") for place, row in enumerate(listed, start=1))

    def under(self, key: str) -> Row:
        """Return the table under a name; an empty one if it isn't there."""
        with _understood(key, self.where):
            return Row(dict(self._left.pop(key, {})), f"{self.where}, {key}")

    def rest(self, make: Callable[[Any], T]) -> dict[str, T]:
        """Return all entries that haven't been asked for, each as ``make`` understands it."""
        return {key: self.one(key, make) for key in tuple(self._left)}

    def finish(self) -> None:
        """Complain of an entry that nobody asked for."""
        for key in self._left:
            raise bad(f"There is no entry called {key}", self.where)


def parsed(text: str, where: str) -> Row:
    """Return a table; ``where`` names it in an error."""
    try:
        return Row(tomllib.loads(text), where)
    except tomllib.TOMLDecodeError as error:
        raise bad(f"The table is not TOML: {error}", where) from error


def text(value: object) -> str:
    """Return a text that must be one."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def positive(value: object) -> float:
    """Return a number that must be above 0."""
    number = not_negative(value)
    if number == 0:
        raise ValueError("0 is not above 0")
    return number


def not_negative(value: object) -> float:
    """Return a number that must be 0 or above."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ValueError(f"{value!r} is not a number from 0 up")
    return float(value)


def count(value: object) -> int:
    """Return a whole number from 0 up."""
    if not not_negative(value).is_integer():
        raise ValueError(f"{value!r} is not a whole number")
    return int(not_negative(value))


def flag(value: object) -> bool:
    """Return a yes or no that must be one."""
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def bad(what: str, where: str) -> BadTable:
    """Return the error for a table."""
    return BadTable(
        what, where=where, remedy="Correct the table, or put back the one that came with the program."
    )


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


@contextmanager
def _understood(key: str, where: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError) as error:
        raise bad(f"The entry {key} can't be understood: {error}", where) from error
