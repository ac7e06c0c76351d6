"""One archive's account: what is shown to the archive, and how one comes to have it.

An account belongs to an archive, not to one of its ways: all connections share it, so that a token is
renewed once for all. Its secrets lie in the keyring and, while the program runs, in memory; nowhere else.

Errors:  NotAllowed where somebody has to sign in, or the keyring doesn't give its secret; Unreachable where
         the sign-in service can't be asked; NotTrusted. No message and no repr holds a secret.
Source:  RFC 7617 (basic), RFC 6750 (bearer).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from workstation.archive.errors import NotAllowed
from workstation.archive.model import Address
from workstation.archive.sign_in.code_flow import Browser
from workstation.archive.sign_in.person import Person
from workstation.security import KeyringLocked, KeyringUnavailable, Vault


class Account(Protocol):
    """How we prove ourselves to one archive; safe to be used by several threads."""

    def headers(self) -> Mapping[str, str]:
        """Return the headers that prove who asks; may renew a token first."""
        ...

    def refused(self, sent: Mapping[str, str]) -> bool:
        """Take in that the archive answered 401 to these; say whether others are worth another try.

        Raises like ``headers`` where others can't be had.
        """
        ...

    def sign_in(self, browser: Browser) -> Person:
        """Let a person sign in, or make sure that nobody has to; answer as whom."""
        ...

    def sign_out(self) -> None:
        """Forget what proves us, here and, where it can be reached, at the sign-in service."""
        ...

    def keep(self, secret: str) -> None:
        """Keep the secret that a person was given: a password, a token, the program's own secret."""
        ...


class OpenAccount:
    """An archive that asks for nothing, or that our certificate is enough for."""

    def headers(self) -> Mapping[str, str]:
        """Return nothing."""
        return {}

    def refused(self, sent: Mapping[str, str]) -> bool:
        """Say that there is nothing else to show."""
        del sent
        return False

    def sign_in(self, browser: Browser) -> Person:
        """Answer that nobody has to."""
        del browser
        return Person("")

    def sign_out(self) -> None:
        """Have nothing to forget."""

    def keep(self, secret: str) -> None:
        """Refuse: a secret that nothing uses is not kept."""
        del secret
        raise NotAllowed("This archive is set to need no sign-in", remedy="Choose how to sign in first.")


class KeptAccount:
    """A password or a token that doesn't change, as it lies in the keyring."""

    def __init__(self, user: str, entry: str, vault: Vault, header: Callable[[str], str]) -> None:
        self._user = user
        self._entry = entry
        self._vault = vault
        self._header = header
        self._shown: Mapping[str, str] | None = None

    def headers(self) -> Mapping[str, str]:
        """Return the header; the keyring is asked the first time."""
        shown = self._shown
        if shown is None:
            shown = self._shown = {"Authorization": self._header(secret_in(self._vault, self._entry))}
        return shown

    def refused(self, sent: Mapping[str, str]) -> bool:
        """Say whether another secret has been kept meanwhile."""
        self._shown = None
        return self.headers() != sent

    def sign_in(self, browser: Browser) -> Person:
        """Make sure that there is a secret; only the archive itself can say whether it is the right one."""
        del browser
        self._shown = None
        self.headers()
        return Person(self._user, user=self._user, name=self._user)

    def sign_out(self) -> None:
        """Forget the secret."""
        self._shown = None
        with keyring_told():
            self._vault.forget(self._entry)

    def keep(self, secret: str) -> None:
        """Keep the password or token."""
        with keyring_told():
            self._vault.write(self._entry, secret)
        self._shown = None


def basic(user: str) -> Callable[[str], str]:
    """Return what makes the header of a user out of a password."""
    return lambda password: f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def bearer(token: str) -> str:
    """Return the header of a token."""
    return f"Bearer {token}"


def entry_of(address: Address, what: str) -> str:
    """Return the keyring's name for a secret of an archive."""
    return f"archive/{address.identifier}/{what}"


def secret_in(vault: Vault, entry: str) -> str:
    """Return a secret that has to be there."""
    with keyring_told():
        secret = vault.read(entry)
    if secret is None:
        raise NotAllowed("Nobody has signed in to this archive here", remedy="Sign in.")
    return secret


@contextmanager
def keyring_told() -> Iterator[None]:
    """Let the keyring's states be what they are to an archive: nobody can be let in."""
    try:
        yield
    except (KeyringLocked, KeyringUnavailable) as error:
        raise NotAllowed(error.what, remedy=error.remedy) from error
