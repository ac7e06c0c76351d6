"""Audit records for other systems: lines of JSON that can be verified again, and the standard's XML.

A hospital's audit repository takes AuditMessage, one to a record; a JSON line is ours, and keeps the
chain: from a file of them ``verify_chain`` gives the same verdict as from the store.

What a record says is put where the tables of PS3.15 A.5.3 want it: the person and the program as active
participants, the medium of an import or export as a third, study and patient as participating objects.
The schema demands a name for every object; ours repeat the identifier, since a record holds no more.

Source:  DICOM PS3.15 2026a, A.5.1 (schema), A.5.2 (fields), A.5.3.1 to A.5.3.12 (events); examples in
         PS3.17 Annex WW.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Final
from xml.etree import ElementTree as ET

from workstation.security import audit_codes as codes
from workstation.security.audit import AuditRecord, SealedRecord
from workstation.security.audit_codes import Action, Code, Outcome

_PROGRAM: Final = "Lumen workstation"
_END_USER_DEVICE: Final = "1"  # PS3.15 A.5.1.2.1
_PERSON, _SYSTEM_OBJECT = "1", "2"
_PATIENT, _REPORT, _SECURITY_RESOURCE = "1", "3", "13"  # PS3.15 A.5.2.6
_STUDY_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"  # PS3.4 C.6.2.3: what a study list answers
_AUDIT_LOG: Final = "urn:lumen:audit"

_ROLES: Final = {
    Action.START: codes.LAUNCHER,
    Action.STOP: codes.LAUNCHER,
    Action.IMPORT: codes.DESTINATION,
    Action.EXPORT: codes.SOURCE,
}
_MEDIA: Final = {Action.IMPORT: codes.SOURCE_MEDIA, Action.EXPORT: codes.DESTINATION_MEDIA}


def json_line(sealed: SealedRecord) -> str:
    """Return a sealed record as one line, without its line end."""
    return f'{{"hash":"{sealed.hash.hex()}","record":{sealed.data.decode("ascii")},"seq":{sealed.seq}}}'


def read_json_line(line: str) -> SealedRecord:
    """Return the sealed record of an exported line; ValueError, KeyError or TypeError for anything else."""
    fields = json.loads(line)
    data = json.dumps(fields["record"], sort_keys=True, separators=(",", ":")).encode()
    return SealedRecord(fields["seq"], data, bytes.fromhex(fields["hash"]))


def audit_message(record: AuditRecord, source: str, site: str = "") -> str:
    """Return a record as an AuditMessage; ``source`` names this workstation, ``site`` the organisation."""
    message = ET.Element("AuditMessage")
    _event(message, record)
    for participant in _participants(record, source):
        message.append(participant)
    identification = ET.SubElement(message, "AuditSourceIdentification", AuditSourceID=_text(source))
    if site:
        identification.set("AuditEnterpriseSiteID", _text(site))
    ET.SubElement(identification, "AuditSourceTypeCode", {"csd-code": _END_USER_DEVICE})
    for participating in _objects(record):
        message.append(participating)
    return ET.tostring(message, encoding="unicode")


def _event(message: ET.Element, record: AuditRecord) -> None:
    told = codes.EVENTS[record.action]
    event = ET.SubElement(
        message,
        "EventIdentification",
        EventActionCode=told.act,
        EventDateTime=record.utc.astimezone(UTC).isoformat(timespec="milliseconds"),
        EventOutcomeIndicator=str(int(record.outcome)),
    )
    event.append(_coded("EventID", told.event))
    if told.type is not None:
        event.append(_coded("EventTypeCode", told.type))
    if record.outcome is not Outcome.SUCCESS and record.detail:
        ET.SubElement(event, "EventOutcomeDescription").text = _text(record.detail)


def _participants(record: AuditRecord, source: str) -> Iterator[ET.Element]:
    """Yield person, program and medium; of all of them exactly the person asked for it."""
    person = _participant(record.user, requestor=True, role=_ROLES.get(record.action))
    if record.user_name:
        person.set("UserName", _text(record.user_name))
    yield person
    program = _participant(f"{_PROGRAM} on {source}", requestor=False, role=codes.APPLICATION)
    program.set("UserName", _PROGRAM)
    yield program
    if record.action in _MEDIA:
        medium = _participant(record.detail or "files", requestor=False, role=_MEDIA[record.action])
        ET.SubElement(medium, "MediaIdentifier").append(_coded("MediaType", codes.URI))
        yield medium


def _objects(record: AuditRecord) -> Iterator[ET.Element]:
    if record.study:
        study = _object(record.study, codes.STUDY_UID, _SYSTEM_OBJECT, _REPORT)
        ET.SubElement(study, "ParticipantObjectName").text = _text(record.study)
        if record.detail:
            value = _base64(record.detail)
            ET.SubElement(study, "ParticipantObjectDetail", type="detail", value=value)
        yield study
    if record.patient:
        patient = _object(record.patient, codes.PATIENT_NUMBER, _PERSON, _PATIENT)
        ET.SubElement(patient, "ParticipantObjectName").text = _text(record.patient)
        yield patient
    if record.action is Action.SEARCH:
        query = _object(_STUDY_ROOT_FIND, codes.SOP_CLASS_UID, _SYSTEM_OBJECT, _REPORT)
        ET.SubElement(query, "ParticipantObjectQuery").text = _base64(record.detail)
        yield query
    if record.action is Action.READ_AUDIT:
        log = _object(_AUDIT_LOG, codes.URI_OBJECT, _SYSTEM_OBJECT, _SECURITY_RESOURCE)
        ET.SubElement(log, "ParticipantObjectName").text = "Security Audit Log"
        yield log


def _participant(user: str, *, requestor: bool, role: Code | None) -> ET.Element:
    element = ET.Element("ActiveParticipant", UserID=_text(user), UserIsRequestor=str(requestor).lower())
    if role is not None:
        element.append(_coded("RoleIDCode", role))
    return element


def _object(identifier: str, kind: Code, object_type: str, role: str) -> ET.Element:
    element = ET.Element(
        "ParticipantObjectIdentification",
        ParticipantObjectID=_text(identifier),
        ParticipantObjectTypeCode=object_type,
        ParticipantObjectTypeCodeRole=role,
    )
    element.append(_coded("ParticipantObjectIDTypeCode", kind))
    return element


def _coded(name: str, code: Code) -> ET.Element:
    fields = {"csd-code": code.value, "codeSystemName": code.scheme, "originalText": code.meaning}
    return ET.Element(name, fields)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode(errors="replace")).decode()


def _text(value: str) -> str:
    """Return text without what XML 1.0 cannot carry (section 2.2): control characters, lone surrogates."""
    return "".join(letter if _is_xml(ord(letter)) else "\N{REPLACEMENT CHARACTER}" for letter in value)


def _is_xml(point: int) -> bool:
    return (
        point in (0x9, 0xA, 0xD) or 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or point >= 0x10000
    )
