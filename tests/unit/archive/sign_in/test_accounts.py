from __future__ import annotations

import pytest

from workstation.archive import Address, NotAllowed, SignIn, Speech
from workstation.archive.sign_in import Account, Browser, Person, account_of
from workstation.clock import ManualClock
from workstation.security import KeyringLocked, KeyringUnavailable, SessionVault, Vault

NO_BROWSER = Browser(lambda _: False)


def account(kind: str, user: str = "", vault: Vault | None = None) -> Account:
    address = Address("home", "Home", Speech.DICOMWEB, (), SignIn(kind, user))
    return account_of(address, vault=vault or SessionVault(), clock=ManualClock())


def test_an_open_archive_is_shown_nothing() -> None:
    none = account("none")

    assert none.headers() == {}
    assert not none.refused({})
    assert none.sign_in(NO_BROWSER) == Person("")
    none.sign_out()
    with pytest.raises(NotAllowed, match="no sign-in"):
        none.keep("secret")


def test_a_password_is_shown_as_rfc_7617_writes_it() -> None:
    """Its example in section 2, and the one with a letter beyond ASCII in section 2.1."""
    aladdin, test = account("basic", "Aladdin"), account("basic", "test")
    aladdin.keep("open sesame")
    test.keep("123£")

    assert aladdin.headers() == {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}
    assert test.headers() == {"Authorization": "Basic dGVzdDoxMjPCow=="}


def test_a_token_is_shown_as_it_was_given() -> None:
    given = account("bearer")
    given.keep("mF_9.B5f-4.1JqM")  # RFC 6750 section 2.1

    assert given.headers() == {"Authorization": "Bearer mF_9.B5f-4.1JqM"}


def test_without_a_password_somebody_has_to_sign_in() -> None:
    asked = account("basic", "reader")
    for ask in (asked.headers, lambda: asked.sign_in(NO_BROWSER)):
        with pytest.raises(NotAllowed, match="Sign in"):
            ask()
    asked.keep("secret")

    assert asked.sign_in(NO_BROWSER) == Person("reader", "reader", "reader")
    asked.sign_out()
    with pytest.raises(NotAllowed, match="Sign in"):
        asked.headers()


def test_a_refused_password_is_worth_another_try_only_if_it_was_changed() -> None:
    vault = SessionVault()
    asked, other = account("basic", "reader", vault), account("basic", "reader", vault)
    asked.keep("wrong")
    sent = asked.headers()
    assert not asked.refused(sent)
    other.keep("right")

    assert asked.refused(sent)
    assert asked.headers() != sent


def test_archives_have_secrets_of_their_own() -> None:
    vault = SessionVault()
    for name in ("home", "away"):
        address = Address(name, "", Speech.DICOMWEB, (), SignIn("basic", "reader"))
        account_of(address, vault=vault, clock=ManualClock()).keep(name)

    assert (vault.read("archive/home/password"), vault.read("archive/away/password")) == ("home", "away")


class Failing(SessionVault):
    """A keyring that can't be asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def read(self, entry: str) -> str | None:
        """Fail."""
        del entry
        raise self._error


@pytest.mark.parametrize("kind", ["basic", "bearer", "client", "oidc"])
@pytest.mark.parametrize(
    "state", [KeyringLocked("The keyring is locked"), KeyringUnavailable("There is no keyring")]
)
def test_a_keyring_that_cannot_be_asked_lets_nobody_in_and_says_why(kind: str, state: Exception) -> None:
    with pytest.raises(NotAllowed, match="keyring"):
        account(kind, vault=Failing(state)).headers()


def test_no_secret_stands_in_a_repr() -> None:
    asked = account("basic", "reader")
    asked.keep("hunter2")
    asked.headers()

    assert "hunter2" not in repr(asked)


def test_a_way_that_is_not_known_is_refused() -> None:
    with pytest.raises(NotAllowed, match="'magic'"):
        account("magic")
