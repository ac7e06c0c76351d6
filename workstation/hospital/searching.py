"""A search's parameters: keys, what to return, how many from where.

Errors:  Refused (400) for what can't be asked.
Source:  PS3.18 8.3.4 (query parameters), 8.3.4.4 (paging), Table 8.3.4-1; 204 and Warning 299: 10.6.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workstation.hospital.exchange import Answer, Refused, Request, json_answer
from workstation.hospital.levels import tag_of
from workstation.hospital.matching import Key
from workstation.hospital.media_types import demand_json

_LITERAL: Final = "The fuzzymatching parameter is not supported. Only literal matching has been performed."


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for."""

    keys: tuple[Key, ...]
    include: frozenset[str]  # tags
    everything: bool  # includefield=all
    limit: int | None
    offset: int
    fuzzy: bool

    def of_tags(self, among: frozenset[str]) -> tuple[Key, ...]:
        """Return the keys that belong to these tags."""
        return tuple(key for key in self.keys if key.path[0] in among)


def parsed(request: Request) -> Search:
    """Return what a request searches for."""
    demand_json(request.headers.get("accept", ""))
    keys: list[Key] = []
    include: set[str] = set()
    told: dict[str, str] = {}
    for name, value in request.parameters:
        if name == "includefield":
            include.update(value.split(","))
        elif name in {"limit", "offset", "fuzzymatching"}:
            told[name] = value
        elif name != "accept":
            keys.append(_key(name, value))
    limit, offset = (_count(told[name]) if name in told else None for name in ("limit", "offset"))
    known = (tag_of(name.split(".")[0]) for name in include)  # what nobody knows is ignored
    return Search(
        tuple(keys),
        frozenset(tag for tag in known if tag is not None),
        "all" in include,
        limit,
        offset or 0,
        told.get("fuzzymatching") == "true",
    )


def answered(search: Search, found: Sequence[Mapping[str, Any]]) -> Answer:
    """Return the page that was asked for, 204 if it is empty, a warning if there is more."""
    warnings = []
    end = len(found) if search.limit is None else search.offset + search.limit
    if len(found) > end:
        warnings.append(f"There are {len(found) - end} additional results that can be requested")
    if search.fuzzy:
        warnings.append(_LITERAL)
    headers = {"Warning": ", ".join(f"299 hospital: {warning}" for warning in warnings)} if warnings else {}
    page = found[search.offset : end]
    return json_answer(page, headers=headers) if page else Answer(204, headers=headers)


def fitting(rows: Iterable[dict[str, Any]], keys: Sequence[Key]) -> list[dict[str, Any]]:
    """Return the records that match all keys."""
    return [row for row in rows if all(key.matches(row) for key in keys)]


def trimmed(row: Mapping[str, Any], search: Search, returned: frozenset[str]) -> dict[str, Any]:
    """Return of a record what is always returned, what was matched, and what was asked for besides."""
    if search.everything:
        return dict(sorted(row.items()))
    kept = returned | search.include | {key.path[0] for key in search.keys}
    return {tag: row[tag] for tag in sorted(kept) if tag in row}


def _key(name: str, value: str) -> Key:
    path = [tag_of(part) for part in name.split(".")]
    if None in path:
        raise Refused(400, "There is no such query parameter")
    key = Key(tuple(tag for tag in path if tag is not None), value)
    try:
        key.check()
    except ValueError as error:
        raise Refused(400, f"A query parameter's value can't be understood: {error}") from error
    return key


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise Refused(400, "limit and offset are whole numbers from 0 up")
    return int(text)
