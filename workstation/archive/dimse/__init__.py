"""An archive that speaks DIMSE: query, retrieve, storage, commitment and worklist, over associations.

Data comes from pynetdicom, the only library that this package may talk to a network with; everything
above it asks through ``archive.protocols`` and is handed plain values. Loading it loads pynetdicom.
"""

from workstation.archive.dimse.association import Patience
from workstation.archive.dimse.callers import Arrived, Caller, Receipt, Rules
from workstation.archive.dimse.connection import DimseConnection, connect
from workstation.archive.dimse.listener import Listener

__all__ = [
    "Arrived",
    "Caller",
    "DimseConnection",
    "Listener",
    "Patience",
    "Receipt",
    "Rules",
    "connect",
]
