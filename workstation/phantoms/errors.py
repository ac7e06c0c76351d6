"""What phantoms refuse."""

from __future__ import annotations

from workstation.errors import LumenError


class PhantomRefused(LumenError):
    """A phantom was asked for something that it does not have."""

    exit_code = 53
