"""The names are those of PS3.5 annexes H (Japanese), I (Korean), J (Chinese) and pydicom's test files."""

import warnings
from pathlib import Path

import pydicom.data
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread

from workstation.dicom import attributes, charsets
from workstation.dicom.header import read_header
from workstation.dicom.layout import scan

FILES = Path(pydicom.data.__file__).parent / "charset_files"


@pytest.mark.parametrize(
    ("terms", "value", "text"),
    [
        ("", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
        ("ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
        ("ISO_IR 192", "Wang^XiaoDong=王^小東".encode(), "Wang^XiaoDong=王^小東"),
        ("GB18030", "Wang^XiaoDong=王^小东".encode("gb18030"), "Wang^XiaoDong=王^小东"),
        (
            "\\ISO 2022 IR 87",  # H.3.1
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
        ),
        (
            "\\ISO 2022 IR 149",  # I.2
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
            "Hong^Gildong=洪^吉洞=홍^길동",
        ),
    ],
)
def test_a_name_reads_as_the_standard_prints_it(terms: str, value: bytes, text: str) -> None:
    assert charsets.decode(value, charsets.encodings(terms.encode())) == text


@pytest.mark.parametrize(
    "terms", ["", "NONSENSE", "ISO_IR 999", "ISO 2022 IR 0\\\\", "\0", "ISO_IR 100\\ISO_IR 192"]
)
@given(value=st.binary(max_size=40))
def test_no_bytes_under_any_character_set_fail_or_warn(terms: str, value: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(charsets.decode(value, charsets.encodings(terms.encode())), str)


def test_utf_8_is_recognised_where_no_character_set_is_named() -> None:
    assert charsets.decode("Müller^Zoë".encode(), charsets.encodings(b"")) == "Müller^Zoë"


@pytest.mark.parametrize("term", ["ISO IR 100", "iso_ir 100", "ISO-IR 100", "ISO_IR 100 "])
def test_a_misspelt_term_still_means_its_set(term: str) -> None:
    assert charsets.encodings(term.encode()) == ("latin_1",)


@pytest.mark.parametrize("path", sorted(FILES.glob("chr*.dcm")), ids=lambda path: str(path.stem))
def test_every_name_of_pydicoms_files_reads_as_pydicom_reads_it(path: Path) -> None:
    data = memoryview(path.read_bytes())

    name = attributes.text(read_header(data, scan(data)), "PatientName")

    whole = dcmread(path)
    if "PatientName" in whole:
        assert name.rstrip("=") == str(whole.PatientName)
