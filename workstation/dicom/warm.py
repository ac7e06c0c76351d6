"""Touch everything that loads at first use, before a worker's sandbox forbids loading.

Codecs are extension modules, Python's own text codecs are files, and pydicom imports parts of
itself from inside functions. A worker that meets one of them later could not read it any more.

Errors:  whatever a missing or broken library raises: such a worker must not start.
"""

from __future__ import annotations

import codecs
import importlib
from io import BytesIO
from typing import Final

import numpy as np
from pydicom import charset
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID

from workstation.dicom.codecs import decode_frame, frame_array
from workstation.dicom.examine import examine
from workstation.dicom.layout import IMPLICIT_LITTLE
from workstation.dicom.model import PixelFormat
from workstation.dicom.syntaxes import SUPPORTED

_SAMPLES: Final = "Aéяπ山가"  # a letter for each family of character sets
_LAZY: Final = ("pydicom.filereader", "pydicom.filewriter", "pydicom.pixels.utils", "pydicom._private_dict")


def warm_up() -> None:
    """Load every codec, character set and parser that a file may need."""
    for name in _LAZY:
        importlib.import_module(name)
    _load_character_sets()
    _examine_something()
    _decode_everything()


def _load_character_sets() -> None:
    for name in {*charset.python_encoding.values(), "ascii"}:
        for letter in _SAMPLES:  # a codec's tables load when a letter of theirs first comes by
            codecs.decode(letter.encode(name, "replace"), name)


def _examine_something() -> None:
    """Examine an object that has a bit of everything: sequences, escapes, an ambiguous VR."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(IMPLICIT_LITTLE)
    dataset.SpecificCharacterSet = ["", "ISO 2022 IR 149"]
    dataset.SOPClassUID = dataset.SOPInstanceUID = dataset.StudyInstanceUID = dataset.SeriesInstanceUID = (
        "1.2"
    )
    dataset.PatientName = "Hong^Gildong=洪^吉洞=홍^길동"
    dataset.Rows = dataset.Columns = dataset.SamplesPerPixel = 1
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation, dataset.SmallestImagePixelValue = 7, 0, 0
    measures = Dataset()
    measures.PixelSpacing = [1, 1]
    group = Dataset()
    group.PixelMeasuresSequence = [measures]
    dataset.SharedFunctionalGroupsSequence = [group]
    dataset.PixelData = b"\0\0"
    file = BytesIO()
    dcmwrite(file, dataset, implicit_vr=True, little_endian=True)
    examine(memoryview(file.getvalue()))


def _decode_everything() -> None:
    import imagecodecs

    grey = np.zeros((8, 8), np.uint8)
    packed = imagecodecs.packbits_encode(grey.tobytes())
    streams = {
        "native": grey.tobytes(),
        "rle": np.array([1, 64, *[0] * 14], "<u4").tobytes() + packed,
        "jpeg": imagecodecs.jpeg8_encode(grey, lossless=True),
        "jpeg-ls": imagecodecs.jpegls_encode(grey),
        "jpeg-2000": imagecodecs.jpeg2k_encode(grey, level=0, reversible=True, codecformat="j2k"),
    }
    for syntax, codec in SUPPORTED.items():
        pixel = PixelFormat(syntax, 8, 8, 1, 8, 8, 7, signed=False, photometric="MONOCHROME2", planar=0)
        decode_frame(bytes(streams[codec]), pixel, frame_array(pixel))
