"""Named tables of two TOML files, the site's and a person's: what the site has set up holds.

A file that can't be read and a table that is wrong are told and left out; the rest is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from workstation.config.loading import BadSetting, parse_toml

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind:
    """What the tables describe, in words for a person."""

    one: str  # "an archive"
    all: str  # "The archives"


def layered(
    policy: Path, person: Path, kind: Kind, parse: Callable[[str, Mapping[str, Any], bool], T]
) -> tuple[tuple[T, ...], tuple[BadSetting, ...]]:
    """Return what both files describe, the site's first, and what was wrong in them.

    ``parse`` gets a name, its table and whether it is the site's, and raises BadSetting.
    """
    problems: list[BadSetting] = []
    found: dict[str, T] = {}
    for path, is_site in ((policy, True), (person, False)):
        for name, table in _tables(path, kind, problems).items():
            try:
                one = parse(name, table, is_site)
            except BadSetting as error:
                problems.append(BadSetting(error.what, where=str(path), remedy=error.remedy))
                continue
            if name in found:
                problems.append(BadSetting(f"The site has set up {name!r} itself", where=str(path)))
            found.setdefault(name, one)
    return tuple(found.values()), tuple(problems)


def _tables(path: Path, kind: Kind, problems: list[BadSetting]) -> dict[str, dict[str, Any]]:
    document = parse_toml(path, kind.all, "None of this file is used.", problems)
    problems += [
        BadSetting(f"{name} stands outside {kind.one}'s table", where=str(path))
        for name, table in document.items()
        if not isinstance(table, dict)
    ]
    return {name: table for name, table in document.items() if isinstance(table, dict)}
