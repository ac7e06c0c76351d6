"""What a disc's DICOMDIR says should be there, so that a scratched disc is noticed.

The walk finds files by itself, listed or not; the directory is only asked what is missing. Its
references are compared with names that were found, the way file systems of discs compare them
(no case, no version number), and never opened: one that points outside just names no file.

Errors:  DicomRefused for a directory that can't be read.
Source:  PS3.3 F (basic directory), (0004,1500) ReferencedFileID; PS3.10 8.2 (file IDs); PS3.12 F.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from workstation.dicom.attributes import items, texts
from workstation.dicom.errors import refusing
from workstation.dicom.header import read_header
from workstation.dicom.layout import scan
from workstation.dicom.limits import MIB

DIRECTORY_NAME: Final = "DICOMDIR"
MAX_DIRECTORY: Final = 64 * MIB


def referenced_files(data: memoryview) -> list[str]:
    """Return the files that a DICOMDIR lists, as paths relative to it."""
    with refusing("The disc's directory can't be read"):
        dataset = read_header(data, scan(data))
        records = items(dataset, "DirectoryRecordSequence")
        parts = (texts(record, "ReferencedFileID") for record in records)
        return ["/".join(part) for part in parts if part]


def missing(listed: Iterable[str], folder: str, found: Iterable[str]) -> list[str]:
    """Return the listed files that aren't among those found in a ``folder``, each once, in order."""
    there = {_key(name) for name in found}
    return [name for name in dict.fromkeys(listed) if _key(f"{folder}/{name}") not in there]


def _key(name: str) -> str:
    """ISO 9660 may show a file as LOWER or lower, with a version (;1) or a bare dot at its end."""
    return name.split(";", maxsplit=1)[0].rstrip(".").casefold()
