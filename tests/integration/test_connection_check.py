"""The connection check at a real archive: everything is measured, and nothing is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from dicom_objects import ct, part10
from orthanc import Orthanc, Setup

from workstation.archive import Address, Endpoint, NotAllowed, SignIn, Speech, TlsRules
from workstation.archive.check import Check, Measured, Step, measure, rates
from workstation.archive.check.rates import Watch, upload
from workstation.archive.sign_in import account_of
from workstation.archive.web.connection import connect
from workstation.clock import SystemClock
from workstation.security import SessionVault


@pytest.fixture(autouse=True)
def enough_is_told_by_bytes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long that takes is nobody's business."""
    monkeypatch.setattr(rates, "ENOUGH_SECONDS", 1e6)


def newest_change(orthanc: Orthanc) -> int:
    return int(json.loads(orthanc.rest("GET", "/changes?last"))["Last"])


def test_orthanc_reads_the_noise_and_keeps_nothing_of_it(
    orthanc: Orthanc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "ENOUGH_BYTES", 8_000_000)
    orthanc.upload([part10(ct())])
    before = orthanc.rest("GET", "/statistics"), newest_change(orthanc)
    measured = upload(orthanc.dicomweb, TlsRules(), {}, Watch(SystemClock()))

    assert measured.count >= 8_000_000
    assert (orthanc.rest("GET", "/statistics"), newest_change(orthanc)) == before


@pytest.fixture
def guarded(new_orthanc: Callable[..., Orthanc], monkeypatch: pytest.MonkeyPatch) -> Orthanc:
    """Return one that wants a password, with a series of three images in it."""
    monkeypatch.setattr(rates, "ENOUGH_BYTES", 2_000_000)
    running = new_orthanc(Setup(users={"reader": "open sesame"}))
    running.upload(part10(ct(SOPInstanceUID=f"1.2.3.{number}")) for number in range(3))
    return running


def checked(orthanc: Orthanc, password: str) -> Measured:
    endpoint = Endpoint("local", orthanc.dicomweb)
    address = Address("home", "Home", Speech.DICOMWEB, (endpoint,), SignIn("basic", "reader"))
    account = account_of(address, vault=SessionVault(), clock=SystemClock())
    account.keep(password)
    connection = connect(address, endpoint, authenticator=account)
    try:
        return measure(Check(endpoint, TlsRules(), connection, account.headers), SystemClock())
    finally:
        connection.close()


def test_a_whole_check_of_orthanc_measures_all_that_it_has(guarded: Orthanc) -> None:
    before = guarded.count()
    measured = checked(guarded, "open sesame")

    assert measured.latency is not None
    assert measured.latency.lost == 0
    assert measured.download is not None
    assert measured.download.count >= 2_000_000
    assert measured.upload is not None
    assert guarded.count() == before
    # Orthanc 1.10 puts no time on its answers.
    assert [one.step for one in measured.troubles] == [Step.CLOCK]


def test_a_wrong_password_at_orthanc_is_called_one(guarded: Orthanc) -> None:
    measured = checked(guarded, "open barley")

    trouble = measured.trouble(Step.SIGN_IN)
    assert trouble is not None
    assert trouble.kind == NotAllowed.__name__
    assert not measured.is_captive
    assert measured.latency is None
