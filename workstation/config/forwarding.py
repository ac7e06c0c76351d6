"""What is passed on of what modalities and routers push here: one table for each rule in ``forward.toml``.

The site's file comes first and cannot be changed by a person, who may add others in a file of their own. What
fits several rules goes to all their archives. What a rule doesn't say, it doesn't ask.

::

    [stroke]
    to = ["harbor"]                   # archives by their identifiers
    modalities = ["CT"]
    body_parts = ["HEAD", "NECK"]     # Body Part Examined, as the objects say it
    callers = ["CT1"]                 # AE titles
    words = ["stroke", "angio"]       # one of them in the description of study or series
    between = "22:00-06:00"           # local time; without it, at once

Errors:  ``BadSetting`` objects are collected, not raised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from pathlib import Path
from typing import Final

from workstation.config.layers import Kind, layered
from workstation.config.loading import BadSetting

_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class ForwardRule:
    """One rule; every field but the first has the name that it has in the file."""

    name: str
    to: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    between: str = ""

    def is_time(self, now: time) -> bool:
        """Say whether the rule sends at a local time of day; hours may go over midnight."""
        found = _HOURS.fullmatch(self.between)
        if found is None:
            return True
        first, last = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        return first <= now < last if first <= last else now >= first or now < last


@dataclass(frozen=True, slots=True)
class Forwards:
    """All rules, the site's first, and what was wrong in the files."""

    rules: tuple[ForwardRule, ...] = ()
    problems: tuple[BadSetting, ...] = ()


_RULES: Final = Kind("a rule", "The rules for passing on")
_LISTS: Final = tuple(one.name for one in fields(ForwardRule) if one.name not in ("name", "between"))


def load_forwards(policy: Path, person: Path) -> Forwards:
    """Return the rules of both files; of two with one name the site's holds."""
    return Forwards(*layered(policy, person, _RULES, lambda name, table, _: _rule(name, table)))


def _rule(name: str, table: Mapping[str, object]) -> ForwardRule:
    lists = {key: _texts(name, key, value) for key, value in table.items() if key != "between"}
    between = table.get("between", "")
    if between != "" and not (isinstance(between, str) and _HOURS.fullmatch(between)):
        raise BadSetting(f"between of the rule {name!r} is no span of time", remedy="Write 22:00-06:00.")
    if not lists.get("to"):
        raise BadSetting(f"The rule {name!r} doesn't say to which archive", remedy="Give it under to.")
    return ForwardRule(name, **lists, between=str(between))


def _texts(name: str, key: str, value: object) -> tuple[str, ...]:
    if key not in _LISTS:
        raise BadSetting(f"A rule has no {key!r}, but {name!r} has one", remedy="The rule is not used.")
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise BadSetting(f"{key} of the rule {name!r} is no list of texts")
    return tuple(one.strip() for one in value)
