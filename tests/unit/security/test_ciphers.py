from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from workstation.security import SealBroken, SelfTestFailed, WrongKey, ciphers, known_answers

KEY = bytes(range(32))
OTHER = bytes(32)


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_was_sealed_opens_again(plain: bytes, associated: bytes) -> None:
    sealed = ciphers.seal(KEY, plain, associated)

    assert ciphers.unseal(KEY, sealed, associated) == plain
    assert len(sealed) == len(plain) + ciphers.SEAL_OVERHEAD


def test_the_layout_is_the_one_written_down() -> None:
    """Opened by hand, from the module's table alone."""
    sealed = ciphers.seal(KEY, b"plain", b"who")
    head, nonce, body = sealed[:14], sealed[14:26], sealed[26:]

    assert head[:6] == b"LUMs\x01\x01"
    assert AESGCM(KEY).decrypt(nonce, body, head + b"who") == b"plain"


def test_the_same_value_never_looks_the_same_twice() -> None:
    assert len({ciphers.seal(KEY, b"plain", b"") for _ in range(1000)}) == 1000


def test_a_flipped_bit_at_any_byte_is_refused() -> None:
    good = ciphers.seal(KEY, b"a measurement of 12.0 mm", b"who")
    for at in range(len(good)):
        for bit in range(8):
            bad = bytearray(good)
            bad[at] ^= 1 << bit
            with pytest.raises(SealBroken):
                ciphers.unseal(KEY, bad, b"who")


def test_a_value_cut_or_grown_anywhere_is_refused() -> None:
    good = ciphers.seal(KEY, b"plain", b"who")
    for size in range(len(good)):
        with pytest.raises(SealBroken):
            ciphers.unseal(KEY, good[:size], b"who")
    with pytest.raises(SealBroken):
        ciphers.unseal(KEY, good + b"\x00", b"who")


def test_a_value_in_another_place_is_refused() -> None:
    with pytest.raises(SealBroken):
        ciphers.unseal(KEY, ciphers.seal(KEY, b"plain", b"study 1"), b"study 2")


def test_a_byte_cannot_move_between_associated_data_and_header() -> None:
    sealed = ciphers.seal(KEY, b"plain", b"AB")

    with pytest.raises(SealBroken):
        ciphers.unseal(KEY, sealed + b"A", b"B")


def test_a_wrong_key_is_told_from_damage() -> None:
    sealed = ciphers.seal(KEY, b"plain", b"")

    with pytest.raises(WrongKey):
        ciphers.unseal(OTHER, sealed, b"")
    with pytest.raises(SealBroken) as damage:
        ciphers.unseal(KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]), b"")
    assert not isinstance(damage.value, WrongKey)


@pytest.mark.parametrize(("version", "algorithm"), [(0, 1), (2, 1), (1, 0), (1, 2), (255, 255)])
def test_only_what_is_on_the_accept_list_is_opened(version: int, algorithm: int) -> None:
    """A valid seal under a header that asks for something else: made by hand, key and all."""
    head = b"LUMs" + bytes([version, algorithm]) + ciphers.key_id(KEY)
    sealed = head + bytes(12) + AESGCM(KEY).encrypt(bytes(12), b"plain", head)

    with pytest.raises(SealBroken, match="knows"):
        ciphers.unseal(KEY, sealed, b"")


def test_derived_keys_are_hkdf_of_purpose_and_salt() -> None:
    """RFC 5869, sections 2.2 and 2.3, written out with the standard library's HMAC."""
    extracted = hmac.digest(b"salt", KEY, "sha256")
    expanded = hmac.digest(extracted, b"purpose" + b"\x01", "sha256")

    assert ciphers.derive(KEY, b"purpose", b"salt") == expanded


def test_each_purpose_and_salt_has_its_own_key() -> None:
    keys = {ciphers.derive(key, p, s) for key in (KEY, OTHER) for p in (b"a", b"b", b"") for s in (b"", b"s")}

    assert len(keys) == 12


def test_a_tag_is_an_hmac_in_lower_case_base32() -> None:
    uid = "1.2.840.113619.2.1"
    digest = hmac.new(KEY, uid.encode(), hashlib.sha256).digest()

    assert ciphers.tag(KEY, uid) == base64.b32encode(digest).decode().lower().strip("=")


@given(st.text(max_size=70))
def test_a_tag_is_always_a_safe_file_name(text: str) -> None:
    name = ciphers.tag(KEY, text)

    assert len(name) == 52
    assert name.isalnum()
    assert name == name.lower()


def test_wiping_leaves_nothing() -> None:
    key = ciphers.new_key()
    assert any(key)
    ciphers.wipe(key)

    assert key == bytearray(32)


def test_the_ciphers_of_this_machine_pass() -> None:
    ciphers.self_test()


@pytest.mark.parametrize("name", known_answers.KNOWN_ANSWERS)
def test_one_wrong_answer_stops_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ciphers, "KNOWN_ANSWERS", {**known_answers.KNOWN_ANSWERS, name: lambda: False})

    with pytest.raises(SelfTestFailed, match=name):
        ciphers.self_test()


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("AES-256-GCM", "AESGCM"),
        ("HKDF-SHA-256", "HKDF"),
        ("Argon2id", "Argon2id"),
        ("X25519", "X25519PrivateKey"),
        ("Ed25519", "Ed25519PrivateKey"),
    ],
)
def test_a_cipher_that_raises_has_failed(name: str, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(known_answers, broken)

    with pytest.raises(SelfTestFailed, match=name):
        ciphers.self_test()


def test_a_gcm_that_accepts_anything_fails_the_self_test(monkeypatch: pytest.MonkeyPatch) -> None:
    class Trusting:
        def __init__(self, key: bytes) -> None:
            self._cipher = AESGCM(key)
            self.encrypt = self._cipher.encrypt

        def decrypt(self, nonce: bytes, data: bytes, associated: bytes) -> bytes:
            """Give out the plaintext whatever the tag says: counter mode is its own inverse."""
            return self._cipher.encrypt(nonce, data[:-16], associated)[:-16]

    monkeypatch.setattr(known_answers, "AESGCM", Trusting)

    with pytest.raises(SelfTestFailed, match="AES-256-GCM"):
        ciphers.self_test()
