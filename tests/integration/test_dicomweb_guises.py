"""Products that nobody has named: what probing finds out is enough to find, describe, fetch and store.

The same with ready profiles is in ``test_guises``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from io import BytesIO

import pydicom
import pytest
from dicom_objects import ct, part10
from guise_proxy import TOKEN, Disguised, disguised
from guises import GUISES
from large_files import FORMS, large
from orthanc import Orthanc

from workstation.archive import (
    Address,
    Endpoint,
    NotThere,
    Outgoing,
    Query,
    Reference,
    Settled,
    Speech,
    Wanted,
)
from workstation.archive.unfinished import begun_of
from workstation.archive.web import WebConnection, connect
from workstation.archive.web.capabilities import PROFILES

PRODUCTS = tuple(GUISES)
TRAITS = (
    "percent_decodes", "wildcards", "fuzzy_names", "study_metadata", "study_retrieve", "series_retrieve",
    "single_part", "rendered", "workitems",
)  # fmt: skip


class Bearer:
    """Has the token."""

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {TOKEN}"}

    def refused(self, sent: Mapping[str, str]) -> bool:
        del sent
        return False


@pytest.fixture(name="wear")
def to_wear(orthanc: Orthanc) -> Iterator[Callable[[str], Disguised]]:
    with ExitStack() as stack:
        yield lambda product: stack.enter_context(disguised(orthanc.port, GUISES[product]))


def probing(disguise: Disguised, product: str = "") -> WebConnection:
    address = Address("o", "An archive", Speech.DICOMWEB, (), product=product)
    return connect(address, Endpoint("loopback", url=disguise.url), authenticator=Bearer())


def study(number: int, instances: int = 1, **attributes: object) -> list[bytes]:
    uids = {"StudyInstanceUID": f"1.2.{number}", "SeriesInstanceUID": f"1.2.{number}.1"}
    return [
        part10(ct(SOPInstanceUID=f"1.2.{number}.1.{one}", InstanceNumber=one, **uids, **attributes))
        for one in range(1, instances + 1)
    ]


def outgoing(data: bytes) -> Outgoing:
    read = pydicom.dcmread(BytesIO(data))
    uids = str(read.StudyInstanceUID), str(read.SeriesInstanceUID)
    syntax = str(read.file_meta.TransferSyntaxUID)
    return Outgoing(str(read.SOPInstanceUID), str(read.SOPClassUID), *uids, syntax, memoryview(data))


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_probing_finds_is_what_the_profile_says(
    orthanc: Orthanc, wear: Callable[[str], Disguised], product: str
) -> None:
    orthanc.upload(study(1))
    with closing(probing(wear(product))) as connection:
        found, profile = connection.capabilities, PROFILES[product]

    for trait in TRAITS:
        assert getattr(found, trait) == getattr(profile, trait), trait


@pytest.mark.parametrize("product", PRODUCTS)
def test_studies_are_found_described_and_fetched_without_a_profile(
    orthanc: Orthanc, wear: Callable[[str], Disguised], product: str
) -> None:
    files = study(1, 12, PatientName="DOE^JANE", StudyDescription="Head") + study(2, PatientName="ROE^JIM")
    orthanc.upload(files)

    with closing(probing(wear(product))) as connection:
        images = connection.images
        (found,) = images.search(Query(text="doe")).studies
        contents = images.metadata("1.2.1")
        whole = [b"".join(part) for part in images.retrieve(Wanted("1.2.1"))]
        series = [b"".join(part) for part in images.retrieve(Wanted("1.2.1", "1.2.1.1"))]
        single = [b"".join(part) for part in images.retrieve(Wanted("1.2.1", "1.2.1.1", "1.2.1.1.7"))]
        frames = [b"".join(part) for part in images.retrieve(Wanted("1.2.1", "1.2.1.1", "1.2.1.1.7", (0,)))]
        with pytest.raises(NotThere):
            list(images.retrieve(Wanted("1.2.77")))

    assert (found.study.uid, found.patient.name) == ("1.2.1", "DOE^JANE")
    assert (contents.study.description, contents.count, found.instances) == ("Head", 12, 12)
    assert sorted(whole) == sorted(series) == sorted(files[:12])
    assert (single, frames) == ([files[6]], [bytes(ct().PixelData)])


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_is_stored_without_a_profile_is_there(
    orthanc: Orthanc, wear: Callable[[str], Disguised], product: str
) -> None:
    files = study(1, 3)
    objects = [outgoing(one) for one in files]
    references = [Reference(one.study_uid, one.series_uid, one.uid) for one in objects]

    with closing(probing(wear(product))) as connection:
        answers = connection.images.store(objects)
        there = connection.images.verify([*references, Reference("1.2.1", "1.2.1.1", "9.9")])

    assert [one.settled for one in answers] == [Settled.STORED] * 3
    assert there == {one.uid for one in objects}
    assert [orthanc.copies(one.uid) for one in objects] == [[one] for one in files]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_file_that_was_cut_is_continued_by_frames_also_where_no_length_is_told(
    orthanc: Orthanc, wear: Callable[[str], Disguised], product: str, form: str
) -> None:
    file = large(form)
    orthanc.upload([file.data])
    with closing(probing(wear(product), product)) as connection:
        (part,) = (one for one in connection.images.retrieve(Wanted("1.2.3", "1.2.3.1", "1.2.3.4")))
        begun = begun_of(bytearray(file.data[: file.ends[1] + 5]), part.length, least=0)
        assert begun is not None
        for one in connection.images.rest(begun):
            begun.take(one.frame, one, one.transfer_syntax)

    assert bytes(begun.whole()) == file.data
