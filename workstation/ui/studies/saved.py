"""Filters that a person has given a name, and how they are kept: as JSON, one object a filter.

What is searched for may be a patient's name, so whoever keeps the text keeps it as safe as the studies.

Errors:  none; a text that can't be read is no filters. They are a convenience, and another version may have
         written it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workstation.ui.studies.query import Query

LONGEST: Final = 40  # characters of a name

_FLAGS: Final = ("mine", "stat", "unread", "priors")


@dataclass(frozen=True, slots=True)
class Saved:
    """A query under a name."""

    name: str
    query: Query


Filters = tuple[Saved, ...]


def with_filter(filters: Filters, name: str, query: Query) -> Filters:
    """Return them with one more, or with another query under a name that is there."""
    made = Saved(name, query)
    if any(one.name == name for one in filters):
        return tuple(made if one.name == name else one for one in filters)
    return (*filters, made)


def without(filters: Filters, name: str) -> Filters:
    """Return them without one."""
    return tuple(one for one in filters if one.name != name)


def renamed(filters: Filters, before: str, name: str) -> Filters:
    """Return them with another name for one; what was called so before goes."""
    others = filters if before == name else without(filters, name)
    return tuple(Saved(name, one.query) if one.name == before else one for one in others)


def named_as(filters: Filters, query: Query) -> str:
    """Return the name of the filter that asks for just this, "" if none does."""
    return next((one.name for one in filters if one.query == query), "")


def as_text(filters: Sequence[Saved]) -> str:
    """Return filters as they are kept."""
    return json.dumps([_as_data(one) for one in filters], ensure_ascii=False)


def from_text(text: str) -> Filters:
    """Return the filters of a text."""
    try:
        data = json.loads(text or "[]")
    except ValueError:
        return ()
    made = (_from_data(one) for one in data) if isinstance(data, list) else ()
    return tuple(one for one in made if one is not None)


def _as_data(saved: Saved) -> dict[str, object]:
    """Return what a filter asks for; what it doesn't ask for isn't written."""
    query = saved.query
    data: dict[str, object] = {
        "text": query.text,
        "modalities": sorted(query.modalities),
        "days": query.days,
        **{flag: getattr(query, flag) for flag in _FLAGS},
    }
    return {"name": saved.name, **{key: value for key, value in data.items() if value}}


def _from_data(data: object) -> Saved | None:
    if not isinstance(data, dict):
        return None
    name, text, days = data.get("name"), data.get("text", ""), data.get("days")
    modalities = data.get("modalities", [])
    is_good = (
        isinstance(name, str)
        and isinstance(text, str)
        and isinstance(modalities, list)
        and (days is None or (isinstance(days, int) and days > 0 and days is not True))
    )
    if not is_good:
        return None
    flags = {flag: data.get(flag) is True for flag in _FLAGS}
    return Saved(str(name)[:LONGEST], Query(str(text), frozenset(map(str, modalities)), days, **flags))
