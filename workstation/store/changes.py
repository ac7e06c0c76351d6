"""What a transaction of work changes, row by row: the form in which the journal keeps it.

A change names its table and columns, so that applying it a second time changes nothing, and a work
record that was lost can be built again from the journal alone.

Errors:  ValueError for bytes that ``pack`` did not write, or a name that is no plain SQL name.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from workstation.store.database import Database, Value, plain

_FAST: Final = 1  # zlib's level: texts shrink to a third, at a few microseconds each


@dataclass(frozen=True, slots=True)
class Put:
    """A row as it shall stand, in place of one with the same key."""

    table: str
    row: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Cut:
    """The rows with these values are gone."""

    table: str
    key: Mapping[str, Value]


Change: TypeAlias = Put | Cut


def apply(database: Database, changes: Iterable[Change]) -> None:
    """Make the changes, inside the caller's transaction."""
    for change in changes:
        if isinstance(change, Put):
            database.insert(change.table, change.row, replace=True)
        else:
            where = " AND ".join(f"{plain(name)} IS ?" for name in change.key)
            database.rows(f"DELETE FROM {plain(change.table)} WHERE {where}", *change.key.values())  # noqa: S608 - plain


def pack(changes: Sequence[Change]) -> bytes:
    """Return the changes as bytes."""
    listed = [
        ["put", change.table, _writable(change.row)]
        if isinstance(change, Put)
        else ["cut", change.table, _writable(change.key)]
        for change in changes
    ]
    return zlib.compress(json.dumps(listed, separators=(",", ":")).encode(), _FAST)


def unpack(data: bytes) -> list[Change]:
    """Return the changes that ``pack`` wrote."""
    kinds: dict[str, type[Put | Cut]] = {"put": Put, "cut": Cut}
    return [kinds[kind](table, _readable(row)) for kind, table, row in json.loads(zlib.decompress(data))]


def _writable(row: Mapping[str, Value]) -> dict[str, Any]:
    return {
        name: {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in row.items()
    }


def _readable(row: Mapping[str, Any]) -> dict[str, Value]:
    return {
        name: base64.b64decode(value["bytes"]) if isinstance(value, dict) else value
        for name, value in row.items()
    }
