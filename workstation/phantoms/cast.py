"""Who is on the night's list: invented patients, sites and examinations.

No name here could be a person's: every family name says that it is made up.

Units:   metres and kilograms; hours and days before the night's hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from workstation.phantoms.files import Person, Visit

_PEOPLE: Final = {
    "amber": Person("TESTCASE^Amber", "PH-4711", "19590302", "F", 1.66, 68),
    "basalt": Person("SPECIMEN^Basalt", "PH-2093", "19550618", "M", 1.79, 84),
    "juniper": Person("PHANTOM^Juniper", "PH-3307", "19680921", "F", 1.70, 66),
    "flint": Person("FICTION^Flint", "PH-1180", "20030411", "M", 1.84, 71),
    "hazel": Person("MOCKUP^Hazel", "PH-6021", "19791130", "F", 1.62, 58),
    "saffron": Person("NOBODY^Saffron", "PH-5150", "19740807", "F", 1.68, 72),
    "cobalt": Person("PLACEHOLDER^Cobalt", "PH-7044", "19900126", "M", 1.76, 79),
    "indigo": Person("EXAMPLE^Indigo", "PH-8812", "19620514", "F", 1.64, 70),
    "willow": Person("DUMMY^Willow", "PH-9003", "19970209", "F", 1.71, 61),
    "onyx": Person("SAMPLE^Onyx", "PH-1946", "19461003", "M", 1.73, 81),
}


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    who: str
    site: str
    accession: str
    description: str
    referrer: str
    ago: timedelta


def _hours(hours: float) -> timedelta:
    return timedelta(hours=hours)


# fmt: off
# ruff: noqa: E501 — a list reads best with one study on a line
_LIST: Final = (
    _Entry("head-ct", "amber", "Harbor", "HB099812", "CT head without contrast", "PRETEND^Castellan^^Dr", _hours(0.15)),
    _Entry("head-ct-prior", "amber", "Harbor", "HB041877", "CT head without contrast", "PRETEND^Moss^^Dr", _hours(816 * 24 + 5)),
    _Entry("chest-ct", "juniper", "Harbor", "HB099790", "CT chest and abdomen, follow-up nodule", "PRETEND^Linden^^Dr", _hours(1.2)),
    _Entry("chest-ct-prior", "juniper", "Harbor", "HB081254", "CT chest and abdomen", "PRETEND^Linden^^Dr", _hours(182 * 24 + 9)),
    _Entry("pneumothorax-xr", "flint", "Harbor", "HB099805", "XR chest PA", "PRETEND^Castellan^^Dr", _hours(0.4)),
    _Entry("chest-xr", "saffron", "Millbrook", "MB020901", "XR chest PA", "PRETEND^Reed^^Dr", _hours(3.1)),
    _Entry("pet-ct", "indigo", "Harbor", "HB099640", "PET/CT neck to thighs", "PRETEND^Linden^^Dr", _hours(9.5)),
    _Entry("abdomen-ct", "onyx", "St. Anne", "SA055127", "CT abdomen and pelvis with contrast", "PRETEND^Reed^^Dr", _hours(5.2)),
    _Entry("mammogram", "hazel", "Millbrook", "MB020877", "MG screening, 4 views", "PRETEND^Quill^^Dr", _hours(7.7)),
    _Entry("ultrasound", "cobalt", "St. Anne", "SA055190", "US abdomen", "PRETEND^Reed^^Dr", _hours(5.5)),
    _Entry("wrist-xr", "willow", "Millbrook", "MB020952", "XR wrist left", "PRETEND^Castellan^^Dr", _hours(8.4)),
    _Entry("brain-mr", "basalt", "Millbrook", "MB020934", "MR brain, T1 T2 DWI", "PRETEND^Moss^^Dr", _hours(0.6)),
)
# fmt: on


def visits(seed: int, now: datetime) -> dict[str, Visit]:
    """Return the examinations of the night by key; each carries what makes its UIDs its own."""
    scope = f"{seed}/{now.isoformat()}"
    return {
        entry.key: Visit(
            entry.key, _PEOPLE[entry.who], entry.site, entry.accession, entry.description, entry.referrer,
            now - entry.ago, scope,
        )
        for entry in _LIST
    }  # fmt: skip
