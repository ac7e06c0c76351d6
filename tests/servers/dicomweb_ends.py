"""What proofs over real DICOMweb share: connections, small studies, and what comes back of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from dicom_objects import EXPLICIT, ct, part10

from workstation.archive import Address, Endpoint, Speech, Wanted
from workstation.archive.web import ANONYMOUS, Authenticator, WebConnection, connect


@contextmanager
def connected(
    url: str, product: str = "", authenticator: Authenticator = ANONYMOUS
) -> Iterator[WebConnection]:
    """Connect to an archive; without its product's name, what it can do is probed."""
    address = Address("a", "An archive", Speech.DICOMWEB, (), product=product)
    with closing(connect(address, Endpoint("loopback", url=url), authenticator=authenticator)) as made:
        yield made


def study(number: int, instances: int = 1, syntax: str = EXPLICIT, **attributes: object) -> list[bytes]:
    """Return the files of a study with one series: 1.2.7, 1.2.7.1, 1.2.7.1.1 and so on for number 7."""
    uids = {"StudyInstanceUID": f"1.2.{number}", "SeriesInstanceUID": f"1.2.{number}.1"}
    return [
        part10(ct(SOPInstanceUID=f"1.2.{number}.1.{one}", InstanceNumber=one, **uids, **attributes), syntax)
        for one in range(1, instances + 1)
    ]


def fetched(connection: WebConnection, wanted: Wanted) -> list[bytes]:
    """Return every part that comes, whole."""
    return [b"".join(part) for part in connection.images.retrieve(wanted)]
