"""The oracle for where elements lie is pydicom's own reading of the same file."""

import struct
from io import BytesIO

import pytest
from dicom_objects import BIG, DEFLATED, EXPLICIT, IMPLICIT, bare, ct, item, part10, sequence
from pydicom import dcmread
from pydicom.dataelem import RawDataElement

from workstation.dicom.elements import PIXEL_TAGS, Element
from workstation.dicom.errors import DicomRefused, NotDicom
from workstation.dicom.layout import Layout, looks_like_dicom, scan
from workstation.dicom.limits import Limits

PIXELS = 0x7FE0_0010


def _scan(data: bytes, **limits: int) -> Layout:
    return scan(memoryview(data), Limits(**limits))


def _element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """Return an element in explicit little endian with a 4-byte length."""
    size = len(value) if length is None else length
    return struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, vr, 0, size) + value


def _before_pixels(data: bytes, elements: bytes) -> bytes:
    at = data.rindex(b"\xe0\x7f\x10\x00")
    return data[:at] + elements + data[at:]


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG, DEFLATED])
def test_every_element_lies_where_pydicom_finds_it(syntax: str) -> None:
    data = part10(ct(SourceImageSequence=sequence(item(PatientID="x"), item(PatientID="yy"))), syntax)

    layout = _scan(data)

    assert layout.transfer_syntax == syntax
    whole = dcmread(BytesIO(data))
    assert set(layout.elements) == {int(tag) for tag in whole.keys()}  # noqa: SIM118 - a Dataset iterates elements
    body = layout.body(memoryview(data))
    for tag, element in layout.elements.items():
        raw: object = whole.get_item(tag)
        if isinstance(raw, RawDataElement) and syntax != DEFLATED:
            assert (element.offset, element.length) == (raw.value_tell, raw.length)
            assert bytes(body[element.offset :][: element.length]) == raw.value


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT, BIG])
def test_a_bare_dataset_tells_its_encoding_by_its_first_element(syntax: str) -> None:
    layout = _scan(bare(ct(), syntax))

    assert layout.transfer_syntax == syntax
    assert not layout.meta
    assert layout.pixels is not None


@pytest.mark.parametrize(("said", "true"), [(IMPLICIT, EXPLICIT), (EXPLICIT, IMPLICIT)])
def test_the_dataset_is_believed_against_its_transfer_syntax(said: str, true: str) -> None:
    """Some writers say implicit and write explicit; pydicom reads them too."""
    head = part10(ct(), said)[: -len(bare(ct(), said))]

    assert _scan(head + bare(ct(), true)).transfer_syntax == true


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"MZ" + bytes(300),
        b"%PDF-1.7 and so on",
        b"\xff\xd8\xff\xe0" * 50,
    ],
)
def test_another_kind_of_file_is_told_apart(head: bytes) -> None:
    assert not looks_like_dicom(head)
    with pytest.raises(NotDicom):
        _scan(head)


def test_a_picture_in_the_preamble_doesnt_matter() -> None:
    """PS3.10 7.1: the preamble may hold anything, a TIFF header for instance."""
    data = part10(ct())

    assert _scan(b"II*\0" + data[4:]).pixels is not None


def test_a_file_without_elements_is_refused() -> None:
    with pytest.raises(DicomRefused, match="no dataset"):
        _scan(bytes(128) + b"DICM")


@pytest.mark.parametrize("cut", [1, 39, 41, 60, 200, 300])
def test_a_cut_file_says_what_is_cut_and_where(cut: int) -> None:
    data = part10(ct())

    with pytest.raises(DicomRefused, match=rf"cut off inside .*byte \d+ of {len(data) - cut}"):
        _scan(data[:-cut])


def test_zeros_after_the_last_element_are_no_element() -> None:
    data = part10(ct(PixelData=None, Rows=None))

    assert _scan(data + bytes(7)).elements == _scan(data).elements
    with pytest.raises(DicomRefused, match="cut off"):
        _scan(data + b"\x10\0\x10\0")


def test_the_walk_ends_with_the_pixels_whatever_comes_after() -> None:
    data = part10(ct())

    assert _scan(data + b"rubbish that is no element").elements == _scan(data).elements


def test_an_undefined_length_sequence_ends_before_its_delimiter() -> None:
    dataset = ct(SourceImageSequence=sequence(item(PatientID="x")))
    dataset["SourceImageSequence"].is_undefined_length = True
    dataset.SourceImageSequence[0].is_undefined_length_sequence_item = True
    data = part10(dataset)

    element = _scan(data).elements[0x0008_2112]

    assert element.vr == "SQ"
    after = element.offset + element.length
    assert data[after : after + 8] == struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def test_un_of_undefined_length_is_a_sequence_in_implicit_encoding() -> None:
    """PS3.5 6.2.2 note 2; pydicom reads the same item."""
    inner = struct.pack("<HHI", 0x0010, 0x0020, 2) + b"ID"
    items = struct.pack("<HHI", 0xFFFE, 0xE000, len(inner)) + inner + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    data = _before_pixels(part10(ct()), _element(0x0011_1001, b"UN", items, 0xFFFF_FFFF))

    assert _scan(data).elements[0x0011_1001].vr == "SQ"
    assert dcmread(BytesIO(data))[0x0011_1001][0].PatientID == "ID"


