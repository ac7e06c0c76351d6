"""Proving to an archive who asks: passwords, tokens, and the way through the system's browser.

``account_of`` gives the account that an archive's settings name; it hands out headers for requests, renews
what runs out, and lets a person sign in. Its data come from the keyring (``security``) and from the sign-in
service. Used by the connections of ``archive``; ``sync`` and ``workflow`` may import it.
"""

from workstation.archive.sign_in.accounts import Account
from workstation.archive.sign_in.code_flow import Browser, OpenBrowser
from workstation.archive.sign_in.opening import account_of
from workstation.archive.sign_in.person import Person

__all__ = ["Account", "Browser", "OpenBrowser", "Person", "account_of"]
