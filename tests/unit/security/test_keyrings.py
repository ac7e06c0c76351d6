from __future__ import annotations

import base64
import importlib
from types import SimpleNamespace
from typing import Any, Protocol

import keyring.errors
import pytest
from keyring.backends import SecretService, chainer, fail, null

from workstation.errors import LumenError
from workstation.security import (
    KeyringLocked,
    KeyringNoEntry,
    KeyringUnavailable,
    KeyringWrongEntry,
    keyrings,
)

SECRET = bytes(range(32))


class Fake(keyrings.Keyring, Protocol):
    """The keyring of conftest."""

    entries: dict[tuple[str, str], str]
    failure: Exception | None
    keeps: bool


def backend(priority_: float, failure: Exception | None = None) -> type:
    class Backend:
        priority = priority_

        def __init__(self) -> None:
            if failure is not None:
                raise failure

    return Backend


def test_what_is_kept_is_found_again(keyring: Fake) -> None:
    keyrings.write_secret(keyring, "store", SECRET)

    assert keyrings.read_secret(keyring, "store") == SECRET


def test_forgetting_twice_is_fine(keyring: Fake) -> None:
    keyrings.write_secret(keyring, "store", SECRET)
    keyrings.forget_secret(keyring, "store")
    keyrings.forget_secret(keyring, "store")

    with pytest.raises(KeyringNoEntry):
        keyrings.read_secret(keyring, "store")


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (keyring.errors.KeyringLocked("x"), KeyringLocked),
        (keyring.errors.InitError("x"), KeyringUnavailable),
        (keyring.errors.NoKeyringError("x"), KeyringUnavailable),
        (keyring.errors.PasswordSetError("x"), KeyringUnavailable),
        (OSError("x"), KeyringUnavailable),
        (RuntimeError("MUELLER^HANS"), KeyringUnavailable),
    ],
)
def test_every_failure_of_a_backend_is_a_state(
    failure: Exception, state: type[LumenError], keyring: Fake
) -> None:
    keyring.failure = failure
    for ask in (
        lambda: keyrings.read_secret(keyring, "store"),
        lambda: keyrings.write_secret(keyring, "store", SECRET),
        lambda: keyrings.forget_secret(keyring, "store"),
    ):
        with pytest.raises(state) as raised:
            ask()
        assert "MUELLER" not in str(raised.value)


@pytest.mark.parametrize("text", ["", "x", "not base64!", base64.b64encode(bytes(31)).decode(), "ä"])
def test_an_entry_that_is_no_key_is_a_wrong_entry(text: str, keyring: Fake) -> None:
    keyring.entries[keyrings.SERVICE, "store"] = text

    with pytest.raises(KeyringWrongEntry):
        keyrings.read_secret(keyring, "store")


def test_a_keyring_that_does_not_keep_is_noticed(keyring: Fake) -> None:
    keyring.keeps = False
    with pytest.raises(KeyringNoEntry):
        keyrings.write_secret(keyring, "store", SECRET)

    keyring.entries[keyrings.SERVICE, "store"] = base64.b64encode(bytes(32)).decode()
    with pytest.raises(KeyringUnavailable, match="did not keep"):
        keyrings.write_secret(keyring, "store", SECRET)


def test_plain_text_null_and_chained_backends_are_not_on_the_list() -> None:
    names = {place for place, _ in keyrings.ALLOWED}

    assert names == {
        "keyring.backends.Windows",
        "keyring.backends.macOS",
        "keyring.backends.SecretService",
        "keyring.backends.kwallet",
    }


def test_what_the_environment_names_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring library itself would take this one."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr(SecretService, "Keyring", backend(5.0))

    assert not isinstance(keyrings.system_keyring(), null.Keyring | fail.Keyring | chainer.ChainerBackend)


def test_the_best_of_those_that_work_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {
        "a": backend(4.9),
        "b": backend(5.1),
        "c": backend(9.0, RuntimeError("no service")),
    }
    monkeypatch.setattr(keyrings, "ALLOWED", [("tests.backends", name) for name in "abcd"])
    monkeypatch.setattr(importlib, "import_module", lambda _: SimpleNamespace(**made))

    assert isinstance(keyrings.system_keyring(), made["b"])


def test_without_any_backend_it_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyrings, "ALLOWED", [("no.such.module", "Keyring")])

    with pytest.raises(KeyringUnavailable, match="never kept unencrypted"):
        keyrings.system_keyring()
