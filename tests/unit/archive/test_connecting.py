from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import cast

import pytest
from dicom_json import item
from scripted_http import ScriptedHttp, Seen, Step, json_reply

from workstation.archive import Address, Endpoint, Query, Speech
from workstation.archive.connecting import Dialer
from workstation.archive.dimse import Listener
from workstation.archive.dimse.connection import DimseConnection
from workstation.archive.dimse.expected import Expectations
from workstation.archive.sign_in import account_of
from workstation.clock import ManualClock
from workstation.security import SessionVault


def dialer(speech: Speech = Speech.DICOMWEB) -> Dialer:
    address = Address("a", "Archive", speech, ())
    return Dialer(address, account_of(address, vault=SessionVault(), clock=ManualClock()))


@pytest.fixture(name="server")
def a_server() -> Iterator[ScriptedHttp]:
    def script(_: Seen) -> Iterable[Step]:
        return [json_reply([item(StudyInstanceUID="1.1", SeriesInstanceUID="2.1", SOPInstanceUID="3.1")])]

    with ScriptedHttp(script) as made:
        yield made


def test_an_archive_is_probed_by_one_of_its_connections_alone(server: ScriptedHttp) -> None:
    archive = dialer()
    counts = []
    for name in ("home", "away", "home"):
        before = len(server.requests)
        with closing(archive.connect(Endpoint(name, url=server.url), 10.0)) as connection:
            assert connection.images.search(Query()).studies
        counts.append(len(server.requests) - before)

    assert counts[0] > counts[1] == counts[2] == 1


def test_an_archive_is_spoken_to_as_its_address_says(server: ScriptedHttp) -> None:
    with closing(
        dialer(Speech.DIMSE).connect(Endpoint("x", host="127.0.0.1", port=server.port), 10.0)
    ) as made:
        assert isinstance(made, DimseConnection)
    assert server.requests == []


def test_what_an_archive_brings_goes_to_the_listener_that_runs_by_then() -> None:
    running: list[Listener] = []
    address = Address("a", "Archive", Speech.DIMSE, ())
    account = account_of(address, vault=SessionVault(), clock=ManualClock())
    dialed = Dialer(address, account, lambda: next(iter(running), None))
    its = Expectations()
    running.append(cast("Listener", SimpleNamespace(expectations=its)))
    with closing(dialed.connect(Endpoint("x", host="127.0.0.1", port=1), 10.0)) as made:
        assert isinstance(made, DimseConnection)
        assert made.work._expectations is its
