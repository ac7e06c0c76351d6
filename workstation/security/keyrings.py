"""The operating system's keyring, told apart state by state, and only one that we trust.

The ``keyring`` library takes whatever backend a configuration file, an environment variable or an
installed plug-in names, one that writes plain text included. Here the backends stand on a list, nothing
else is asked, and there is no fallback: without a keyring a person gives the passphrase.

| state        | raised              | what helps                         |
|--------------|---------------------|------------------------------------|
| unavailable  | KeyringUnavailable  | passphrase, recovery key           |
| locked       | KeyringLocked       | unlock it, or the passphrase       |
| no entry     | KeyringNoEntry      | passphrase, recovery key           |
| wrong entry  | KeyringWrongEntry   | passphrase, recovery key           |
| open         | nothing             |                                    |

Asking may open the system's own password prompt and waits for the person: never on the main thread.

Trust:   any program that runs as the same person may read the keyring (on macOS after a prompt).
"""

from __future__ import annotations

import base64
import importlib
from typing import Final, Protocol

from workstation.errors import LumenError
from workstation.security.ciphers import KEY_BYTES, Key, same
from workstation.security.errors import (
    KeyringLocked,
    KeyringNoEntry,
    KeyringUnavailable,
    KeyringWrongEntry,
)

SERVICE: Final = "Lumen workstation"

ALLOWED: Final = (
    ("keyring.backends.Windows", "WinVaultKeyring"),
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
)
"""Module and class of every backend that may hold a key: each is the system's own, encrypted, per person."""

OTHER_WAY: Final = "Open the store with its passphrase or a recovery key."
"""What helps where a store's key is wanted."""


class Keyring(Protocol):
    """What we use of a backend of the ``keyring`` library."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret kept under a name, None if there is none."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret under a name."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget the secret under a name."""
        ...


def system_keyring() -> Keyring:
    """Return the best backend on the list that works here; raise KeyringUnavailable if none does."""
    found = [(priority, backend) for priority, backend in map(_viable, ALLOWED) if backend is not None]
    if not found:
        raise _unavailable()
    return max(found, key=lambda pair: pair[0])[1]


def read_secret(keyring: Keyring, entry: str) -> bytes:
    """Return the 32 bytes kept under a name, or raise what stands in the way."""
    try:
        text = keyring.get_password(SERVICE, entry)
    except Exception as error:
        raise state_of(error) from error
    if text is None:
        raise KeyringNoEntry("The keyring holds no key for this store", remedy=OTHER_WAY)
    return _decoded(text)


def write_secret(keyring: Keyring, entry: str, secret: Key) -> None:
    """Keep 32 bytes under a name and read them back: some wallets accept what they don't keep."""
    try:
        keyring.set_password(SERVICE, entry, base64.b64encode(secret).decode())
    except Exception as error:
        raise state_of(error) from error
    if not same(read_secret(keyring, entry), secret):
        raise KeyringUnavailable("The keyring did not keep the key as it was given", remedy=OTHER_WAY)


def forget_secret(keyring: Keyring, entry: str, other_way: str = OTHER_WAY) -> None:
    """Delete what is kept under a name; one that is gone already is fine."""
    from keyring.errors import PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, entry)
    except PasswordDeleteError:
        return
    except Exception as error:
        raise state_of(error, other_way) from error


def _viable(place: tuple[str, str]) -> tuple[float, Keyring | None]:
    module, name = place
    try:
        backend = getattr(importlib.import_module(module), name)
        return float(backend.priority), backend()
    except Exception:  # noqa: BLE001  each backend has its own way to say that its service isn't there
        return 0.0, None


def state_of(error: Exception, other_way: str = OTHER_WAY) -> LumenError:
    """Return the state that a backend's error stands for; its own text may name the person."""
    from keyring import errors

    if isinstance(error, errors.KeyringLocked):
        return KeyringLocked("The keyring is locked", remedy=f"Unlock it and try again. {other_way}")
    return _unavailable(other_way)


def _unavailable(other_way: str = OTHER_WAY) -> KeyringUnavailable:
    return KeyringUnavailable(
        "This computer has no keyring that can be used",
        remedy=f"{other_way} Secrets are never kept unencrypted instead.",
    )


def _decoded(text: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise wrong_entry()
    return secret


def wrong_entry() -> KeyringWrongEntry:
    """Return the error for an entry that isn't this store's key."""
    return KeyringWrongEntry(
        "The keyring's entry for this store is not its key",
        remedy=f"Nothing was changed. {OTHER_WAY}",
    )
