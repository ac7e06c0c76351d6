"""Choosing the account that an archive's settings ask for.

Errors:  NotAllowed for a way that isn't known.
"""

from __future__ import annotations

from workstation.archive.errors import NotAllowed
from workstation.archive.model import Address
from workstation.archive.sign_in.accounts import (
    Account,
    KeptAccount,
    OpenAccount,
    basic,
    bearer,
    entry_of,
)
from workstation.archive.sign_in.token_accounts import PersonAccount, ProgramAccount
from workstation.clock import Clock
from workstation.security import Vault


def account_of(address: Address, *, vault: Vault, clock: Clock) -> Account:
    """Return the account of an archive: one for all its connections."""
    kind, user = address.sign_in.kind, address.sign_in.user
    if kind == "none":
        return OpenAccount()
    if kind == "basic":
        return KeptAccount(user, entry_of(address, "password"), vault, basic(user))
    if kind == "bearer":
        return KeptAccount(user, entry_of(address, "token"), vault, bearer)
    if kind == "oidc":
        return PersonAccount(address, vault, clock)
    if kind == "client":
        return ProgramAccount(address, vault, clock)
    raise NotAllowed(
        f"No way to sign in is called {kind!r}", remedy="Say none, basic, bearer, oidc or client."
    )
