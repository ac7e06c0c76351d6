"""Large instances whose retrieval was cut: what came is kept, and continued where it ended.

``sync`` keeps what came of one on a ``Shelf``; a connection's ``Images.rest`` brings what lacks of it. The
bytes come from the archive; whatever comes of them is the archive's file, byte for byte, or nothing.
"""

from workstation.archive.unfinished.begun import LARGE, Begun, Differs, begun_of
from workstation.archive.unfinished.shelf import Shelf

__all__ = ["LARGE", "Begun", "Differs", "Shelf", "begun_of"]
