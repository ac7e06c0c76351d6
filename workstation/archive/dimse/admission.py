"""Which presentation contexts a caller gets: every kind of object, in the caller's own order of preference.

The library knows the storage classes of today's standard and picks transfer syntaxes in an order of
ours. Private, retired and future classes are taken, too, and of the transfer syntaxes that the program
decodes the one that the caller prefers, which is how it holds the object.

Source:  PS3.8 9.3.3.2 (result of a presentation context), PS3.4 J.3.3 (storage commitment result).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydicom.uid import UID
from pynetdicom import build_context, register_uid
from pynetdicom.presentation import PresentationContext
from pynetdicom.service_class import ServiceClass, StorageServiceClass
from pynetdicom.sop_class import uid_to_service_class

from workstation.archive.dimse.identifiers import SYNTAXES
from workstation.archive.dimse.reports import COMMITMENT
from workstation.dicom.syntaxes import SUPPORTED

VERIFICATION: Final = "1.2.840.10008.1.1"

_MOST_REGISTERED: Final = 256  # unknown SOP classes that callers may make the library remember
_registered: Final[set[str]] = set()


def agreeable(requested: Sequence[PresentationContext]) -> list[PresentationContext]:
    """Return what is taken of what a caller proposes, in the caller's own order of preference."""
    offered: dict[str, dict[str, None]] = {}
    for one in requested:
        known = (str(syntax) for syntax in one.transfer_syntax)
        wanted = {syntax: None for syntax in known if syntax in SUPPORTED}
        offered.setdefault(str(one.abstract_syntax), {}).update(wanted)
    contexts = [
        build_context(sop_class, list(syntaxes))
        for sop_class, syntaxes in offered.items()
        if syntaxes and _is_storage(sop_class)
    ]
    commitment = build_context(COMMITMENT, list(SYNTAXES))
    commitment.scu_role, commitment.scp_role = False, True  # the archive reports to us (PS3.4 J.3.3)
    return [*contexts, build_context(VERIFICATION, list(SYNTAXES)), commitment]


def _is_storage(sop_class: str) -> bool:
    """Say whether objects of a class are taken: every storage class, private and unknown ones, too."""
    service = uid_to_service_class(sop_class)
    if service is not ServiceClass:
        return service is StorageServiceClass
    uid = UID(sop_class)
    if not (uid.is_private or "Storage" in uid.name or uid.name == sop_class):
        return False
    if len(_registered) >= _MOST_REGISTERED:
        return False
    _registered.add(sop_class)
    register_uid(sop_class, f"Storage_{sop_class.replace('.', '_')}", StorageServiceClass)
    return True
