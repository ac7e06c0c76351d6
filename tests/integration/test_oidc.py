"""Signing in at a real OpenID provider (node's oidc-provider), from the browser to the last renewal."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from pretend_browser import PretendBrowser
from tls_certificates import Authority

from workstation.archive import Address, NotAllowed, SignIn, Speech, TlsRules, Unreachable
from workstation.archive.sign_in import Account, Browser, account_of
from workstation.clock import ManualClock
from workstation.security import SessionVault

SCRIPT = Path(__file__).parents[1] / "servers" / "oidc"
MISSING = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
LIFETIME = 3_600

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)} (apt packages)")


@pytest.fixture(scope="module")
def modules() -> Path:
    """Return a folder where the provider's packages lie, as the lock names them."""
    lock = (SCRIPT / "package-lock.json").read_bytes()
    folder = Path(sys.prefix) / "oidc-provider" / hashlib.sha256(lock).hexdigest()[:16]
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SCRIPT / name, folder)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(npm, cwd=folder, capture_output=True, timeout=300, check=False)  # noqa: S603
        if done.returncode != 0:
            pytest.skip("npm could not fetch oidc-provider")
        (folder / "whole").touch()
    shutil.copy(SCRIPT / "provider.mjs", folder)
    return folder


class Provider:
    """A running provider, and what it has told."""

    def __init__(self, modules: Path, authority: Authority) -> None:
        issued = authority.issue("127.0.0.1")
        self.authorities = str(authority.file)
        arguments = [str(issued.certificate), str(issued.key), str(LIFETIME)]
        self._process = subprocess.Popen(  # noqa: S603  our own script
            ["node", "provider.mjs", *arguments],  # noqa: S607
            cwd=modules,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self._told = self._process.stdout
        self.issuer: str = json.loads(self._told.readline())["issuer"]
        self.events: list[dict[str, object]] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def stop(self) -> None:
        """End the process and read what it said last; done already is fine."""
        if self._told.closed:
            return
        self._process.terminate()
        self._process.wait(10)
        self._thread.join(10)
        self._told.close()

    def takes(self, account: Account) -> int:
        """Return the status by which the provider's own protected page answers an account's headers."""
        answer = requests.get(
            f"{self.issuer}/me", headers=dict(account.headers()), verify=self.authorities, timeout=10
        )
        return answer.status_code

    def _listen(self) -> None:
        """Take in the events; what else it says (it warns that this is a test's page) is passed over."""
        self.events.extend(json.loads(line) for line in self._told if line.startswith("{"))


@pytest.fixture
def provider(modules: Path, tmp_path: Path) -> Iterator[Provider]:
    running = Provider(modules, Authority(tmp_path))
    yield running
    running.stop()


@pytest.fixture
def address(provider: Provider) -> Address:
    return Address(
        "home",
        "Home",
        Speech.DICOMWEB,
        (),
        sign_in=SignIn("oidc", "reader", provider.issuer, "lumen"),
        tls=TlsRules(authorities=provider.authorities),
    )


def signed_in(provider: Provider, address: Address, vault: SessionVault, clock: ManualClock) -> Account:
    account = account_of(address, vault=vault, clock=clock)
    with PretendBrowser(provider.authorities) as browser:
        account.sign_in(Browser(browser, lambda: browser.is_done))
    return account


def test_a_person_signs_in_and_stays_signed_in_over_starts_and_renewals(
    provider: Provider, address: Address
) -> None:
    vault, clock = SessionVault(), ManualClock()
    account = account_of(address, vault=vault, clock=clock)
    with PretendBrowser(provider.authorities) as browser:
        person = account.sign_in(Browser(browser, lambda: browser.is_done))

    assert (person.subject, person.name, person.user) == ("reader", "Dr. Reader", "reader")
    assert person.roles == ("radiology",)
    assert "go back to Lumen" in browser.pages[-1]
    asked = ["prompt=consent" in url for url in browser.opened]
    assert asked == [False, True]  # this one keeps to the standard: nothing lasting without consent
    assert provider.takes(account) == 200
    first = account.headers()

    again = account_of(address, vault=vault, clock=clock)  # the next start: nothing but the keyring is left
    assert provider.takes(again) == 200
    assert again.headers() != first

    clock.wait(LIFETIME - 59)
    assert provider.takes(again) == 200  # by a token that was turned over once more
    provider.stop()
    assert [event["granted"] for event in provider.events].count("refresh_token") == 2


def test_an_archives_refusal_brings_a_new_token_once(provider: Provider, address: Address) -> None:
    account = signed_in(provider, address, SessionVault(), ManualClock())
    first = account.headers()

    assert account.refused(first)
    assert account.headers() != first
    assert provider.takes(account) == 200
    assert not account.refused(account.headers())


def test_who_signs_out_is_out_here_and_there(provider: Provider, address: Address) -> None:
    account = signed_in(provider, address, SessionVault(), ManualClock())
    account.sign_out()

    with pytest.raises(NotAllowed, match="Sign in"):
        account.headers()
    provider.stop()
    assert {"revoked": True} in provider.events


def test_a_used_refresh_token_put_back_ends_the_sign_in_and_asks_for_a_new_one(
    provider: Provider, address: Address
) -> None:
    """The provider takes it for a stolen one."""
    vault, clock = SessionVault(), ManualClock()
    account = signed_in(provider, address, vault, clock)
    used = vault.read("archive/home/session")
    assert used is not None
    clock.wait(LIFETIME)
    account.headers()
    vault.write("archive/home/session", used)
    clock.wait(LIFETIME)

    with pytest.raises(NotAllowed, match="Sign in again"):
        account.headers()
    assert vault.read("archive/home/session") is None
    provider.stop()
    assert {"refused": "invalid_grant"} in provider.events


def test_who_gives_up_in_the_browser_is_told_so(provider: Provider, address: Address) -> None:
    account = account_of(address, vault=SessionVault(), clock=ManualClock())
    with (
        PretendBrowser(provider.authorities, gives_up=True) as browser,
        pytest.raises(NotAllowed, match="refused or given up"),
    ):
        account.sign_in(Browser(browser, lambda: browser.is_done))
    assert "not completed" in browser.pages[-1]


def test_a_client_that_the_provider_does_not_know_gets_no_further(
    provider: Provider, address: Address
) -> None:
    """The provider shows its own page and never leads back: the person gives up here."""
    stranger = replace(address, sign_in=SignIn("oidc", "", provider.issuer, "stranger"))
    clock = ManualClock()

    with PretendBrowser(provider.authorities) as browser, pytest.raises(NotAllowed, match="time was up"):
        account_of(stranger, vault=SessionVault(), clock=clock).sign_in(Browser(browser, seconds=0.0))


def test_a_program_signs_in_by_its_own_secret_however_it_is_written(
    provider: Provider, address: Address
) -> None:
    """Both name and secret hold letters that have a meaning in a header or a form."""
    gateway = replace(address, sign_in=SignIn("client", "", provider.issuer, "lumen gate:way"))
    account = account_of(gateway, vault=SessionVault(), clock=ManualClock())
    account.keep("a secret/with + signs & more than thirty letters")
    account.sign_in(Browser(lambda _: False))

    assert account.headers()["Authorization"].startswith("Bearer ")
    provider.stop()
    assert provider.events == [{"granted": "client_credentials"}]


def test_a_program_with_a_wrong_secret_is_not_allowed(provider: Provider, address: Address) -> None:
    gateway = replace(address, sign_in=SignIn("client", "", provider.issuer, "lumen gate:way"))
    account = account_of(gateway, vault=SessionVault(), clock=ManualClock())
    account.keep("a wrong secret")

    with pytest.raises(NotAllowed, match="refuses its secret") as raised:
        account.headers()
    assert "a wrong secret" not in str(raised.value)


def test_a_provider_that_is_gone_is_unreachable_and_nobodys_password_is_wrong(
    provider: Provider, address: Address
) -> None:
    vault, clock = SessionVault(), ManualClock()
    account = signed_in(provider, address, vault, clock)
    provider.stop()
    clock.wait(LIFETIME)

    with pytest.raises(Unreachable):
        account.headers()
    assert vault.read("archive/home/session") is not None
