"""What people do here, in the words of the standard's audit trail.

| field    | PS3.15 A.5.2            | values                                                   |
|----------|-------------------------|----------------------------------------------------------|
| event    | EventID                 | PS3.16 CID 400                                           |
| type     | EventTypeCode           | PS3.16 CID 401 (extensible), where the event asks for one |
| act      | EventActionCode         | C create, R read, U update, D delete, E execute          |
| outcome  | EventOutcomeIndicator   | 0 success, 4 minor, 8 serious, 12 major failure          |

Source:  DICOM PS3.15 2026a, sections A.5.1 to A.5.3; PS3.16, CID 400, 401, 402, 405.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class Action(StrEnum):
    """A verb of this program; the value is what stands in a record."""

    START = "start"
    STOP = "stop"
    SIGN_IN = "sign in"
    SIGN_OUT = "sign out"
    SEARCH = "search"
    OPEN_STUDY = "open study"
    MEASURE = "measure"
    IMPORT = "import"
    EXPORT = "export"
    RECEIVE = "receive"
    SEND = "send"
    CLAIM = "claim"
    LINK_PATIENTS = "link patients"
    SET_UP = "set up archive"
    OUTAGE = "outage"
    DELETE_STUDY = "delete study"
    READ_AUDIT = "read audit"
    CHANGE_KEYS = "change keys"
    ALERT = "alert"


class Outcome(IntEnum):
    """How it ended: one record for what went well, another for what failed (PS3.15 A.5.2)."""

    SUCCESS = 0
    MINOR_FAILURE = 4
    SERIOUS_FAILURE = 8
    MAJOR_FAILURE = 12


@dataclass(frozen=True)
class Code:
    """A coded concept: value, scheme, meaning (PS3.3 section 8)."""

    value: str
    meaning: str
    scheme: str = "DCM"


@dataclass(frozen=True)
class Event:
    """How an action is told to the outside."""

    event: Code
    act: str
    type: Code | None = None


APPLICATION: Final = Code("110150", "Application")
LAUNCHER: Final = Code("110151", "Application Launcher")
DESTINATION: Final = Code("110152", "Destination Role ID")
SOURCE: Final = Code("110153", "Source Role ID")
DESTINATION_MEDIA: Final = Code("110154", "Destination Media")
SOURCE_MEDIA: Final = Code("110155", "Source Media")
URI: Final = Code("110037", "URI")
STUDY_UID: Final = Code("110180", "Study Instance UID")
PATIENT_NUMBER: Final = Code("2", "Patient Number", "RFC-3881")
SOP_CLASS_UID: Final = Code("110181", "SOP Class UID")
URI_OBJECT: Final = Code("12", "URI", "RFC-3881")

_APPLICATION_ACTIVITY: Final = Code("110100", "Application Activity")
_AUTHENTICATION: Final = Code("110114", "User Authentication")
_ACCESSED: Final = Code("110103", "DICOM Instances Accessed")
_TRANSFERRED: Final = Code("110104", "DICOM Instances Transferred")
_ALERT: Final = Code("110113", "Security Alert")

EVENTS: Final[Mapping[Action, Event]] = {
    Action.START: Event(_APPLICATION_ACTIVITY, "E", Code("110120", "Application Start")),
    Action.STOP: Event(_APPLICATION_ACTIVITY, "E", Code("110121", "Application Stop")),
    Action.SIGN_IN: Event(_AUTHENTICATION, "E", Code("110122", "Login")),
    Action.SIGN_OUT: Event(_AUTHENTICATION, "E", Code("110123", "Logout")),
    Action.SEARCH: Event(Code("110112", "Query"), "E"),
    Action.OPEN_STUDY: Event(_ACCESSED, "R"),
    Action.MEASURE: Event(_ACCESSED, "U"),
    Action.IMPORT: Event(Code("110107", "Import"), "C"),
    Action.EXPORT: Event(Code("110106", "Export"), "R"),
    Action.RECEIVE: Event(_TRANSFERRED, "C"),
    Action.SEND: Event(_TRANSFERRED, "R"),
    Action.CLAIM: Event(Code("110109", "Order Record"), "U"),
    Action.LINK_PATIENTS: Event(Code("110110", "Patient Record"), "U"),
    Action.SET_UP: Event(_ALERT, "E", Code("110128", "Network Configuration")),
    Action.OUTAGE: Event(_APPLICATION_ACTIVITY, "E", Code("outage", "No Line to an Archive", "99LUMEN")),
    Action.DELETE_STUDY: Event(Code("110105", "DICOM Study Deleted"), "D"),
    Action.READ_AUDIT: Event(Code("110101", "Audit Log Used"), "R"),
    Action.CHANGE_KEYS: Event(_ALERT, "E", Code("110129", "Security Configuration")),
    Action.ALERT: Event(_ALERT, "E", Code("integrity", "Damage, Tampering or Clock Jump Found", "99LUMEN")),
}
