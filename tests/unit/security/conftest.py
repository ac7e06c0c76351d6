"""A keyring that a test holds in its hand, and a passphrase cost that doesn't cost half a second."""

from __future__ import annotations

import pytest

from workstation.security.passphrase import Cost, CostRange


class MemoryKeyring:
    """What the ``keyring`` library's backends do, with each state to be set by hand."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None
        self.keeps = True

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry, None if there is none."""
        self._fail()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep an entry."""
        self._fail()
        if self.keeps:
            self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget an entry."""
        from keyring.errors import PasswordDeleteError

        self._fail()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def cheap() -> Cost:
    return Cost(memory_kib=32, passes=1, lanes=1)


@pytest.fixture
def accepts_cheap(cheap: Cost) -> CostRange:
    return CostRange(lowest=cheap, highest=cheap)
