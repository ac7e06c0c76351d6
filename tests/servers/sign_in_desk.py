"""A person's desk from which an archive is signed in to, by a scripted sign-in service."""

from __future__ import annotations

from dataclasses import dataclass, field

from pretend_browser import PretendBrowser
from scripted_provider import ScriptedProvider

from workstation.archive import Address, SignIn, Speech, TlsRules
from workstation.archive.sign_in import Account, Browser, Person, account_of
from workstation.clock import ManualClock
from workstation.security import SessionVault


@dataclass
class Desk:
    """A person's desk: an archive's settings, a keyring, a clock, a browser."""

    provider: ScriptedProvider
    authorities: str
    vault: SessionVault = field(default_factory=SessionVault)
    clock: ManualClock = field(default_factory=ManualClock)
    kind: str = "oidc"
    client: str = "lumen"
    scopes: tuple[str, ...] = ("openid", "profile", "offline_access")

    @property
    def address(self) -> Address:
        """Return the archive's settings."""
        sign_in = SignIn(self.kind, "reader", self.provider.url, self.client, self.scopes)
        return Address("home", "Home", Speech.DICOMWEB, (), sign_in, TlsRules(authorities=self.authorities))

    def account(self) -> Account:
        """Return the account, as after a start."""
        return account_of(self.address, vault=self.vault, clock=self.clock)

    def sign_in(self, account: Account) -> Person:
        """Sign in, with a person who does all that they are asked."""
        with PretendBrowser(self.authorities) as browser:
            return account.sign_in(Browser(browser, lambda: browser.is_done))
