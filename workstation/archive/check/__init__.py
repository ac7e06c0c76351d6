"""The connection check: what a way to an archive is like, measured, and what a person can do about it.

``measure`` looks at one endpoint, from its name to what really comes down and goes up; ``findings`` holds
that against a site's figures. Used by ``workflow`` for the window and for ``workstation doctor --network``.
"""

from workstation.archive.check.measured import (
    Measured,
    MeasuredLatency,
    MeasuredLine,
    MeasuredLink,
    MeasuredName,
    MeasuredRate,
    MeasuredTls,
    Medium,
    Step,
    Trouble,
)
from workstation.archive.check.measuring import Check, Progress, measure
from workstation.archive.check.record import record_of
from workstation.archive.check.verdict import Figures, Finding, Grade, ct_seconds, findings, grade_of

__all__ = [
    "Check",
    "Figures",
    "Finding",
    "Grade",
    "Measured",
    "MeasuredLatency",
    "MeasuredLine",
    "MeasuredLink",
    "MeasuredName",
    "MeasuredRate",
    "MeasuredTls",
    "Medium",
    "Progress",
    "Step",
    "Trouble",
    "ct_seconds",
    "findings",
    "grade_of",
    "measure",
    "record_of",
]
