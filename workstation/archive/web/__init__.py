"""DICOMweb: search, metadata, retrieval, storing and reading tasks over HTTP.

Every URL is made here from the configured base; none that an answer names is ever followed elsewhere.
``sync`` and ``workflow`` meet it through ``archive``'s protocols alone.
"""

from workstation.archive.web.capabilities import Capabilities, capabilities_of, described
from workstation.archive.web.connection import WebConnection, connect
from workstation.archive.web.known import Known
from workstation.archive.web.probe import probe
from workstation.archive.web.transport import ANONYMOUS, Authenticator, Patience, Transport

__all__ = [
    "ANONYMOUS",
    "Authenticator",
    "Capabilities",
    "Known",
    "Patience",
    "Transport",
    "WebConnection",
    "capabilities_of",
    "connect",
    "described",
    "probe",
]
