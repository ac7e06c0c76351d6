"""What proofs over real DIMSE share: connections, a listener that keeps, real studies, dcmtk's programs.

The real studies are ``../shared/data`` beside the repository (or the folder in LUMEN_DATA).
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pydicom
import pytest
from dimse_peer import HASTY, HOST
from orthanc import Orthanc
from pydicom.dataset import Dataset

from workstation.archive import Address, Endpoint, Outgoing, Speech
from workstation.archive.dimse.callers import Arrived, Caller, Receipt, Rules
from workstation.archive.dimse.connection import DimseConnection, connect
from workstation.archive.dimse.listener import Listener
from workstation.archive.dimse.part10 import File, dataset_of

DATA: Final = Path(os.environ.get("LUMEN_DATA", Path(__file__).parents[3] / "shared" / "data"))
RULES: Final = Rules(
    "LUMEN", 0, tuple(Caller(one, (HOST,)) for one in ("ORTHANC", "STORESCU", "ECHOSCU")), host=HOST
)
FAILED: Final = "(it failed)"


@contextmanager
def connection(
    orthanc: Orthanc, *, port: int = 0, listener: Listener | None = None, move: bool = False
) -> Iterator[DimseConnection]:
    """Connect to it, or to the port of a proxy before it."""
    way = {"retrieve": "move"} if move else {}
    address = Address("orthanc", "Orthanc", Speech.DIMSE, (), called="ORTHANC", overrides=way)
    endpoint = Endpoint("line", host=HOST, port=port or orthanc.dicom_port)
    with closing(connect(address, endpoint, listener=listener, patience=HASTY)) as made:
        yield made


def files_of(name: str) -> list[Outgoing]:
    """Return the objects of one of the real studies."""
    source = DATA / f"{name}.zip"
    if not source.exists():
        pytest.skip(f"needs ../shared/data/{name}.zip")
    with zipfile.ZipFile(source) as archive:
        contents = [archive.read(one) for one in archive.infolist() if not one.is_dir()]
    return [outgoing_of(one) for one in contents if one[128:132] == b"DICM"]


def outgoing_of(data: bytes) -> Outgoing:
    """Return a Part 10 file as something to be stored."""
    header = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)
    return Outgoing(
        str(header.SOPInstanceUID),
        str(header.SOPClassUID),
        str(header.StudyInstanceUID),
        str(header.SeriesInstanceUID),
        str(header.file_meta.TransferSyntaxUID),
        memoryview(data),
    )


def dataset(file: File | Outgoing) -> bytes:
    """Return the bytes of its dataset alone."""
    data = file.data if isinstance(file, Outgoing) else memoryview(b"".join(file))
    return bytes(dataset_of(data) or b"")


def read(file: File | Outgoing) -> Dataset:
    """Return it as pydicom reads it."""
    data = bytes(file.data) if isinstance(file, Outgoing) else b"".join(file)
    return without_padding(pydicom.dcmread(io.BytesIO(data)))


def without_padding(one: Dataset) -> Dataset:
    """Return it without what means nothing: padding at its end, and group lengths."""
    for element in list(one):
        if element.tag == 0xFFFC_FFFC or element.tag.element == 0:
            del one[element.tag]
    return one


def said_by(program: str, *arguments: str | int | Path) -> str:
    """Run one of dcmtk's programs and return what it says."""
    # Debian's program and a test's own arguments
    done = subprocess.run(  # noqa: S603
        [shutil.which(program) or program, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr + ("" if done.returncode == 0 else FAILED)


def run(program: str, *arguments: str | int | Path) -> str:
    """Run one of dcmtk's programs, which has to succeed, and return what it says."""
    said = said_by(program, *arguments)
    assert not said.endswith(FAILED), said
    return said


class Keeper:
    """Keeps what is brought."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, str, bytes]] = {}

    def __call__(self, file: Arrived) -> Receipt:
        self.files[file.uid] = (file.caller, file.transfer_syntax, dataset(file))
        return Receipt.KEPT


@contextmanager
def listening(keeper: Keeper, rules: Rules = RULES) -> Iterator[Listener]:
    """Listen while the block runs."""
    with closing(Listener(rules, keeper)) as listener:
        yield listener
