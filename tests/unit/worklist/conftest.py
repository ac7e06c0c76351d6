"""Items made in one line, and the tables as they ship."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workstation.dicom.model import Patient, Study
from workstation.worklist.affinity import Affinities, parsed_affinities
from workstation.worklist.ai import Code, Findings, Flag, Polarity, parsed_findings
from workstation.worklist.items import Item
from workstation.worklist.order import Policy, parsed_policy
from workstation.worklist.turnaround import Turnaround, parsed_turnaround

_RESOURCES = Path(__file__).parents[3] / "resources" / "worklist"


@pytest.fixture(scope="session")
def now() -> datetime:
    """Return the moment at which everything is looked at."""
    return datetime(2026, 11, 24, 2, 11, tzinfo=UTC)


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], str]:
    """Return a reader of the tables that ship."""
    return lambda name: (_RESOURCES / name).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def turnaround(shipped: Callable[[str], str]) -> Turnaround:
    return parsed_turnaround(shipped("turnaround.toml"), where="turnaround.toml")


@pytest.fixture(scope="session")
def policy(shipped: Callable[[str], str]) -> Policy:
    return parsed_policy(shipped("order.toml"), where="order.toml")


@pytest.fixture(scope="session")
def findings(shipped: Callable[[str], str]) -> Findings:
    return parsed_findings(shipped("findings.toml"), where="findings.toml")


@pytest.fixture(scope="session")
def affinities(shipped: Callable[[str], str]) -> Affinities:
    return parsed_affinities(shipped("priors.toml"), where="priors.toml")


@pytest.fixture(scope="session")
def make_patient() -> Callable[..., Patient]:
    def make(
        number: str = "4711-08",
        issuer: str = "HARBOR",
        name: str = "VALE^MARISOL",
        birth_date: str = "19590302",
        sex: str = "F",
    ) -> Patient:
        return Patient(number, issuer, name, birth_date, sex)

    return make


@pytest.fixture(scope="session")
def make_study() -> Callable[..., Study]:
    def make(uid: str = "1.2.3", **facts: str) -> Study:
        usual = {
            "date": "20261124",
            "time": "015500",
            "accession": "99812",
            "description": "CT head without contrast",
            "referring": "CASTELLAN^A",
            "institution": "Harbor",
            "study_id": "1",
        }
        return Study(uid=uid, **(usual | facts))

    return make


@pytest.fixture(scope="session")
def make_item(
    make_patient: Callable[..., Patient], make_study: Callable[..., Study], now: datetime
) -> Callable[..., Item]:
    """Return a maker of items: ``key`` is the UID, ``minutes`` how long its images have been here."""

    def make(
        key: str = "1.2.3", *, minutes: float = 10.0, study: Study | None = None, **rest: object
    ) -> Item:
        usual: dict[str, Any] = {
            "patient": make_patient(),
            "modalities": ("CT",),
            "here": 212,
            "expected": 212,
            "is_stored": True,
            "archives": ("group",),
            "site": "Harbor",
            "available_since": now - timedelta(minutes=minutes),
        }
        return Item(key=key, study=study or make_study(key), **(usual | rest))

    return make


@pytest.fixture(scope="session")
def make_flag(now: datetime) -> Callable[..., Flag]:
    def make(minutes: float | None = 20.0, **rest: object) -> Flag:
        usual: dict[str, Any] = {
            "name": "intracranial haemorrhage",
            "code": Code("SCT", "1386000"),
            "polarity": Polarity.PRESENT,
            "score": 0.93,
            "algorithm": "Finder 2",
            "received": now,
            "read_within": None if minutes is None else timedelta(minutes=minutes),
        }
        return Flag(**(usual | rest))

    return make
