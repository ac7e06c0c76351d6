"""The Orthanc that other tests rely on: it starts, dies, comes back, and does what it is set up to do."""

from __future__ import annotations

import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from dicom_objects import ct, part10
from fault_proxy import FaultProxy
from needs import needs_dcmtk
from orthanc import Modality, Orthanc, OrthancFailed, Setup, running_orthanc
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from tls_certificates import Authority
from tls_server import server_context

New = Callable[..., Orthanc]


def instance(number: int, **attributes: object) -> bytes:
    return part10(ct(SOPInstanceUID=f"1.2.3.{number}", **attributes))


def test_what_is_uploaded_is_kept_byte_for_byte_and_can_be_cleared(orthanc: Orthanc) -> None:
    files = [instance(number) for number in range(3)]

    assert orthanc.upload(files) == 3
    assert orthanc.upload(files) == 0
    assert orthanc.copies("1.2.3.1") == [files[1]]
    assert orthanc.copies("1.2.3.7") == []

    orthanc.clear()

    assert orthanc.count() == 0


def test_two_series_may_hold_the_same_instance_uid(orthanc: Orthanc) -> None:
    orthanc.upload([instance(1), instance(1, SeriesInstanceUID="1.2.99")])

    assert len(orthanc.copies("1.2.3.1")) == 2


def test_a_killed_one_comes_back_on_its_ports_with_what_it_had(new_orthanc: New) -> None:
    orthanc = new_orthanc()
    orthanc.upload([instance(1)])
    ports = orthanc.port, orthanc.dicom_port

    orthanc.kill()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((orthanc.host, orthanc.port))
    orthanc.start()

    assert (orthanc.port, orthanc.dicom_port) == ports
    assert len(orthanc.copies("1.2.3.1")) == 1


def test_a_stopped_one_has_ended_in_order(new_orthanc: New) -> None:
    orthanc = new_orthanc()

    orthanc.stop()

    assert not orthanc.is_running
    assert "Orthanc has stopped" in orthanc.log


def test_a_frozen_one_takes_connections_and_says_nothing(new_orthanc: New) -> None:
    orthanc = new_orthanc()

    orthanc.freeze()
    with socket.create_connection((orthanc.host, orthanc.port)) as line:
        line.sendall(b"GET /system HTTP/1.1\r\nHost: x\r\n\r\n")
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            line.recv(1)
    orthanc.thaw()

    assert orthanc.count() == 0


def test_several_run_beside_each_other(new_orthanc: New) -> None:
    one, other = new_orthanc(), new_orthanc()

    one.upload([instance(1)])

    assert (one.count(), other.count()) == (1, 0)


def test_one_that_cannot_start_says_why(tmp_path: Path) -> None:
    setup = Setup(more={"StorageDirectory": "/proc/nowhere"})

    with pytest.raises(OrthancFailed, match="nowhere"), running_orthanc(tmp_path, setup):
        pass


def test_a_password_is_asked_for_where_one_is_set(new_orthanc: New) -> None:
    orthanc = new_orthanc(Setup(users={"reader": "secret"}))

    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(f"{orthanc.dicomweb}/studies")  # noqa: S310 - it is http
    refused.value.close()

    assert orthanc.count() == 0


def test_the_first_content_of_a_uid_stays_unless_overwriting_is_on(new_orthanc: New) -> None:
    first, changed = instance(1, PatientName="A"), instance(1, PatientName="B")
    keeps, replaces = new_orthanc(), new_orthanc(Setup(overwrite=True))
    for one in (keeps, replaces):
        one.upload([first, changed])

    assert keeps.copies("1.2.3.1") == [first]
    assert replaces.copies("1.2.3.1") == [changed]


def test_a_line_before_it_ends_tls_and_asks_for_a_client_certificate(
    orthanc: Orthanc, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    newest = ssl.TLSVersion.TLSv1_3
    served = server_context(authority.issue("127.0.0.1"), newest, newest, authority.file)
    mine = authority.issue("reader", subject="reader")
    asking = ssl.create_default_context(cafile=str(authority.file))

    with FaultProxy(orthanc.port, tls=served) as proxy:
        url = f"https://127.0.0.1:{proxy.port}/dicom-web/studies"
        with pytest.raises(OSError, match=r"(?i)certificate|reset|EOF|closed"):
            urllib.request.urlopen(url, context=asking)
        asking.load_cert_chain(mine.certificate, mine.key)
        with urllib.request.urlopen(url, context=asking) as answer:
            assert answer.read().strip() == b"[]"


def dcmtk(*words: str) -> int:
    # Debian's programs, with arguments from this file
    return subprocess.run(words, check=False, capture_output=True, timeout=60).returncode  # noqa: S603


def echo(orthanc: Orthanc, *options: str) -> int:
    return dcmtk("echoscu", "-aec", orthanc.ae_title, *options, orthanc.host, str(orthanc.dicom_port))


@needs_dcmtk
def test_dcmtk_reaches_it_plainly_and_over_tls(new_orthanc: New, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server, client = authority.issue("127.0.0.1"), authority.issue("reader", subject="reader")
    plain = new_orthanc(Setup(ae_title="PLAIN"))
    secret = new_orthanc(Setup(dicom_tls=server, trusted=authority.file))
    known = ["+tls", str(client.key), str(client.certificate), "+cf", str(authority.file)]

    assert echo(plain) == 0
    assert echo(secret) != 0
    assert echo(secret, *known) == 0


@needs_dcmtk
def test_its_worklist_is_the_folder_that_it_was_given(new_orthanc: New, tmp_path: Path) -> None:
    folder = tmp_path / "worklists"
    folder.mkdir()
    orthanc = new_orthanc(Setup(worklists=folder))
    step = Dataset()
    step.Modality = "CT"
    step.ScheduledStationAETitle = "CT1"
    order = ct(AccessionNumber="A1", ScheduledProcedureStepSequence=[step], PixelData=None)
    (folder / "one.wl").write_bytes(part10(order))
    out = tmp_path / "found"
    out.mkdir()

    keys = ("-k", "AccessionNumber", "-k", "ScheduledProcedureStepSequence[0].Modality=CT")
    where = (orthanc.host, str(orthanc.dicom_port))
    assert dcmtk("findscu", "-W", "-X", "-od", str(out), *keys, *where) == 0

    (found,) = [dcmread(file, force=True) for file in out.iterdir()]
    assert found.AccessionNumber == "A1"


@needs_dcmtk
def test_it_moves_to_a_modality_that_was_registered_meanwhile(new_orthanc: New) -> None:
    source, goal = new_orthanc(), new_orthanc(Setup(ae_title="GOAL"))
    source.upload([instance(1)])
    source.register("goal", Modality("GOAL", goal.dicom_port))
    source.kill()
    source.start()  # and it still knows

    study = dcmread(DicomBytesIO(instance(1))).StudyInstanceUID
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}")
    titles = ("-aem", "GOAL", "-aec", source.ae_title)
    assert dcmtk("movescu", "-S", *titles, *keys, source.host, str(source.dicom_port)) == 0

    assert goal.copies("1.2.3.1")
