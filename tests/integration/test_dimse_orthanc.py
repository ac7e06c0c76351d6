"""DIMSE against Debian's Orthanc, and dcmtk's programs as second witnesses and as callers of ours.

The real studies are ``../shared/data`` beside the repository (or the folder in LUMEN_DATA). Orthanc keeps an
uploaded file as it is, but what it sends by C-GET or C-MOVE goes through dcmtk, which writes lengths of
sequences anew and drops padding at the end: where it changes nothing, our datasets have to be identical.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from dimse_ends import (
    Keeper,
    connection,
    dataset,
    files_of,
    listening,
    outgoing_of,
    read,
    run,
    without_padding,
)
from dimse_peer import HASTY, HOST, instance, outgoing
from fault_proxy import FaultProxy
from line_faults import Fate, Fault, Way
from needs import needs_dcmtk
from orthanc import Modality, Orthanc, Setup
from pydicom.dataset import Dataset
from tls_certificates import Authority

from workstation.archive import (
    Address,
    Endpoint,
    Interrupted,
    NotThere,
    Query,
    Reference,
    Settled,
    Speech,
    TaskState,
    TlsRules,
    Truncated,
    Unreachable,
    Wanted,
    tls,
)
from workstation.archive.dimse.connection import connect
from workstation.dicom.syntaxes import SUPPORTED


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(5)  # a timer that was called off still ends
        assert not thread.is_alive()


def test_a_series_is_stored_and_comes_back_byte_for_byte(orthanc: Orthanc) -> None:
    sent = {one.uid: one for one in files_of("mr-head-t1")}
    study = next(iter(sent.values())).study_uid

    with connection(orthanc) as made:
        answers = made.images.store(list(sent.values()))
        got = {one.uid: dataset(one) for one in made.images.retrieve(Wanted(study))}

    assert {one.settled for one in answers} == {Settled.STORED}
    assert got == {uid: dataset(one) for uid, one in sent.items()}


def test_every_kind_in_every_syntax_comes_back_as_it_is_stored(orthanc: Orthanc) -> None:
    sent = {one.uid: one for name in ("transfer-syntaxes", "objects") for one in files_of(name)}
    decodable = {uid for uid, one in sent.items() if one.transfer_syntax in SUPPORTED}

    with connection(orthanc) as made:
        answers = made.images.store(list(sent.values()))
        assert {one.settled for one in answers} == {Settled.STORED}
        got = {
            one.uid: one
            for study in {one.study_uid for one in sent.values()}
            for one in made.images.retrieve(Wanted(study))
        }

    assert got.keys() == decodable
    assert len({one.transfer_syntax for one in got.values()}) >= 8
    for uid, file in got.items():
        assert file.transfer_syntax == sent[uid].transfer_syntax
        assert read(file) == read(sent[uid])
        (stored,) = orthanc.copies(uid)
        assert without_padding(pydicom.dcmread(io.BytesIO(stored))) == read(sent[uid])


def test_what_it_lists_is_what_it_has(orthanc: Orthanc) -> None:
    sent = files_of("mr-head-t1")
    orthanc.upload(bytes(one.data) for one in sent)

    with connection(orthanc) as made:
        contents = made.images.metadata(sent[0].study_uid)
        here = made.images.verify([Reference(one.study_uid, one.series_uid, one.uid) for one in sent])
        with pytest.raises(NotThere):
            made.images.metadata("1.2.3.4")
        with pytest.raises(NotThere):
            list(made.images.retrieve(Wanted("1.2.3.4")))

    assert contents.count == contents.announced == len(sent) == orthanc.count()
    listed = {one.uid: one for series in contents.series for one in series.instances}
    for one in sent:
        header = pydicom.dcmread(io.BytesIO(one.data), stop_before_pixels=True)
        assert listed[one.uid].position == tuple(header.ImagePositionPatient)
        assert listed[one.uid].number == header.InstanceNumber
        assert listed[one.uid].sop_class == one.sop_class
    assert here == listed.keys()


def test_one_instance_and_one_series_are_retrieved_alone(orthanc: Orthanc) -> None:
    sent = [instance(number, study="1.2.826.0.1.1") for number in (1, 2)]
    other = instance(3, study="1.2.826.0.1.1")
    other.SeriesInstanceUID = "1.2.826.0.1.1.99"
    orthanc.upload(bytes(outgoing(one).data) for one in (*sent, other))

    with connection(orthanc) as made:
        whole = Wanted("1.2.826.0.1.1", str(sent[0].SeriesInstanceUID))
        assert {one.uid for one in made.images.retrieve(whole)} == {one.SOPInstanceUID for one in sent}
        alone = replace(whole, uid=str(sent[1].SOPInstanceUID))
        assert [one.uid for one in made.images.retrieve(alone)] == [sent[1].SOPInstanceUID]


def people() -> list[Dataset]:
    """Return three invented persons' studies."""
    made = []
    for number, (name, date) in enumerate(
        [("DOE^JANE", "20240101"), ("ROE^RICHARD", "20240215"), ("김^희중", "20240301")], start=1
    ):
        one = instance(number, study=f"1.2.826.0.1.{number}")
        one.SpecificCharacterSet = "ISO_IR 192"
        one.PatientName, one.PatientID, one.StudyDate = name, f"P{number}", date
        one.AccessionNumber, one.Modality = f"A{number}", "CT"
        made.append(one)
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), {1, 2, 3}),
        (Query(text="doe"), {1}),
        (Query(text="P2"), {2}),
        (Query(text="a1"), {1}),
        (Query(patient_id="P1"), {1}),
        (Query(accession="A2"), {2}),
        (Query(from_date="20240101", to_date="20240215"), {1, 2}),
        (Query(from_date="20240216"), {3}),
        (Query(modalities=frozenset({"CT", "MR"})), {1, 2, 3}),
        (Query(modalities=frozenset({"MR"})), set()),
        (Query(text="nobody"), set()),
        (Query(text="김"), {3}),
    ],
)
def test_a_search_finds_what_fits(orthanc: Orthanc, query: Query, found: set[int]) -> None:
    orthanc.upload(bytes(outgoing(one).data) for one in people())

    with connection(orthanc) as made:
        studies = made.images.search(query).studies

    assert {one.study.uid for one in studies} == {f"1.2.826.0.1.{number}" for number in found}


