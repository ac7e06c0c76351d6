from __future__ import annotations

import unicodedata

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from workstation.security import SecretRefused, SlotsRefused, passphrase
from workstation.security.passphrase import ACCEPTED, NEW_COST, Cost

SALT = bytes(16)
CHEAP = Cost(memory_kib=32, passes=1, lanes=1)


def test_the_key_is_argon2id_of_the_passphrase() -> None:
    by_hand = Argon2id(salt=SALT, length=32, iterations=1, lanes=1, memory_cost=32).derive(b"correct horse")

    assert passphrase.stretch("correct horse", SALT, CHEAP) == by_hand


def test_salt_cost_and_passphrase_each_change_the_key() -> None:
    keys = {
        passphrase.stretch("correct horse", SALT, CHEAP),
        passphrase.stretch("correct horse", b"s" * 16, CHEAP),
        passphrase.stretch("correct horse", SALT, Cost(64, 1, 1)),
        passphrase.stretch("correct horse", SALT, Cost(32, 2, 1)),
        passphrase.stretch("correct horsf", SALT, CHEAP),
    }

    assert len(keys) == 5


def test_a_passphrase_is_the_same_on_every_keyboard() -> None:
    """RFC 8265, section 4.2.2: composed letters, and any kind of space is a space."""
    composed = unicodedata.normalize("NFC", "Bücher über Ärzte")
    apart = unicodedata.normalize("NFD", composed).replace(" ", "\N{NO-BREAK SPACE}")

    assert composed != apart
    assert passphrase.stretch(composed, SALT, CHEAP) == passphrase.stretch(apart, SALT, CHEAP)


@pytest.mark.parametrize(
    "cost",
    [
        NEW_COST,
        Cost(64 * 1024, 3, 1),
        Cost(1024 * 1024, 10, 16),
    ],
)
def test_costs_within_the_accept_list_are_taken(cost: Cost) -> None:
    ACCEPTED.require(cost)


@pytest.mark.parametrize(
    "cost",
    [
        Cost(64 * 1024 - 1, 3, 4),
        Cost(256 * 1024, 2, 4),
        Cost(256 * 1024, 3, 0),
        Cost(1024 * 1024 + 1, 3, 4),
        Cost(2**31, 3, 4),
        Cost(256 * 1024, 11, 4),
        Cost(256 * 1024, 3, 17),
        Cost(-1, -1, -1),
    ],
)
def test_a_downgrade_or_a_bomb_is_refused(cost: Cost) -> None:
    with pytest.raises(SlotsRefused, match="accept-list"):
        ACCEPTED.require(cost)


@pytest.mark.parametrize("words", ["", "1234567", "e\u0301" * 7])
def test_a_passphrase_that_is_too_short_is_refused(words: str) -> None:
    with pytest.raises(SecretRefused, match="at least 8"):
        passphrase.require_long_enough(words)
