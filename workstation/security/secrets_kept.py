"""Passwords and tokens that somebody else gave us, kept in the operating system's keyring.

Unlike a store's key they come in any length: Windows keeps at most 2,560 bytes under a name (in UTF-16),
and a token may be longer. So a secret is cut into pieces under names never used before, and only then does
the entry itself say which pieces count: a crash in between leaves the former secret in force.

    entry                  JSON: generation, how many pieces, SHA-256 of the secret
    entry#generation.n     base64 of the secret, the n-th piece of it

Errors:  the keyring's states, as in ``keyrings``; a secret that isn't whole counts as none.
Trust:   as in ``keyrings``. Asking may wait for a person: never on the main thread.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
from dataclasses import dataclass
from typing import Final, Protocol

from workstation.errors import LumenError
from workstation.security import keyrings
from workstation.security.errors import KeyringUnavailable

PIECE_LETTERS: Final = 1_200  # 2,400 bytes in UTF-16
_PIECES_MAX: Final = 64  # far more than any token needs

_OTHER_WAY: Final = "Until then, sign in again at each start."


class Vault(Protocol):
    """What keeps short secrets by name; safe to be used by several threads."""

    def read(self, entry: str) -> str | None:
        """Return the secret, None if there is none."""
        ...

    def write(self, entry: str, secret: str) -> None:
        """Keep a secret in place of the former one; when this returns it is kept."""
        ...

    def forget(self, entry: str) -> None:
        """Forget the secret; one that is gone already is fine."""
        ...


class KeyringVault:
    """Secrets in the operating system's keyring."""

    def __init__(self, keyring: keyrings.Keyring) -> None:
        self._keyring = keyring
        self._lock = threading.Lock()

    def read(self, entry: str) -> str | None:
        """Return the secret, None if there is none or not all of it."""
        with self._lock:
            head = self._head(entry)
            return self._pieces(entry, head) if head else None

    def write(self, entry: str, secret: str) -> None:
        """Keep a secret, read it back, and only then let go of the former one."""
        letters = base64.b64encode(secret.encode()).decode()
        pieces = [letters[at : at + PIECE_LETTERS] for at in range(0, len(letters), PIECE_LETTERS)]
        if len(pieces) > _PIECES_MAX:
            raise ValueError("this is too long for a secret")
        head = _Head(secrets.token_hex(4), len(pieces), _digest(secret))
        with self._lock:
            former = self._head(entry)
            try:
                for name, piece in zip(head.names(entry), pieces, strict=True):
                    self._set(name, piece)
                self._require(self._pieces(entry, head) == secret)
            except LumenError:
                with contextlib.suppress(LumenError):
                    self._drop(entry, head)
                raise
            self._set(entry, head.text())
            self._require(self._head(entry) == head)
            self._drop(entry, former)

    def forget(self, entry: str) -> None:
        """Forget the secret: the entry first, then its pieces."""
        with self._lock:
            former = self._head(entry)
            keyrings.forget_secret(self._keyring, entry, _OTHER_WAY)
            self._drop(entry, former)

    def _head(self, entry: str) -> _Head | None:
        text = self._get(entry)
        return None if text is None else _Head.of(text)

    def _pieces(self, entry: str, head: _Head) -> str | None:
        return _joined("".join(self._get(name) or "" for name in head.names(entry)), head)

    def _drop(self, entry: str, head: _Head | None) -> None:
        for name in head.names(entry) if head else ():
            keyrings.forget_secret(self._keyring, name, _OTHER_WAY)

    @staticmethod
    def _require(is_kept: bool) -> None:  # noqa: FBT001  it reads as a sentence where it is called
        if not is_kept:
            raise KeyringUnavailable("The keyring did not keep a secret as it was given", remedy=_OTHER_WAY)

    def _get(self, name: str) -> str | None:
        try:
            return self._keyring.get_password(keyrings.SERVICE, name)
        except Exception as error:
            raise _state(error) from error

    def _set(self, name: str, text: str) -> None:
        try:
            self._keyring.set_password(keyrings.SERVICE, name, text)
        except Exception as error:
            raise _state(error) from error


class SessionVault:
    """Secrets in memory alone, for a machine without a keyring: they are gone with the program."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def read(self, entry: str) -> str | None:
        """Return the secret, None if there is none."""
        return self._secrets.get(entry)

    def write(self, entry: str, secret: str) -> None:
        """Keep a secret until the program ends."""
        self._secrets[entry] = secret

    def forget(self, entry: str) -> None:
        """Forget the secret."""
        self._secrets.pop(entry, None)


@dataclass(frozen=True, slots=True)
class _Head:
    """Which pieces make up a secret."""

    generation: str
    pieces: int
    sha256: str

    def names(self, entry: str) -> list[str]:
        return [f"{entry}#{self.generation}.{index}" for index in range(self.pieces)]

    def text(self) -> str:
        return json.dumps({"generation": self.generation, "pieces": self.pieces, "sha256": self.sha256})

    @classmethod
    def of(cls, text: str) -> _Head | None:
        """Return what an entry says, None if it says nothing that we wrote."""
        try:
            value = json.loads(text)
            head = cls(str(value["generation"]), int(value["pieces"]), str(value["sha256"]))
        except (ValueError, KeyError, TypeError):
            return None
        return head if 0 <= head.pieces <= _PIECES_MAX else None


def _joined(letters: str, head: _Head) -> str | None:
    try:
        secret = base64.b64decode(letters, validate=True).decode()
    except ValueError:
        return None
    return secret if secrets.compare_digest(_digest(secret), head.sha256) else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _state(error: Exception) -> LumenError:
    return keyrings.state_of(error, _OTHER_WAY)