@needs_dcmtk
def test_findscu_sees_the_same_studies(orthanc: Orthanc) -> None:
    orthanc.upload(bytes(outgoing(one).data) for one in people())

    with connection(orthanc) as made:
        ours = {one.study.uid for one in made.images.search(Query(from_date="20240201")).studies}
    said = run(
        "findscu", "-S", "-aec", "ORTHANC", HOST, orthanc.dicom_port,
        "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID", "-k", "StudyDate=20240201-",
    )  # fmt: skip

    assert (
        ours
        == set(re.findall(r"UI \[(1\.2\.826\.0\.1\.\d)\0?\]", said))
        == {"1.2.826.0.1.2", "1.2.826.0.1.3"}
    )


@needs_dcmtk
def test_getscu_gets_the_same_objects(orthanc: Orthanc, tmp_path: Path) -> None:
    sent = files_of("mr-head-t1")[:20]
    orthanc.upload(bytes(one.data) for one in sent)

    with connection(orthanc) as made:
        ours = {one.uid: read(one) for one in made.images.retrieve(Wanted(sent[0].study_uid))}
    run(
        "getscu", "-S", "-aec", "ORTHANC", "-od", tmp_path, HOST, orthanc.dicom_port,
        "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={sent[0].study_uid}",
    )  # fmt: skip
    theirs = [outgoing_of(file.read_bytes()) for file in tmp_path.iterdir()]

    assert {one.uid: read(one) for one in theirs} == ours  # it asks for Explicit VR: the bytes are others


# --- what it brings to us ---------------------------------------------------------------------------


