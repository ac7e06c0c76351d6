"""The pool that decodes frames and the cache that holds them, within a budget, wiped on lock.

``workflow.open_study`` passes the door once and takes a frame source; scrolling asks that, never the
door. Encoded bytes come from whoever satisfies ``FrameReader``; pixels are decoded in sandboxed
workers, in the order in which the reader is likely to look. workflow and ui may import it.
"""

from workstation.frames.cache import FrameCache, FrameSource
from workstation.frames.reader import EncodedFrame, FrameReader
from workstation.frames.states import FrameState, FrameStatus, Progress

__all__ = [
    "EncodedFrame",
    "FrameCache",
    "FrameReader",
    "FrameSource",
    "FrameState",
    "FrameStatus",
    "Progress",
]
