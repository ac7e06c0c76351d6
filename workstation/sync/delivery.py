"""How a delivery moves from one state to another: one row for each artefact and destination.

| state       | what it says to a person                                                 |
|-------------|--------------------------------------------------------------------------|
| queued      | waits for its turn, for the line, or for the time of its next try        |
| sending     | on its way; after a crash nobody knows whether it arrived                |
| stored      | the archive said that it has it; not proven yet                          |
| verified    | read back from the archive and equal: the end                            |
| held        | waits for a person or a circumstance: sign-in, unlocking, a free line    |
| conflict    | the archive holds something else under its UID: a person decides         |
| quarantined | the archive will not take it as it is: a person decides                  |
| closed      | a person has decided that it is not to be delivered: the end, unless     |
|             | a person decides again                                                   |

Everything else about a delivery (when to try next, whether it may be stored already) is in its row; this
table alone says which moves there are. It is tested for every pair.

Errors:  IllegalMove for a pair that the table doesn't have.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from workstation.sync.errors import SyncError


class State(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    STORED = "stored"
    VERIFIED = "verified"
    HELD = "held"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"
    CLOSED = "closed"


class Event(StrEnum):
    """What happens to a delivery."""

    TAKEN = "taken up"
    LISTED = "listed as stored"
    SAME = "read back and equal"
    DIFFERENT = "read back and different"
    ABSENT = "said to be stored, and not there"
    NOT_SENT = "could not be sent"
    UNKNOWN = "sent, and no answer"
    LATER = "asked to come later"
    FORBIDDEN = "not allowed to send"
    REFUSED = "refused for good"
    HELD_BACK = "held back"
    LET_GO = "let go"
    STOPPED = "the program ended"
    RETRIED = "a person wants it sent again"
    GIVEN_UP = "a person wants it no more"


class IllegalMove(SyncError):
    """A delivery was told to do what its state doesn't allow."""


_S, _E = State, Event

MOVES: Final[Mapping[tuple[State, Event], State]] = {
    (_S.QUEUED, _E.TAKEN): _S.SENDING,
    (_S.QUEUED, _E.HELD_BACK): _S.HELD,
    (_S.QUEUED, _E.GIVEN_UP): _S.CLOSED,
    (_S.SENDING, _E.LISTED): _S.STORED,
    (_S.SENDING, _E.SAME): _S.VERIFIED,  # it was there already, from a try whose answer was lost
    (_S.SENDING, _E.DIFFERENT): _S.CONFLICT,
    (_S.SENDING, _E.NOT_SENT): _S.QUEUED,
    (_S.SENDING, _E.UNKNOWN): _S.QUEUED,
    (_S.SENDING, _E.LATER): _S.QUEUED,
    (_S.SENDING, _E.FORBIDDEN): _S.HELD,
    (_S.SENDING, _E.REFUSED): _S.QUARANTINED,
    (_S.SENDING, _E.STOPPED): _S.QUEUED,
    (_S.STORED, _E.SAME): _S.VERIFIED,
    (_S.STORED, _E.DIFFERENT): _S.CONFLICT,
    (_S.STORED, _E.ABSENT): _S.QUEUED,
    (_S.STORED, _E.GIVEN_UP): _S.CLOSED,
    (_S.HELD, _E.LET_GO): _S.QUEUED,
    (_S.HELD, _E.RETRIED): _S.QUEUED,
    (_S.HELD, _E.GIVEN_UP): _S.CLOSED,
    (_S.CONFLICT, _E.RETRIED): _S.QUEUED,
    (_S.CONFLICT, _E.GIVEN_UP): _S.CLOSED,
    (_S.QUARANTINED, _E.RETRIED): _S.QUEUED,
    (_S.QUARANTINED, _E.GIVEN_UP): _S.CLOSED,
    (_S.CLOSED, _E.RETRIED): _S.QUEUED,
}

ENDS: Final = frozenset({State.VERIFIED, State.CLOSED})
NEEDS_PERSON: Final = frozenset({State.CONFLICT, State.QUARANTINED})
UNSENT: Final = frozenset(State) - ENDS
"""What counts as waiting: a person who quits is warned of these."""

MAYBE_STORED_AFTER: Final = frozenset({Event.UNKNOWN, Event.LATER, Event.STOPPED})
"""After these the archive is asked whether it has the object before it is sent again."""
MAYBE_STORED_IN: Final = frozenset({State.SENDING, State.STORED})
"""What is given up in one of these may be there: if it is to be sent after all, that is asked first."""


def moved(state: State, event: Event) -> State:
    """Return the state that follows."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise IllegalMove(f"A delivery that is {state} can't be: {event}") from None