def test_c_move_brings_what_c_get_gets(orthanc: Orthanc) -> None:
    sent = {one.uid: one for one in files_of("mr-head-t1")}
    orthanc.upload(bytes(one.data) for one in sent.values())
    study, keeper = next(iter(sent.values())).study_uid, Keeper()

    with listening(keeper) as listener, connection(orthanc, listener=listener, move=True) as made:
        orthanc.register("lumen", Modality("LUMEN", listener.port))
        got = {one.uid: dataset(one) for one in made.images.retrieve(Wanted(study))}

    assert got == {uid: dataset(one) for uid, one in sent.items()}
    assert keeper.files == {}


def test_what_nobody_asked_for_is_received(orthanc: Orthanc) -> None:
    """Somebody else lets the archive send it here."""
    one, keeper = outgoing(instance(1, study="1.2.826.0.1.1")), Keeper()
    orthanc.upload([bytes(one.data)])

    with listening(keeper) as listener:
        orthanc.register("lumen", Modality("LUMEN", listener.port))
        run(
            "movescu", "-S", "-aec", "ORTHANC", "-aem", "LUMEN", HOST, orthanc.dicom_port,
            "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.826.0.1.1",
        )  # fmt: skip

    assert {uid: data for uid, (_, _, data) in keeper.files.items()} == {one.uid: dataset(one)}
    assert keeper.files[one.uid][0] == "ORTHANC"


def test_it_commits_itself_to_what_it_has(orthanc: Orthanc) -> None:
    sent = [outgoing(instance(number, study="1.2.826.0.1.1")) for number in (1, 2, 3)]
    references = [Reference(one.study_uid, one.series_uid, one.uid, one.sop_class) for one in sent]

    with listening(Keeper()) as listener, connection(orthanc, listener=listener) as made:
        orthanc.register("lumen", Modality("LUMEN", listener.port))
        made.images.store(sent[:2])
        said = made.work.commit(references)

    assert said.kept == {one.uid for one in sent[:2]}
    assert said.failed.keys() == {sent[2].uid}


def entry(folder: Path) -> None:
    """Write an item of a worklist, as Orthanc's plugin reads it."""
    item, step = Dataset(), Dataset()
    item.SpecificCharacterSet = "ISO_IR 192"
    item.PatientName, item.PatientID, item.AccessionNumber = "DOE^JANE", "P1", "A1"
    item.StudyInstanceUID, item.RequestedProcedureDescription = "1.2.826.0.1.1", "CT chest"
    item.RequestedProcedureID, item.RequestedProcedurePriority = "R1", "STAT"
    step.Modality, step.ScheduledStationAETitle = "CT", "LUMEN"
    step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime = "20260301", "083000"
    step.ScheduledProcedureStepID, step.ScheduledProcedureStepDescription = "S1", "Thorax"
    item.ScheduledProcedureStepSequence = [step]
    item.SOPClassUID, item.SOPInstanceUID = "1.2.276.0.7230010.3.1.0.1", "1.2.826.0.1.1.1"
    item.SeriesInstanceUID = "1.2.826.0.1.1.0"
    (folder / "one.wl").write_bytes(outgoing(item).data)


@needs_dcmtk
def test_its_worklist_becomes_tasks(new_orthanc: Callable[..., Orthanc], tmp_path: Path) -> None:
    folder = tmp_path / "worklist"
    folder.mkdir()
    entry(folder)
    orthanc = new_orthanc(Setup(worklists=folder))

    with connection(orthanc) as made:
        (task,) = made.work.tasks()
    said = run("findscu", "-W", "-aec", "ORTHANC", HOST, orthanc.dicom_port, "-k", "AccessionNumber")

    assert (task.patient.name, task.accession, task.description) == ("DOE^JANE", "A1", "CT chest")
    assert (task.priority, task.modality, task.state) == ("STAT", "CT", TaskState.SCHEDULED)
    assert re.findall(r"SH \[(\w+)\s*\]", said) == ["A1"]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_over_tls_it_takes_and_gives(authority: Authority, new_orthanc: Callable[..., Orthanc]) -> None:
    theirs, ours = authority.issue(HOST), authority.issue(HOST, subject="workstation")
    orthanc = new_orthanc(Setup(dicom_tls=theirs, trusted=authority.file))
    rules = TlsRules(
        minimum="1.2", authorities=str(authority.file), certificate=str(ours.certificate), key=str(ours.key)
    )
    address = Address("orthanc", "Orthanc", Speech.DIMSE, (), called="ORTHANC")
    endpoint = Endpoint("line", host=HOST, port=orthanc.dicom_port)
    sent = [outgoing(instance(number, study="1.2.826.0.1.1", size=1 << 18)) for number in range(1, 6)]

    with closing(connect(address, endpoint, context=tls.context_of(rules), patience=HASTY)) as made:
        made.echo()
        assert {one.settled for one in made.images.store(sent)} == {Settled.STORED}
        got = {one.uid: dataset(one) for one in made.images.retrieve(Wanted("1.2.826.0.1.1"))}

    assert got == {one.uid: dataset(one) for one in sent}


