"""The night that the tests look at; each study is opened once, each instance made once."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pydicom
import pytest

from workstation.phantoms import PhantomStudy, night

NOW = datetime(2026, 11, 24, 2, 11, tzinfo=UTC)


@pytest.fixture(scope="session")
def studies() -> dict[str, PhantomStudy]:
    return {study.key: study for study in night(seed=1, now=NOW)}


@pytest.fixture(scope="session")
def part10(studies: dict[str, PhantomStudy]) -> Callable[[str, int], bytes]:
    """Return the file of a study's instance, by key and number from 0."""

    @cache
    def opened(key: str) -> Callable[[int], bytes]:
        return studies[key].open()

    @cache
    def made(key: str, number: int) -> bytes:
        return opened(key)(number)

    return made


@pytest.fixture(scope="session")
def dataset(part10: Callable[[str, int], bytes]) -> Callable[[str, int], pydicom.FileDataset]:
    """Return a study's instance as pydicom reads it; nobody may change it."""

    @cache
    def read(key: str, number: int) -> pydicom.FileDataset:
        return pydicom.dcmread(io.BytesIO(part10(key, number)))

    return read
