"""What can go wrong with work that was given to a child process.

None of these carries a text that the child wrote: it may have been made to write it.
"""

from __future__ import annotations

from workstation.errors import LumenError


class WorkerFailed(LumenError):
    """The task raised something that is not ours; only its kind is told."""

    exit_code = 15

    @classmethod
    def of(cls, kind: str) -> WorkerFailed:
        """Make one for the name of an exception's class."""
        return cls("This could not be processed", where=kind)

    @property
    def kind(self) -> str:
        """Return the name of the exception's class."""
        return self.where


class WorkerDied(LumenError):
    """The worker stopped, or was stopped for answering out of form."""

    exit_code = 16


class WorkerTimeout(LumenError):
    """The job took longer than it may, and its worker was stopped."""

    exit_code = 17


class WorkerMemoryExceeded(LumenError):
    """The job needed more memory than a worker may have."""

    exit_code = 18


class WorkerUnavailable(LumenError):
    """No worker could be started."""

    exit_code = 19
