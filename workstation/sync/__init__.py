"""The engine that keeps the store in step with the archives, and the outbox that loses nothing.

It fills the store (what is urgent first, the middle slices first) and empties the outbox (each object once,
proven by reading it back); the network is its business alone. ``workflow`` may import it.
"""

from workstation.sync.board import Progress, Want
from workstation.sync.contents_form import unpack as unpack_contents
from workstation.sync.delivery import ENDS, MAYBE_STORED_IN, NEEDS_PERSON, UNSENT, Event, State
from workstation.sync.engine import Engine, Means
from workstation.sync.errors import NoSuchArchive, NoSuchDelivery, SyncError
from workstation.sync.gathering import Gathered, Rules
from workstation.sync.landing import Landed, Landing
from workstation.sync.line import Connect, Line, LineState, Status
from workstation.sync.sending import IMAGE, Sending
from workstation.sync.service import Service, Sitting
from workstation.sync.urgency import Urgency
from workstation.sync.watching import Habit

__all__ = [
    "ENDS",
    "IMAGE",
    "MAYBE_STORED_IN",
    "NEEDS_PERSON",
    "UNSENT",
    "Connect",
    "Engine",
    "Event",
    "Gathered",
    "Habit",
    "Landed",
    "Landing",
    "Line",
    "LineState",
    "Means",
    "NoSuchArchive",
    "NoSuchDelivery",
    "Progress",
    "Rules",
    "Sending",
    "Service",
    "Sitting",
    "State",
    "Status",
    "SyncError",
    "Urgency",
    "Want",
    "unpack_contents",
]
