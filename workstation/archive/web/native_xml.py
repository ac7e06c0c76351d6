"""The native DICOM model in XML, read into the same form as DICOM JSON: some archives answer in nothing else.

Errors:  ValueError for what isn't that; document types, with the entities that they may bring, are refused.
Source:  PS3.19 A.1 (native DICOM model), PS3.18 F.2 (the JSON that means the same).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Final

from workstation.archive.web.json_model import Item

_DEEPEST: Final = 16
_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
_NAMES: Final = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")


def item_of(data: bytes) -> Item:
    """Return the data set of an XML document."""
    text = data.decode("utf-8-sig")
    if "<!DOCTYPE" in text.upper():
        raise ValueError("a document type stands in the XML")
    try:
        root = ET.fromstring(text)  # noqa: S314  no document type gets as far as this
    except ET.ParseError:
        raise ValueError("this is no XML") from None
    if _name(root) != "NativeDicomModel":
        raise ValueError("this is no data set")
    return _item(root, 0)


def _item(node: ET.Element, depth: int) -> Item:
    if depth > _DEEPEST:
        raise ValueError("sequences lie too deep in one another")
    attributes = (child for child in node if _name(child) == "DicomAttribute")
    return {one.get("tag", "").upper(): _element(one, depth) for one in attributes}


def _element(node: ET.Element, depth: int) -> dict[str, Any]:
    values: list[Any] = []
    for child in node:
        match _name(child):
            case "Item":
                values.append(_item(child, depth + 1))
            case "Value":
                values.append(child.text or "")
            case "PersonName":
                values.append({_name(group): _person(group) for group in child if _name(group) in _GROUPS})
    return {"vr": node.get("vr", ""), "Value": values}


def _person(group: ET.Element) -> str:
    found = {_name(child): child.text or "" for child in group}
    return "^".join(found.get(name, "") for name in _NAMES).rstrip("^")


def _name(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]
