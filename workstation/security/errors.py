"""What can go wrong between a key and what it opens; one class for each thing a person would do next.

A keyring that is locked wants a password, one without our entry wants the passphrase or the recovery
key, a damaged seal wants the study fetched again: told apart here, so that nobody answers any of them
with a new key over old data.

Exit codes: 30–39.
"""

from __future__ import annotations

from workstation.errors import LumenError


class SealBroken(LumenError):
    """Sealed bytes are damaged, cut, altered, or stand in a place that they were not sealed for."""

    exit_code = 30


class WrongKey(SealBroken):
    """The bytes may be whole, but another key sealed them."""

    exit_code = 31


class SelfTestFailed(LumenError):
    """A cipher of this machine doesn't compute what its standard says; nothing may be sealed with it."""

    exit_code = 32


class KeyringUnavailable(LumenError):
    """This machine has no keyring service that we trust, or it doesn't answer."""

    exit_code = 33


class KeyringLocked(LumenError):
    """The keyring is there, but it was not unlocked."""

    exit_code = 34


class KeyringNoEntry(LumenError):
    """The keyring is open and holds no key for this store."""

    exit_code = 35


class KeyringWrongEntry(LumenError):
    """The keyring holds a key for this store's name which is not this store's key."""

    exit_code = 36


class SecretRefused(LumenError):
    """The passphrase or recovery key that was given doesn't open this store."""

    exit_code = 37


class SlotsRefused(LumenError):
    """The key slots are damaged, ask for what is not on the accept-list, or would be left without a slot."""

    exit_code = 38


class KeyFileRefused(LumenError):
    """The demo's key file is missing, damaged, or readable by others."""

    exit_code = 39
