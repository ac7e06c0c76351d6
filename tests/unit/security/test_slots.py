from __future__ import annotations

from dataclasses import replace

import pytest

from workstation.security import SecretRefused, SlotsRefused, keyrings, recovery, slots
from workstation.security.passphrase import Cost, CostRange
from workstation.security.slots import SlotKind

KEK = bytes(range(32))
WORDS = "correct horse battery"
PRIVATE = bytes(range(1, 33))


def test_a_keyring_slot_is_bound_to_its_store_and_entry(keyring: keyrings.Keyring) -> None:
    """The same secret under another name, or for another store, is no way in."""
    slot = slots.seal_to_keyring(KEK, "store-a", keyring)
    keyrings.write_secret(keyring, "elsewhere", keyrings.read_secret(keyring, slot.entry))

    assert slots.open_with_keyring(slot, "store-a", keyring) == KEK
    with pytest.raises(SlotsRefused):
        slots.open_with_keyring(slot, "store-b", keyring)
    with pytest.raises(SlotsRefused):
        slots.open_with_keyring(replace(slot, entry="elsewhere"), "store-a", keyring)


def test_every_keyring_slot_has_an_entry_of_its_own(keyring: keyrings.Keyring) -> None:
    entries = {slots.seal_to_keyring(KEK, "store-a", keyring).entry for _ in range(5)}

    assert len(entries) == 5


def test_a_passphrase_slot_is_bound_to_its_store(cheap: Cost, accepts_cheap: CostRange) -> None:
    slot = slots.seal_to_passphrase(KEK, "store-a", WORDS, cheap)

    assert slots.open_with_passphrase(slot, "store-a", WORDS, accepts_cheap) == KEK
    with pytest.raises(SlotsRefused):
        slots.open_with_passphrase(slot, "store-b", WORDS, accepts_cheap)


def test_a_recovery_slot_is_bound_to_its_store_and_holder() -> None:
    slot = slots.seal_to_public(KEK, "store-a", SlotKind.ORGANISATION, recovery.public_of(PRIVATE))

    assert slots.open_with_private(slot, "store-a", PRIVATE) == KEK
    with pytest.raises(SecretRefused):
        slots.open_with_private(slot, "store-b", PRIVATE)
    with pytest.raises(SecretRefused):
        slots.open_with_private(replace(slot, kind=SlotKind.PERSONAL), "store-a", PRIVATE)


def test_a_flipped_bit_in_a_seal_never_gives_a_key(cheap: Cost, accepts_cheap: CostRange) -> None:
    slot = slots.seal_to_passphrase(KEK, "store-a", WORDS, cheap)
    for at in range(len(slot.sealed)):
        bad = bytes(byte ^ (1 if at == place else 0) for place, byte in enumerate(slot.sealed))
        with pytest.raises((SlotsRefused, SecretRefused)):
            slots.open_with_passphrase(replace(slot, sealed=bad), "store-a", WORDS, accepts_cheap)


def test_a_sealed_value_that_is_no_key_is_refused(cheap: Cost, accepts_cheap: CostRange) -> None:
    short = slots.seal_to_passphrase(KEK[:31], "store-a", WORDS, cheap)

    with pytest.raises(SlotsRefused):
        slots.open_with_passphrase(short, "store-a", WORDS, accepts_cheap)
