"""The connection check's upload at a real archive: it is read, refused, and leaves nothing behind."""

from __future__ import annotations

import json

import pytest
from dicom_objects import ct, part10
from orthanc import Orthanc

from workstation.archive import TlsRules
from workstation.archive.check import rates
from workstation.archive.check.rates import Watch, upload
from workstation.clock import SystemClock


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
