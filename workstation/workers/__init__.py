"""Sandboxed child processes: a hostile file, or a crash in native code, costs a worker, never the window.

A pool runs the tasks of one module in children that can open, reach and start nothing. Bytes go in
and pixels come out through shared memory; requests and replies are JSON, never pickles. Used by
dicom, frames, dictation and calibration; it knows nothing of what they compute.
"""

from workstation.workers.child import child_main
from workstation.workers.errors import (
    WorkerDied,
    WorkerFailed,
    WorkerMemoryExceeded,
    WorkerTimeout,
    WorkerUnavailable,
)
from workstation.workers.job import Job, Json, Limits, Reply, seconds_for
from workstation.workers.launch import CHILD_ARGUMENT
from workstation.workers.pool import WorkerPool
from workstation.workers.probe import SandboxCheck, sandbox_check
from workstation.workers.sandbox import SandboxReport
from workstation.workers.shared import BufferSlice, SharedBuffer
from workstation.workers.waiting import Ticket

__all__ = [
    "CHILD_ARGUMENT",
    "BufferSlice",
    "Job",
    "Json",
    "Limits",
    "Reply",
    "SandboxCheck",
    "SandboxReport",
    "SharedBuffer",
    "Ticket",
    "WorkerDied",
    "WorkerFailed",
    "WorkerMemoryExceeded",
    "WorkerPool",
    "WorkerTimeout",
    "WorkerUnavailable",
    "child_main",
    "sandbox_check",
    "seconds_for",
]
