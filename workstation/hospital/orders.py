"""The orders of the night: why each study was made, who asked, how urgent it is, by when it is expected.

Units:   minutes before (``requested``) and after (``due``) the night begins.
Errors:  BadTable for a table that can't be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workstation.terms.tables import Row, bad, not_negative, parsed, text

_LONG_STRING: Final = 64  # PS3.5 Table 6.2-1


class Priority(StrEnum):
    """Scheduled Procedure Step Priority (0074,1200)."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


@dataclass(frozen=True, slots=True)
class Order:
    """What the order of a study says."""

    reason: str
    history: str
    referrer: str  # PN
    call_back: str
    priority: Priority
    requested: float
    due: float


@dataclass(frozen=True, slots=True)
class Orders:
    """All that is known of the night's studies beside their images, by the keys of the phantoms."""

    to_read: Mapping[str, Order]
    modalities: Mapping[str, tuple[str, ...]]  # of each series of each study, priors included


def parsed_orders(toml: str, *, where: str) -> Orders:
    """Return the table of orders; ``where`` names it in an error."""
    table = parsed(toml, where)
    to_read: dict[str, Order] = {}
    modalities: dict[str, tuple[str, ...]] = {}
    for row in table.rows("order"):
        key = _study(row, modalities)
        to_read[key] = _order(row)
        row.finish()
    for row in table.rows("prior"):
        _study(row, modalities)
        row.finish()
    table.finish()
    return Orders(to_read, modalities)


def _study(row: Row, modalities: dict[str, tuple[str, ...]]) -> str:
    key = row.one("study", text)
    if key in modalities:
        raise bad(f"The study {key} stands here twice", row.where)
    modalities[key] = row.many("modalities", text)
    return key


def _order(row: Row) -> Order:
    return Order(
        reason=row.one("reason", _short),
        history=row.one("history", text),
        referrer=row.one("referrer", text),
        call_back=row.one("call_back", text),
        priority=row.one("priority", Priority),
        requested=row.one("requested", not_negative),
        due=row.one("due", not_negative),
    )


def _short(value: object) -> str:
    """Return a text that a Long String (LO) holds."""
    if len(text(value)) > _LONG_STRING:
        raise ValueError(f"it is longer than {_LONG_STRING} characters")
    return text(value)