# --- a line that breaks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.CUT])
def test_a_retrieval_that_is_cut_says_so_and_the_rest_is_fetched(orthanc: Orthanc, fault: Fault) -> None:
    sent = {one.uid: one for one in files_of("mr-head-t1")}
    orthanc.upload(bytes(one.data) for one in sent.values())
    any_one = next(iter(sent.values()))
    got: dict[str, bytes] = {}

    with FaultProxy(orthanc.dicom_port) as proxy, connection(orthanc, port=proxy.port) as made:
        proxy.script(None, Fate(fault, 75_000_000, Way.DOWN))  # the second connection is the C-GET's
        with pytest.raises(Truncated):
            got.update((one.uid, dataset(one)) for one in made.images.retrieve(Wanted(any_one.study_uid)))
        whole = len(got)
        for uid in sent.keys() - got.keys():
            wanted = Wanted(any_one.study_uid, any_one.series_uid, uid)
            got.update((one.uid, dataset(one)) for one in made.images.retrieve(wanted))

    assert 0 < whole < len(sent)
    assert got == {uid: dataset(one) for uid, one in sent.items()}


def test_an_archive_that_is_killed_while_it_sends_is_noticed(new_orthanc: Callable[..., Orthanc]) -> None:
    orthanc, sent = new_orthanc(), files_of("mr-head-t1")
    orthanc.upload(bytes(one.data) for one in sent)
    got = 0

    with connection(orthanc) as made:
        with pytest.raises(Truncated):  # noqa: PT012 - it is killed within
            for _ in made.images.retrieve(Wanted(sent[0].study_uid)):
                got += 1
                if got == 5:
                    orthanc.kill()
        with pytest.raises(Unreachable):
            made.echo()
        orthanc.start()
        made.echo()

    assert got < len(sent)


def test_a_storage_that_is_cut_says_which_objects_are_certain(orthanc: Orthanc) -> None:
    sent = [outgoing(instance(number, study="1.2.826.0.1.1", size=100_000)) for number in range(1, 21)]

    with FaultProxy(orthanc.dicom_port) as proxy, connection(orthanc, port=proxy.port) as made:
        proxy.script(Fate(Fault.RESET, 1_050_000, Way.UP))
        answers = made.images.store(sent)

    settled = [one.settled for one in answers]
    stored = settled.count(Settled.STORED)
    assert 5 <= stored <= 10
    assert settled == [Settled.STORED] * stored + [Settled.UNSAID] + [Settled.LATER] * (19 - stored)
    assert all(len(orthanc.copies(one.uid)) == 1 for one in answers if one.settled is Settled.STORED)


def test_a_line_on_which_nothing_passes_any_more_is_given_up(orthanc: Orthanc) -> None:
    orthanc.upload(bytes(outgoing(one).data) for one in people())
    address = Address("orthanc", "Orthanc", Speech.DIMSE, (), called="ORTHANC")

    with FaultProxy(orthanc.dicom_port) as proxy:
        endpoint = Endpoint("line", host=HOST, port=proxy.port)
        impatient = replace(HASTY, negotiate=0.5, silence=0.5)
        with closing(connect(address, endpoint, patience=impatient)) as made:
            made.echo()
            proxy.pull()
            with pytest.raises((Interrupted, Unreachable)):
                made.images.search(Query())
            proxy.plug()
