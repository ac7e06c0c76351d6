"""How it stands with the lines to the archives, for the state bar; and what a long outage asks for."""

from __future__ import annotations

from typing import Final

from workstation.config import Settings
from workstation.sync import Line
from workstation.workflow.answers import LineRow, LineStatus, Outage
from workstation.workflow.desk import Desk

_MINUTE: Final = 60.0
_ASKS_FOR: Final = {"basic": "password", "bearer": "token", "client": "client secret"}


def list_lines(desk: Desk) -> tuple[LineRow, ...]:
    """Return the line to each archive."""
    if desk.service is None:
        return ()
    shares = desk.service.watching.shares_claims
    return tuple(_row(desk, line, shares.get(name)) for name, line in desk.service.engine.lines.items())


def outage_of(desk: Desk, settings: Settings) -> Outage | None:
    """Return the outage that has gone on for so long that the group should be told."""
    lines = desk.service.engine.lines if desk.service is not None else {}
    patience = settings.number("outage.minutes") * _MINUTE
    for archive, began in tuple(desk.down.items()):
        if archive in lines and desk.seconds_since(began) >= patience:
            contacts = [one.strip() for one in settings.text("outage.contacts").split(";")]
            return Outage(lines[archive].state.name, began, contacts=tuple(filter(None, contacts)))
    return None


def _row(desk: Desk, line: Line, shares_claims: bool | None) -> LineRow:  # noqa: FBT001  it is one value of a row
    state = line.state
    return LineRow(
        state.archive,
        state.name,
        LineStatus(state.status.value),
        state.endpoint,
        state.since,
        state.latency,
        state.rate,
        state.why,
        shares_claims,
        desk.ways[state.archive].warning,
        _ASKS_FOR.get(desk.ways[state.archive].entry.sign_in, ""),
    )
