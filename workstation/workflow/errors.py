"""What can go wrong with a verb itself."""

from __future__ import annotations

from workstation.errors import LumenError


class WorkflowError(LumenError):
    """A verb that cannot be carried out."""

    exit_code = 60


class NoSuchStudy(WorkflowError):
    """The store does not hold this study."""

    exit_code = 61


class NoSuchImage(WorkflowError):
    """The study does not hold this image, or it cannot be shown."""

    exit_code = 62


class FileInTheWay(WorkflowError):
    """Something else has the name of a file that was to be written."""

    exit_code = 63


class WrongStore(WorkflowError):
    """Real patients were to go to the demonstration, or invented ones to the real store."""

    exit_code = 64


class NotHereYet(WorkflowError):
    """Nothing of a study has arrived so far."""

    exit_code = 65


class CannotClaim(WorkflowError):
    """A study can't be claimed, or somebody else has it."""

    exit_code = 66


class CannotSend(WorkflowError):
    """Something can't be put into the outbox, or taken out of it."""

    exit_code = 67
