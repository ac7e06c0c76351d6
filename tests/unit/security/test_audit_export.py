from __future__ import annotations

import base64
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.sr._concepts_dict import concepts

from workstation.security import audit_codes
from workstation.security.audit import START, AuditRecord, SealedRecord, seal_record, verify_chain
from workstation.security.audit_codes import EVENTS, Action, Code, Outcome
from workstation.security.audit_export import audit_message, json_line, read_json_line

RECORD = AuditRecord(
    seq=1,
    utc=datetime(2026, 1, 1, 12, 0, 0, 5000, tzinfo=UTC),
    monotonic=1.5,
    user="rad1",
    user_name="Dr. Müller",
    patient="P7",
    study="1.2.840.99.1",
    action=Action.OPEN_STUDY,
    outcome=Outcome.SUCCESS,
    detail="",
)

# PS3.15 A.5.1.1, the schema in RELAX NG compact: attributes (! is mandatory, else optional) and the order of
# the children (as a pattern over their names).
CODED = ({"csd-code!", "codeSystemName!", "originalText!", "displayName"}, "")
SCHEMA: dict[str, tuple[set[str], str]] = {
    "AuditMessage": (
        set(),
        (
            "EventIdentification (ActiveParticipant )+"
            "AuditSourceIdentification (ParticipantObjectIdentification )*"
        ),
    ),
    "EventIdentification": (
        {"EventActionCode", "EventDateTime!", "EventOutcomeIndicator!"},
        "EventID (EventTypeCode )*(EventOutcomeDescription )?",
    ),
    "EventID": CODED,
    "EventTypeCode": CODED,
    "EventOutcomeDescription": (set(), ""),
    "ActiveParticipant": (
        {
            "UserID!",
            "AlternativeUserID",
            "UserName",
            "UserIsRequestor!",
            "NetworkAccessPointID",
            "NetworkAccessPointTypeCode",
        },
        "(RoleIDCode )*(MediaIdentifier )?",
    ),
    "RoleIDCode": CODED,
    "MediaIdentifier": (set(), "MediaType "),
    "MediaType": CODED,
    "AuditSourceIdentification": ({"AuditEnterpriseSiteID", "AuditSourceID!"}, "(AuditSourceTypeCode )*"),
    "AuditSourceTypeCode": ({"csd-code!", "codeSystemName", "originalText", "displayName"}, ""),
    "ParticipantObjectIdentification": (
        {
            "ParticipantObjectID!",
            "ParticipantObjectTypeCode",
            "ParticipantObjectTypeCodeRole",
            "ParticipantObjectDataLifeCycle",
            "ParticipantObjectSensitivity",
        },
        (
            "ParticipantObjectIDTypeCode (ParticipantObjectName |ParticipantObjectQuery )"
            "(ParticipantObjectDetail )*(ParticipantObjectDescription )*"
        ),
    ),
    "ParticipantObjectIDTypeCode": CODED,
    "ParticipantObjectName": (set(), ""),
    "ParticipantObjectQuery": (set(), ""),
    "ParticipantObjectDetail": ({"type!", "value!"}, ""),
}
VALUES = {
    "EventActionCode": "C|R|U|D|E",
    "EventOutcomeIndicator": "0|4|8|12",
    "EventDateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "UserIsRequestor": "true|false",
    "ParticipantObjectTypeCode": "[1-4]",
    "ParticipantObjectTypeCodeRole": "[1-9]|1[0-9]|2[0-6]",
}


def check(element: ET.Element) -> None:
    attributes, children = SCHEMA[element.tag]
    mandatory = {name[:-1] for name in attributes if name.endswith("!")}
    assert mandatory <= set(element.keys()) <= {name.rstrip("!") for name in attributes}, element.tag
    for name, value in element.items():
        assert re.fullmatch(VALUES.get(name, ".*"), value, re.DOTALL), (name, value)
    assert re.fullmatch(children, "".join(f"{child.tag} " for child in element)), element.tag
    for child in element:
        check(child)


def message(record: AuditRecord) -> ET.Element:
    element = ET.fromstring(audit_message(record, "reading-room-2", "St. Elsewhere"))  # noqa: S314  ours
    check(element)
    return element


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("detail", ["", "three files could not be read"])
def test_every_message_has_the_standards_form(action: Action, outcome: Outcome, detail: str) -> None:
    element = message(replace(RECORD, action=action, outcome=outcome, detail=detail))
    requestors = [who for who in element.iter("ActiveParticipant") if who.get("UserIsRequestor") == "true"]

    assert [who.get("UserID") for who in requestors] == ["rad1"]
    assert element.find("EventIdentification").get("EventOutcomeIndicator") == str(int(outcome))  # type: ignore[union-attr]


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.sampled_from(Action))
def test_no_text_breaks_the_form(user: str, patient: str, detail: str, action: Action) -> None:
    message(replace(RECORD, user=user, user_name=patient, patient=patient, detail=detail, action=action))


def test_text_that_xml_can_carry_comes_through_whole() -> None:
    element = message(replace(RECORD, user_name='Müller & Söhne <"> 放射'))

    assert element.find("ActiveParticipant").get("UserName") == 'Müller & Söhne <"> 放射'  # type: ignore[union-attr]


