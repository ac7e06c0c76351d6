from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol

import keyring.errors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.errors import LumenError
from workstation.security import KeyringLocked, KeyringUnavailable, KeyringVault, SessionVault, keyrings
from workstation.security.secrets_kept import PIECE_LETTERS

ENTRY = "archive/home/refresh"


class Fake(keyrings.Keyring, Protocol):
    """The keyring of conftest."""

    entries: dict[tuple[str, str], str]
    failure: Exception | None
    keeps: bool


class Small:
    """A keyring with a limit, as Windows has one; may stop working after some writes."""

    def __init__(self, writes: int = 1_000_000) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.writes = writes

    def get_password(self, service: str, username: str) -> str | None:
        """Return an entry, None if there is none."""
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep what isn't too long."""
        self._count()
        if len(password.encode("utf-16-le")) > 2_560:
            raise OSError("CRED_MAX_CREDENTIAL_BLOB_SIZE")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget an entry."""
        self._count()
        del self.entries[service, username]

    def _count(self) -> None:
        self.writes -= 1
        if self.writes < 0:
            raise OSError("gone")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=6_000))
@settings(max_examples=50, deadline=None)
def test_a_secret_of_any_length_and_letters_comes_back_from_a_keyring_with_windows_limit(secret: str) -> None:
    vault = KeyringVault(Small())
    vault.write(ENTRY, secret)

    assert vault.read(ENTRY) == secret


def test_what_was_never_kept_is_none(keyring: Fake) -> None:
    assert KeyringVault(keyring).read(ENTRY) is None


def test_a_new_secret_takes_the_place_of_the_former_and_leaves_nothing_of_it() -> None:
    small = Small()
    vault = KeyringVault(small)
    vault.write(ENTRY, "x" * 10 * PIECE_LETTERS)
    vault.write(ENTRY, "short")

    assert vault.read(ENTRY) == "short"
    assert len(small.entries) == 2


def test_what_is_forgotten_leaves_no_entry_and_may_be_forgotten_again() -> None:
    small = Small()
    vault = KeyringVault(small)
    vault.write(ENTRY, "x" * 5_000)
    vault.forget(ENTRY)

    assert small.entries == {}
    assert vault.read(ENTRY) is None


def test_forgetting_what_is_not_there_is_fine(keyring: Fake) -> None:
    KeyringVault(keyring).forget(ENTRY)


@pytest.mark.parametrize("writes", range(12))
def test_a_keyring_that_stops_in_between_leaves_the_former_secret_or_the_new_one(writes: int) -> None:
    small = Small()
    vault = KeyringVault(small)
    former, new = "former" * 500, "new" * 1_000
    vault.write(ENTRY, former)
    small.writes = writes
    try:
        vault.write(ENTRY, new)
        held = {new}
    except KeyringUnavailable:
        held = {former, new}

    assert vault.read(ENTRY) in held


def test_a_secret_that_is_kept_in_part_only_leaves_no_part_behind() -> None:
    class Failing(Small):
        def set_password(self, service: str, username: str, password: str) -> None:
            if username.endswith(".2"):
                raise OSError("full")
            super().set_password(service, username, password)

    small = Failing()
    vault = KeyringVault(small)
    vault.write(ENTRY, "former")
    before = dict(small.entries)
    with pytest.raises(KeyringUnavailable):
        vault.write(ENTRY, "x" * 4 * PIECE_LETTERS)

    assert small.entries == before
    assert vault.read(ENTRY) == "former"


@pytest.mark.parametrize(
    "text",
    ["", "plain", "[]", "1", json.dumps({"generation": "a", "pieces": 1e9, "sha256": ""}), '{"pieces": 1}'],
)
def test_an_entry_that_we_did_not_write_is_no_secret(text: str, keyring: Fake) -> None:
    keyring.entries[keyrings.SERVICE, ENTRY] = text

    assert KeyringVault(keyring).read(ENTRY) is None


def test_a_lost_or_altered_piece_makes_the_secret_none() -> None:
    small = Small()
    vault = KeyringVault(small)
    vault.write(ENTRY, "x" * 2_000)
    name = next(name for name in small.entries if name[1].endswith(".1"))
    for other in ("", "####", "eHh4"):
        small.entries[name] = other
        assert vault.read(ENTRY) is None


@pytest.mark.parametrize(
    ("failure", "state"),
    [(keyring.errors.KeyringLocked("x"), KeyringLocked), (RuntimeError("hunter2"), KeyringUnavailable)],
)
def test_every_state_of_the_keyring_is_told_and_no_secret_with_it(
    failure: Exception, state: type[LumenError], keyring: Fake
) -> None:
    vault = KeyringVault(keyring)
    keyring.failure = failure
    asks: list[Callable[[], object]] = [
        lambda: vault.read(ENTRY),
        lambda: vault.write(ENTRY, "hunter2"),
        lambda: vault.forget(ENTRY),
    ]
    for ask in asks:
        with pytest.raises(state) as raised:
            ask()
        assert "hunter2" not in str(raised.value)
        assert "store" not in str(raised.value)


def test_a_keyring_that_does_not_keep_is_noticed(keyring: Fake) -> None:
    keyring.keeps = False

    with pytest.raises(KeyringUnavailable, match="did not keep"):
        KeyringVault(keyring).write(ENTRY, "secret")


def test_a_secret_beyond_all_measure_is_a_mistake(keyring: Fake) -> None:
    with pytest.raises(ValueError, match="too long"):
        KeyringVault(keyring).write(ENTRY, "x" * 1_000_000)


def test_a_session_keeps_until_it_forgets() -> None:
    vault = SessionVault()
    vault.write(ENTRY, "secret")

    assert vault.read(ENTRY) == "secret"
    vault.forget(ENTRY)
    vault.forget(ENTRY)
    assert vault.read(ENTRY) is None
