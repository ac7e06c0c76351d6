from __future__ import annotations

import pytest
from dicom_json import item

from workstation.archive.web.json_model import sequence, text
from workstation.archive.web.native_xml import item_of

ANSWER = b"""<?xml version="1.0" encoding="UTF-8"?>
<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve">
  <DicomAttribute tag="00081190" vr="UR" keyword="RetrieveURL"><Value number="1">http://x/</Value></DicomAttribute>
  <DicomAttribute tag="00081199" vr="SQ" keyword="ReferencedSOPSequence">
    <Item number="1">
      <DicomAttribute tag="00081155" vr="UI"><Value number="1">1.2.3</Value></DicomAttribute>
    </Item>
    <Item number="2">
      <DicomAttribute tag="00081155" vr="UI"><Value number="1">1.2.4</Value></DicomAttribute>
      <DicomAttribute tag="00081196" vr="US"><Value number="1">45056</Value></DicomAttribute>
    </Item>
  </DicomAttribute>
  <DicomAttribute tag="00100010" vr="PN">
    <PersonName number="1">
      <Alphabetic><FamilyName>Hong</FamilyName><GivenName>Gildong</GivenName></Alphabetic>
      <Ideographic><FamilyName>&#27946;</FamilyName><NameSuffix>x</NameSuffix></Ideographic>
    </PersonName>
  </DicomAttribute>
</NativeDicomModel>"""


def test_xml_says_the_same_as_json() -> None:
    found = item_of(ANSWER)

    expected = item(
        ReferencedSOPSequence=[{"ReferencedSOPInstanceUID": "1.2.3"}, {"ReferencedSOPInstanceUID": "1.2.4"}]
    )
    uids = [text(one, "ReferencedSOPInstanceUID") for one in sequence(found, "ReferencedSOPSequence")]
    assert uids == [
        text(one, "ReferencedSOPInstanceUID") for one in sequence(expected, "ReferencedSOPSequence")
    ]
    assert text(sequence(found, "ReferencedSOPSequence")[1], "WarningReason") == "45056"
    assert text(found, "PatientName") == "Hong^Gildong=洪^^^^x"


def nested(depth: int) -> bytes:
    inner = b'<DicomAttribute tag="00081199" vr="SQ"><Item>' * depth + b"</Item></DicomAttribute>" * depth
    return b"<NativeDicomModel>" + inner + b"</NativeDicomModel>"


def test_sequences_may_lie_in_one_another_but_not_without_end() -> None:
    item_of(nested(10))
    with pytest.raises(ValueError, match="too deep"):
        item_of(nested(17))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body>Welcome</body></html>",
        b"<NativeDicomModel>",
        b"\xff\xfe<\0",
        b'<!DOCTYPE x [<!ENTITY a "b">]><NativeDicomModel/>',
        b'<?xml version="1.0"?>\n<!doctype x><NativeDicomModel/>',
    ],
)
def test_what_is_no_data_set_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  each says something else
        item_of(data)
