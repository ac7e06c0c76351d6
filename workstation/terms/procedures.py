"""Procedure codes of a site and what they stand for, read from a table that the site edits.

::

    [[procedure]]
    codes = ["CTHWO", "70450"]
    regions = ["brain"]
    side = ""                      # left, right, both sides
    contrast = "without contrast"
    kinds = []

A code is the most trustworthy thing that is known of an examination.

Errors:  BadTable, also for a code that stands in the table twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.terms.contrast import Contrast
from workstation.terms.kinds import Kind
from workstation.terms.regions import Region
from workstation.terms.sides import Side
from workstation.terms.tables import Row, bad, parsed, text


@dataclass(frozen=True, slots=True)
class Procedure:
    """What a procedure code stands for."""

    regions: frozenset[Region]
    side: Side = Side.UNKNOWN
    contrast: Contrast = Contrast.UNKNOWN
    kinds: frozenset[Kind] = frozenset()


Procedures = Mapping[str, Procedure]


def parsed_procedures(toml: str, *, where: str) -> Procedures:
    """Return the procedures of a table by code; ``where`` names the table in an error."""
    whole = parsed(toml, where)
    table: dict[str, Procedure] = {}
    for row in whole.rows("procedure"):
        codes = row.many("codes", text)
        if not codes:
            raise bad("A procedure needs at least one code", row.where)
        for code in codes:
            if code in table:
                raise bad(f"The code {code} stands in the table twice", row.where)
        table |= dict.fromkeys(codes, _procedure(row))
    whole.finish()
    return table


def _procedure(row: Row) -> Procedure:
    procedure = Procedure(
        frozenset(row.many("regions", Region)),
        row.one("side", Side, Side.UNKNOWN),
        row.one("contrast", Contrast, Contrast.UNKNOWN),
        frozenset(row.many("kinds", Kind)),
    )
    row.finish()
    return procedure