def test_every_action_has_an_event_of_the_standard() -> None:
    """PS3.16's own tables, as pydicom carries them: CID 400 events, 401 types, 402 roles, 405 media."""
    table = {
        code: (meaning, cids)
        for entries in concepts["DCM"].values()
        for code, (meaning, cids) in entries.items()  # type: ignore[attr-defined]  # the table is untyped
    }

    def is_in(code: Code, cid: int) -> bool:
        return table[code.value][0] == code.meaning and cid in table[code.value][1] and code.scheme == "DCM"

    assert set(EVENTS) == set(Action)
    assert all(is_in(told.event, 400) for told in EVENTS.values())
    assert all(is_in(told.type, 401) for told in EVENTS.values() if told.type and told.type.scheme == "DCM")
    for role in (
        audit_codes.APPLICATION,
        audit_codes.LAUNCHER,
        audit_codes.SOURCE,
        audit_codes.DESTINATION,
        audit_codes.SOURCE_MEDIA,
        audit_codes.DESTINATION_MEDIA,
    ):
        assert is_in(role, 402)
    assert is_in(audit_codes.URI, 405)
    assert is_in(audit_codes.STUDY_UID, 404)
    assert is_in(audit_codes.SOP_CLASS_UID, 404)


@pytest.mark.parametrize(
    ("action", "event", "act", "kind"),
    [
        (Action.START, "110100", "E", "110120"),  # A.5.3.1
        (Action.STOP, "110100", "E", "110121"),
        (Action.READ_AUDIT, "110101", "R", None),  # A.5.3.2
        (Action.EXPORT, "110106", "R", None),  # A.5.3.4
        (Action.IMPORT, "110107", "C", None),  # A.5.3.5
        (Action.OPEN_STUDY, "110103", "R", None),  # A.5.3.6
        (Action.MEASURE, "110103", "U", None),
        (Action.DELETE_STUDY, "110105", "D", None),  # A.5.3.8
        (Action.SEARCH, "110112", "E", None),  # A.5.3.10
        (Action.ALERT, "110113", "E", "integrity"),  # A.5.3.11
        (Action.CHANGE_KEYS, "110113", "E", "110129"),
        (Action.SIGN_IN, "110114", "E", "110122"),  # A.5.3.12
        (Action.SIGN_OUT, "110114", "E", "110123"),
    ],
)
def test_an_event_says_what_its_table_demands(action: Action, event: str, act: str, kind: str | None) -> None:
    element = message(replace(RECORD, action=action)).find("EventIdentification")
    assert element is not None
    types = [each.get("csd-code") for each in element.iter("EventTypeCode")]

    assert [each.get("csd-code") for each in element.iter("EventID")] == [event]
    assert element.get("EventActionCode") == act
    assert types == ([] if kind is None else [kind])


@pytest.mark.parametrize(
    ("action", "person", "medium"), [(Action.IMPORT, "110152", "110155"), (Action.EXPORT, "110153", "110154")]
)
def test_import_and_export_name_the_medium(action: Action, person: str, medium: str) -> None:
    """PS3.15 A.5.3.4 and A.5.3.5: roles of the one who acts and of the medium, and the medium's type."""
    element = message(replace(RECORD, action=action, detail="/media/cd"))
    roles = {
        who.get("UserID"): [role.get("csd-code") for role in who.iter("RoleIDCode")]
        for who in element.iter("ActiveParticipant")
    }

    assert roles["rad1"] == [person]
    assert roles["/media/cd"] == [medium]
    assert [each.get("csd-code") for each in element.iter("MediaType")] == ["110037"]


def test_study_and_patient_are_the_objects() -> None:
    """PS3.15 A.5.3.6: study (2, 3, Study Instance UID) and patient (1, 1, Patient Number)."""
    objects = [
        (
            each.get("ParticipantObjectID"),
            each.get("ParticipantObjectTypeCode"),
            each.get("ParticipantObjectTypeCodeRole"),
            each[0].get("csd-code"),
        )
        for each in message(RECORD).iter("ParticipantObjectIdentification")
    ]

    assert objects == [("1.2.840.99.1", "2", "3", "110180"), ("P7", "1", "1", "2")]


def test_detail_and_query_survive_in_base64() -> None:
    detail = message(replace(RECORD, detail="length 24.1 mm")).find(".//ParticipantObjectDetail")
    query = message(replace(RECORD, action=Action.SEARCH, study="", detail="müll")).findtext(
        ".//ParticipantObjectQuery"
    )

    assert detail is not None
    assert base64.b64decode(detail.get("value", "")) == b"length 24.1 mm"
    assert base64.b64decode(query or "").decode() == "müll"


def test_exported_lines_are_verified_like_the_store() -> None:
    rows: list[SealedRecord] = []
    previous = START.hash
    for seq in range(1, 40):
        rows.append(seal_record(replace(RECORD, seq=seq, detail="ü" * seq), previous))
        previous = rows[-1].hash
    lines = [json_line(row) for row in rows]

    assert [read_json_line(line) for line in lines] == rows
    assert all(json.loads(line)["record"]["user"] == "rad1" and "\n" not in line for line in lines)
    lines[9] = lines[9].replace("rad1", "rad2")
    report = verify_chain(read_json_line(line) for line in lines)
    assert report.bad is not None
    assert report.bad.seq == 10
