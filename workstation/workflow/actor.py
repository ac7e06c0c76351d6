"""Who acts: a local profile for now; sign-in and roles come with the site's identity service."""

from __future__ import annotations

import getpass
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """The person at the desk, as the audit trail and a report name them."""

    identifier: str
    name: str
    title: str = ""

    @property
    def signature(self) -> str:
        """Return name and title, as the state bar shows them."""
        return f"{self.name}, {self.title}" if self.title else self.name


def local_actor(*, name: str, title: str, identifier: str) -> Actor:
    """Return the person of the settings; what is missing comes from the system's log-in."""
    login = _login()
    return Actor(identifier=identifier or login, name=name or login, title=title)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return "unknown"
