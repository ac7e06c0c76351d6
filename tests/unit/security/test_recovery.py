from __future__ import annotations

import hashlib
import hmac
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.security import SecretRefused, recovery


def pem(kind: str, body: str) -> str:
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n"


# Printed by OpenSSL 3.0.19: openssl genpkey -algorithm x25519, openssl pkey -pubout, and a pair for
# signing (openssl genpkey -algorithm ed25519), to which nothing can be sealed.
PRIVATE = pem("PRIVATE KEY", "MC4CAQAwBQYDK2VuBCIEIKB6AgJt3F0TLHQ7vJZC2G28qanUPm6sBxJFeAvbwRRD")
PUBLIC = pem("PUBLIC KEY", "MCowBQYDK2VuAyEA1exhg5EFjT3YM4Oh0ycqM0knDpLe1Ul2upCoScVmBiY=")
SIGNING = pem("PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEIEIhxZC+vCDDKAYz+M2zZRqRoJHJluyiFw6tGO+rUHHw")
SIGNING_PUBLIC = pem("PUBLIC KEY", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")


def test_a_pair_as_openssl_writes_it_seals_and_opens() -> None:
    public, private = recovery.public_key(PUBLIC), recovery.private_key(PRIVATE)
    sealed = recovery.seal_to(public, b"k" * 32, b"slot")

    assert recovery.public_of(private) == public
    assert recovery.open_with(private, sealed, b"slot") == b"k" * 32


def test_the_public_part_is_that_of_rfc_7748() -> None:
    """Section 6.1: Alice's key pair."""
    private = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    public = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"

    assert recovery.public_of(private).hex() == public


def test_an_organisation_may_give_its_public_key_in_base64() -> None:
    body = "1exhg5EFjT3YM4Oh0ycqM0knDpLe1Ul2upCoScVmBiY="

    assert recovery.public_key(body + "\n") == recovery.public_key(PUBLIC)


@pytest.mark.parametrize("text", ["", "nonsense", "AAAA", SIGNING_PUBLIC, PRIVATE, PUBLIC[:60]])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(SecretRefused, match="X25519 public key"):
        recovery.public_key(text)


@pytest.mark.parametrize("text", [SIGNING, PUBLIC, PRIVATE[:60]])
def test_what_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(SecretRefused, match="X25519 private key"):
        recovery.private_key(text)


def test_a_key_to_which_everyone_has_the_secret_is_refused() -> None:
    """RFC 7748, section 6.1: a point of small order makes the shared secret all zero."""
    with pytest.raises(SecretRefused):
        recovery.seal_to(bytes(32), b"k" * 32, b"slot")


def test_another_place_another_key_or_a_flipped_bit_do_not_open() -> None:
    private = recovery.private_key(PRIVATE)
    sealed = recovery.seal_to(recovery.public_key(PUBLIC), b"k" * 32, b"slot")

    with pytest.raises(SecretRefused):
        recovery.open_with(private, sealed, b"slop")
    with pytest.raises(SecretRefused):
        recovery.open_with(recovery.private_key(recovery.new_recovery_key()), sealed, b"slot")
    for at in range(len(sealed)):
        bad = bytearray(sealed)
        bad[at] ^= 1 << (at % 7)  # the top bit of a point's last byte means nothing (RFC 7748, section 5)
        with pytest.raises(SecretRefused):
            recovery.open_with(private, bytes(bad), b"slot")


def test_a_printed_key_has_eight_groups_of_four_that_nobody_misreads() -> None:
    groups = recovery.new_recovery_key().split("-")

    assert [len(group) for group in groups] == [4] * 8
    assert set("".join(groups)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_the_printed_form_is_the_one_written_down() -> None:
    """The seed 00 01 … 0f, by hand: Crockford's base32 of it and of its digest's first four bytes."""
    seed = bytes(range(16))
    number = int.from_bytes(seed + hashlib.sha256(b"lumen/recovery-key/v1" + seed).digest()[:4], "big")
    letters = "".join(
        "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> shift & 31] for shift in range(155, -1, -5)
    )
    extracted = hmac.digest(bytes(32), seed, "sha256")  # RFC 5869: no salt is 32 zeros

    assert recovery.private_key(letters) == hmac.digest(extracted, b"lumen/recovery-key/v1\x01", "sha256")


def test_every_printed_key_is_another() -> None:
    assert len({recovery.new_recovery_key() for _ in range(200)}) == 200


@given(st.randoms(use_true_random=False))
def test_a_key_may_be_typed_with_the_usual_slips(slips: random.Random) -> None:
    """Case, spaces, hyphens; O for zero, I and L for one: Crockford's rules for reading."""
    printed = recovery.new_recovery_key()
    typed = "".join(
        slips.choice([letter, letter.lower(), {"0": "O", "1": "l"}.get(letter, letter), letter + " "])
        for letter in printed
    )

    assert recovery.private_key(typed) == recovery.private_key(printed)


def test_one_wrong_letter_is_seen_wherever_it_stands() -> None:
    printed = recovery.new_recovery_key()
    for at, letter in enumerate(printed):
        if letter != "-":
            wrong = "7" if letter != "7" else "8"
            with pytest.raises(SecretRefused, match="whole recovery key"):
                recovery.private_key(printed[:at] + wrong + printed[at + 1 :])


@pytest.mark.parametrize("text", ["", "ABCD", "U" * 32, "é" * 32, "0" * 31, "0" * 33, "0" * 40])
def test_what_is_no_recovery_key_is_refused(text: str) -> None:
    with pytest.raises(SecretRefused, match="whole recovery key"):
        recovery.private_key(text)
