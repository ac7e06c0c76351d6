"""dcmtk's programs as callers of our listener, over plain lines, TLS and lines that break."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from dimse_ends import FAILED, RULES, Keeper, dataset, files_of, listening, run, said_by
from dimse_peer import HASTY, HOST, instance, outgoing
from fault_proxy import FaultProxy
from line_faults import Fate, Fault, Way
from needs import needs_dcmtk
from tls_certificates import Authority, Issued

from workstation.archive import Address, Endpoint, Settled, Speech
from workstation.archive.dimse.callers import Receipt
from workstation.archive.dimse.connection import connect
from workstation.archive.dimse.listener import Listener


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() <= before


@needs_dcmtk
def test_dcmtk_echoes_and_stores(tmp_path: Path) -> None:
    sent, keeper = [outgoing(instance(number)) for number in range(1, 6)], Keeper()
    for one in sent:
        (tmp_path / one.uid).write_bytes(one.data)

    with listening(keeper) as listener:
        run("echoscu", "-aec", "LUMEN", HOST, listener.port)
        run("storescu", "-aec", "LUMEN", "+sd", HOST, listener.port, tmp_path)

    assert {uid: data for uid, (_, _, data) in keeper.files.items()} == {
        one.uid: dataset(one) for one in sent
    }
    assert {caller for caller, _, _ in keeper.files.values()} == {"STORESCU"}


@needs_dcmtk
def test_dcmtk_stores_compressed_objects_as_they_are(tmp_path: Path) -> None:
    lossy = [one for one in files_of("transfer-syntaxes") if one.transfer_syntax == "1.2.840.10008.1.2.4.51"]
    keeper = Keeper()
    for one in lossy:
        (tmp_path / one.uid).write_bytes(one.data)

    with listening(keeper) as listener:
        run("storescu", "-aec", "LUMEN", "-xx", "+sd", HOST, listener.port, tmp_path)

    assert len(lossy) > 0
    assert keeper.files.keys() == {one.uid for one in lossy}
    assert {syntax for _, syntax, _ in keeper.files.values()} == {"1.2.840.10008.1.2.4.51"}


@needs_dcmtk
def test_dcmtk_is_told_that_there_is_no_room(tmp_path: Path) -> None:
    file = tmp_path / "one.dcm"
    file.write_bytes(outgoing(instance(1)).data)

    with closing(Listener(RULES, lambda _: Receipt.FULL)) as listener:
        said = said_by("storescu", "-v", "-aec", "LUMEN", HOST, listener.port, file)

    assert "Refused: OutOfResources" in said


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def server_context(issued: Issued, authority: Authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate, issued.key)
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@needs_dcmtk
def test_dcmtk_stores_over_tls_with_a_certificate_and_not_without(
    authority: Authority, tmp_path: Path
) -> None:
    ours, theirs, keeper = authority.issue(HOST), authority.issue(HOST, subject="router"), Keeper()
    stranger = Authority(tmp_path, "Another").issue(HOST)
    file = tmp_path / "one.dcm"
    file.write_bytes(outgoing(instance(1)).data)
    trust = ("+cf", authority.file)

    with listening(keeper, replace(RULES, context=server_context(ours, authority))) as listener:
        where = ("-aec", "LUMEN", HOST, listener.port, file)
        run("storescu", "+tls", theirs.key, theirs.certificate, *trust, *where)
        assert said_by("storescu", *where).endswith(FAILED)
        assert said_by("storescu", "+tls", stranger.key, stranger.certificate, *trust, *where).endswith(
            FAILED
        )

    assert keeper.files.keys() == {"1.2.3.1"}


def test_a_caller_that_is_cut_off_leaves_nothing_half() -> None:
    keeper = Keeper()
    with listening(keeper) as listener, FaultProxy(listener.port) as proxy:
        address = Address("us", "Us", Speech.DIMSE, (), called="LUMEN", calling="STORESCU")
        proxy.script(Fate(Fault.RESET, 350_000, Way.UP))
        endpoint = Endpoint("line", host=HOST, port=proxy.port)
        sent = [outgoing(instance(number, size=100_000)) for number in range(1, 6)]
        with closing(connect(address, endpoint, patience=HASTY)) as made:
            answers = made.images.store(sent)

    stored = {one.uid for one in answers if one.settled is Settled.STORED}
    assert stored <= keeper.files.keys()
    assert 0 < len(keeper.files) < 5
    assert all(keeper.files[one.uid][2] == dataset(one) for one in sent if one.uid in keeper.files)