def test_an_implicit_item_stays_implicit_where_a_length_looks_like_a_vr() -> None:
    """0x4242 bytes: the length's first two bytes are B, B."""
    inner = struct.pack("<HHI", 0x0008, 0x0060, 2) + b"CT"
    inner += struct.pack("<HHI", 0x0028, 0x2000, 0x4242) + b"x" * 0x4242
    items = struct.pack("<HHI", 0xFFFE, 0xE000, len(inner)) + inner + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    data = _before_pixels(part10(ct()), _element(0x0011_1001, b"UN", items, 0xFFFF_FFFF))

    assert _scan(data).pixels is not None
    assert len(dcmread(BytesIO(data))[0x0011_1001][0].ICCProfile) == 0x4242


@pytest.mark.parametrize(("content", "vr"), [(b"rubbish!", "UN"), (b"\xfe\xff\x00\xe0\0\0\0\0", "SQ")])
def test_rubbish_in_a_private_sequence_is_taken_as_bytes(content: bytes, vr: str) -> None:
    data = _before_pixels(part10(ct()), _element(0x0011_1001, b"SQ", content))

    found = _scan(data).elements[0x0011_1001]

    assert (found.vr, found.length) == (vr, 8)


def test_a_public_sequence_of_rubbish_is_refused() -> None:
    data = _before_pixels(part10(ct()), _element(0x0008_1140, b"SQ", b"rubbish!"))

    with pytest.raises(DicomRefused, match=r"\(0008,1140\) holds something that is no item"):
        _scan(data)


def test_an_item_that_runs_past_its_sequence_is_refused() -> None:
    items = struct.pack("<HHI", 0xFFFE, 0xE000, 100)
    data = _before_pixels(part10(ct()), _element(0x0008_1140, b"SQ", items))

    with pytest.raises(DicomRefused, match=r"^An item runs past the item that holds it"):
        _scan(data)


def test_a_tag_in_a_refusal_is_written_as_the_standard_does() -> None:
    """The value of (0008,103E) claims 100 bytes in an item of 8."""
    inner = struct.pack("<HH2sH", 0x0008, 0x103E, b"LO", 100)
    items = struct.pack("<HHI", 0xFFFE, 0xE000, len(inner)) + inner
    data = _before_pixels(part10(ct()), _element(0x0008_1140, b"SQ", items))

    with pytest.raises(DicomRefused, match=r"^\(0008,103E\) runs past"):
        _scan(data)


def test_an_icon_with_encapsulated_pixels_is_walked_through() -> None:
    fragments = (
        struct.pack("<HHI", 0xFFFE, 0xE000, 0) + struct.pack("<HHI", 0xFFFE, 0xE000, 4) + b"\xff\xd8\xff\xd9"
    )
    icon = _element(PIXELS, b"OB", fragments + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0), 0xFFFF_FFFF)
    items = struct.pack("<HHI", 0xFFFE, 0xE000, len(icon)) + icon
    data = _before_pixels(part10(ct()), _element(0x0088_0200, b"SQ", items))

    assert _scan(data).pixels == (PIXELS, Element("OW", len(data) - 40, 40))


def test_the_fragments_of_encapsulated_pixels_are_listed_the_offset_table_first() -> None:
    data = part10(ct())
    at = data.rindex(b"\xe0\x7f\x10\x00")
    spans = [struct.pack("<HHI", 0xFFFE, 0xE000, n) + b"x" * n for n in (0, 6, 2)]
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)

    found = _scan(data[:at] + _element(PIXELS, b"OB", b"".join(spans) + end, 0xFFFF_FFFF)).pixels

    first = at + 12 + 8
    assert found is not None
    assert found[1].fragments == ((first, 0), (first + 8, 6), (first + 22, 2))


def test_only_the_last_delimiter_of_the_pixels_may_be_missing() -> None:
    data = part10(ct())
    at = data.rindex(b"\xe0\x7f\x10\x00")
    spans = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, n) + b"x" * n for n in (0, 6, 2))
    whole = data[:at] + _element(PIXELS, b"OB", spans, 0xFFFF_FFFF)

    found = _scan(whole).pixels
    assert found is not None
    assert found[1].fragments is not None
    assert len(found[1].fragments) == 3
    with pytest.raises(DicomRefused, match="cut off inside fragment 2"):
        _scan(whole[:-1])
    with pytest.raises(DicomRefused, match="more than 1 fragments"):
        _scan(whole, fragments_per_frame=1, fragments_spare=0)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"total": 100}, "larger than"),
        ({"elements": 5}, "more than 5 elements"),
        ({"items": 1}, "more than 1 sequence items"),
        ({"depth": 1}, "more than 1 deep"),
        ({"text": 2}, "holds a text of"),
    ],
)
def test_each_limit_refuses_with_its_own_reason(limits: dict[str, int], reason: str) -> None:
    inner = item(ReferencedImageSequence=sequence(item(PatientID="x")))
    data = part10(ct(SourceImageSequence=sequence(inner, inner)))

    assert _scan(data).pixels
    with pytest.raises(DicomRefused, match=reason):
        _scan(data, **limits)


def test_elements_of_the_file_meta_information_are_counted_too() -> None:
    data = part10(ct())
    more = b"".join(struct.pack("<HH2sH", 0x0002, 0x0102, b"OB", 0) + bytes(4) for _ in range(60))

    with pytest.raises(DicomRefused, match="more than 50 elements"):
        _scan(data[:132] + more + data[132:], elements=50)


def test_float_and_double_pixels_are_pixels_too() -> None:
    dataset = ct(PixelData=None)
    dataset.FloatPixelData = bytes(80)
    found = _scan(part10(dataset)).pixels

    assert found is not None
    assert found[0] == PIXEL_TAGS[1]
