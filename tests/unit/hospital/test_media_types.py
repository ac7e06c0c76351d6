"""Headers as RFC 9110 and PS3.18 8.7.3 write them, and as servers and clients in the field do."""

from __future__ import annotations

import pytest

from workstation.hospital.exchange import Refused
from workstation.hospital.media_types import MediaType, demand_json, may_be, wanted

DICOM, CT, JPEG_LS = "application/dicom", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.80"


@pytest.mark.parametrize(
    ("accept", "syntax", "fits"),
    [
        ("", JPEG_LS, True),
        ("*/*", JPEG_LS, True),
        ('multipart/related; type="application/dicom"', CT, True),  # the default is Explicit VR Little Endian
        ('multipart/related; type="application/dicom"', JPEG_LS, False),
        ('multipart/related; type="application/dicom"; transfer-syntax=*', JPEG_LS, True),
        ("multipart/related;type=application/dicom;transfer-syntax=*", JPEG_LS, True),
        ('multipart/related; transfer-syntax="*"; TYPE="application/dicom"', JPEG_LS, True),
        ('multipart/related; type="application/dicom; transfer-syntax=*"', JPEG_LS, True),
        (f'multipart/related; type="application/dicom"; transfer-syntax={JPEG_LS}', JPEG_LS, True),
        (f'multipart/related; type="application/dicom"; transfer-syntax={JPEG_LS}', CT, False),
        ('text/html, multipart/related; type="application/dicom"; transfer-syntax=*;q=0.5', JPEG_LS, True),
        ('multipart/related; type="application/dicom"; transfer-syntax=*;q=0', JPEG_LS, False),
        ("application/dicom; transfer-syntax=*", CT, False),  # the parts would be fine, the whole is not
        ('multipart/related; type="application/octet-stream"; transfer-syntax=*', CT, False),
        ("multipart/related", CT, True),
    ],
)
def test_files_are_acceptable_or_not(accept: str, syntax: str, *, fits: bool) -> None:
    assert may_be(accept, DICOM, syntax) is fits


def test_a_comma_inside_quotes_parts_nothing() -> None:
    [one] = MediaType.parsed(r'multipart/related; type="a/b"; boundary="x,\"y;z"')

    assert one.parameters == {"type": "a/b", "boundary": 'x,"y;z'}


def test_what_is_wanted_most_comes_first() -> None:
    names = [one.name for one in wanted("a/a;q=0.2, b/b, c/c;q=0.7, d/d;q=nonsense")]

    assert names == ["b/b", "c/c", "a/a"]


@pytest.mark.parametrize("accept", ["", "*/*", "application/dicom+json", "application/json;q=0.1, text/xml"])
def test_json_is_answered_to_who_takes_it(accept: str) -> None:
    demand_json(accept)


@pytest.mark.parametrize(
    ("accept", "status"),
    [('multipart/related; type="application/dicom+xml"', 406), ("text/html", 406), ("nonsense", 400)],
)
def test_and_refused_to_who_does_not(accept: str, status: int) -> None:
    with pytest.raises(Refused) as refused:
        demand_json(accept)

    assert refused.value.status == status
