from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import pytest

from workstation.errors import LumenError
from workstation.security import (
    KeyringLocked,
    KeyringNoEntry,
    KeyringUnavailable,
    KeyringWrongEntry,
    SealBroken,
    SecretRefused,
    SlotsRefused,
    WrongKey,
    keyrings,
    keys,
    recovery,
    slots,
)
from workstation.security.keys import KeySlots
from workstation.security.passphrase import Cost, CostRange
from workstation.security.slots import KeyringSlot, PassphraseSlot, RecoverySlot, SlotKind

KEK = bytes(range(32))
OTHER = bytes(32)
WORDS = "correct horse battery"
ORGANISATION = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")


class Fake(keyrings.Keyring, Protocol):
    """The keyring of conftest."""

    entries: dict[tuple[str, str], str]
    failure: Exception | None


class Full:
    """A store's slots, all four of them, and what opens each."""

    def __init__(self, keyring: Fake, cheap: Cost, accepts_cheap: CostRange) -> None:
        self.keyring = keyring
        self.accepts = accepts_cheap
        self.paper = recovery.new_recovery_key()
        self.slots = (
            KeySlots.create(KEK)
            .with_keyring(KEK, keyring)
            .with_passphrase(KEK, WORDS, cheap)
            .with_organisation(KEK, recovery.public_of(ORGANISATION))
            .with_personal(KEK, self.paper)
        )

    def ways(self, found: KeySlots) -> dict[SlotKind, Callable[[], bytearray]]:
        """Return how each kind of slot is opened."""
        return {
            SlotKind.KEYRING: lambda: found.unlock_with_keyring(self.keyring),
            SlotKind.PASSPHRASE: lambda: found.unlock_with_passphrase(WORDS, self.accepts),
            SlotKind.ORGANISATION: lambda: found.unlock_with_recovery_key(ORGANISATION_PEM),
            SlotKind.PERSONAL: lambda: found.unlock_with_recovery_key(self.paper),
        }


# RFC 7748's private key of Alice, in the wrapping of RFC 8410 (section 7: 302e…0420 and the key).
ORGANISATION_PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VuBCIEIHcHbQpzGKV9PBbBclGyZkXfTC+H68CZKrF3+6UduSwq\n"
    "-----END PRIVATE KEY-----\n"
)


@pytest.fixture
def full(keyring: Fake, cheap: Cost, accepts_cheap: CostRange) -> Full:
    return Full(keyring, cheap, accepts_cheap)


@pytest.mark.parametrize("kind", SlotKind)
def test_every_slot_opens_the_same_key(kind: SlotKind, full: Full) -> None:
    found = KeySlots.from_bytes(full.slots.to_bytes())

    assert full.ways(found)[kind]() == KEK


@pytest.mark.parametrize("kind", SlotKind)
def test_a_slot_taken_out_is_gone_and_the_others_stay(kind: SlotKind, full: Full) -> None:
    left = full.slots.without(KEK, kind)

    for other, unlock in full.ways(left).items():
        if other is kind:
            with pytest.raises((SlotsRefused, SecretRefused)):
                unlock()
        else:
            assert unlock() == KEK


def test_the_last_slot_cannot_be_taken_out(full: Full) -> None:
    left = full.slots
    for kind in list(SlotKind)[:-1]:
        left = left.without(KEK, kind)

    with pytest.raises(SlotsRefused, match="last way"):
        left.without(KEK, SlotKind.PERSONAL)


def test_slots_without_a_slot_are_never_written() -> None:
    with pytest.raises(SlotsRefused, match="never be opened"):
        KeySlots.create(KEK).to_bytes()


def test_the_key_stands_nowhere_in_the_file(full: Full) -> None:
    text = full.slots.to_bytes()

    assert KEK not in text
    assert KEK.hex().encode() not in text
    assert WORDS.encode() not in text


def test_changing_the_passphrase_leaves_the_old_one_outside(full: Full, cheap: Cost) -> None:
    changed = full.slots.with_passphrase(KEK, "another horse", cheap)

    assert changed.unlock_with_passphrase("another horse", full.accepts) == KEK
    assert changed.kinds == full.slots.kinds
    assert len(changed.slots) == len(full.slots.slots)
    with pytest.raises(SecretRefused, match="passphrase"):
        changed.unlock_with_passphrase(WORDS, full.accepts)


def test_renewing_the_keyring_slot_leaves_the_old_slot_usable_until_it_is_saved(full: Full) -> None:
    """A crash between the keyring and the file must lock nobody out."""
    renewed = full.slots.with_keyring(KEK, full.keyring)

    assert full.slots.unlock_with_keyring(full.keyring) == KEK
    assert renewed.unlock_with_keyring(full.keyring) == KEK


def test_a_wrong_passphrase_or_recovery_key_is_refused(full: Full) -> None:
    with pytest.raises(SecretRefused, match="passphrase"):
        full.slots.unlock_with_passphrase("correct horse batterz", full.accepts)
    with pytest.raises(SecretRefused, match="does not belong"):
        full.slots.unlock_with_recovery_key(recovery.new_recovery_key())


def test_the_states_of_the_keyring_are_told_apart(full: Full) -> None:
    import keyring.errors

    entry = next(iter(full.keyring.entries))
    right = full.keyring.entries[entry]

    full.keyring.failure = keyring.errors.NoKeyringError()
    assert raised(full) is KeyringUnavailable
    full.keyring.failure = keyring.errors.KeyringLocked()
    assert raised(full) is KeyringLocked
    full.keyring.failure = None
    full.keyring.entries.clear()
    assert raised(full) is KeyringNoEntry
    keyrings.write_secret(full.keyring, entry[1], OTHER)
    assert raised(full) is KeyringWrongEntry
    full.keyring.entries[entry] = "hello"
    assert raised(full) is KeyringWrongEntry
    full.keyring.entries[entry] = right
    assert full.slots.unlock_with_keyring(full.keyring) == KEK


def raised(full: Full) -> type[LumenError] | None:
    before = dict(full.keyring.entries)
    try:
        full.slots.unlock_with_keyring(full.keyring)
    except LumenError as error:
        assert full.keyring.entries == before, "a failed unlock wrote to the keyring"
        return type(error)
    return None


def test_only_the_stores_own_key_may_change_its_slots(full: Full, cheap: Cost) -> None:
    changes: list[Callable[[], KeySlots]] = [
        lambda: full.slots.with_keyring(OTHER, full.keyring),
        lambda: full.slots.with_passphrase(OTHER, WORDS, cheap),
        lambda: full.slots.with_organisation(OTHER, recovery.public_of(ORGANISATION)),
        lambda: full.slots.with_personal(OTHER, full.paper),
        lambda: full.slots.without(OTHER, SlotKind.KEYRING),
    ]
    for change in changes:
        with pytest.raises(WrongKey):
            change()


def test_a_stored_cost_off_the_accept_list_is_refused_before_it_is_paid(full: Full) -> None:
    """The cheap cost of these tests is below the program's own floor."""
    with pytest.raises(SlotsRefused, match="accept-list"):
        full.slots.unlock_with_passphrase(WORDS)


def test_a_bomb_of_memory_in_the_file_is_refused_at_once(full: Full) -> None:
    bomb = resigned(full, lambda slot: slot.update(argon2id={"memory_kib": 2**31, "passes": 3, "lanes": 4}))

    with pytest.raises(SlotsRefused, match="accept-list"):
        bomb.unlock_with_passphrase(WORDS)


def resigned(full: Full, change: Callable[[dict[str, Any]], object]) -> KeySlots:
    """Return the slots as someone with an editor, but without the key, would leave them: digest mended."""
    found = []
    for slot in full.slots.slots:
        value = json.loads(json.dumps(slots.to_json(slot)))
        if value["kind"] == "passphrase":
            change(value)
        found.append(slots.from_json(value))
    return KeySlots.from_bytes(replace(full.slots, slots=tuple(found)).to_bytes())


def test_a_slot_of_a_strangers_making_is_seen_by_every_other_slot(full: Full) -> None:
    """He swaps the organisation's key for his own, so that a later key would be sealed to him."""
    his = recovery.new_recovery_key()
    his_slots = KeySlots.create(KEK).with_organisation(KEK, recovery.public_of(recovery.private_key(his)))
    mixed = tuple(
        his_slots.slots[0] if slot.kind is SlotKind.ORGANISATION else slot for slot in full.slots.slots
    )
    altered = KeySlots.from_bytes(replace(full.slots, slots=mixed).to_bytes())

    for kind in (SlotKind.KEYRING, SlotKind.PASSPHRASE, SlotKind.PERSONAL):
        with pytest.raises(SlotsRefused, match="altered"):
            full.ways(altered)[kind]()


@pytest.mark.parametrize("kind", SlotKind)
def test_a_slot_taken_out_or_moved_by_a_stranger_is_seen(kind: SlotKind, full: Full) -> None:
    fewer = tuple(slot for slot in full.slots.slots if slot.kind is not kind)
    altered = KeySlots.from_bytes(replace(full.slots, slots=fewer).to_bytes())

    for other, unlock in full.ways(altered).items():
        if other is not kind:
            with pytest.raises(SlotsRefused, match="altered"):
                unlock()


def test_a_slot_of_another_store_does_not_open(cheap: Cost, accepts_cheap: CostRange) -> None:
    one = KeySlots.create(KEK).with_passphrase(KEK, WORDS, cheap)
    two = KeySlots.create(KEK).with_passphrase(KEK, WORDS, cheap)
    moved = replace(one, slots=two.slots)

    with pytest.raises(SlotsRefused, match="altered"):
        moved.unlock_with_passphrase(WORDS, accepts_cheap)


def test_a_seal_that_opens_to_another_key_is_refused(cheap: Cost, accepts_cheap: CostRange) -> None:
    """The slot is whole and the passphrase right, but what it holds isn't this store's key."""
    right = KeySlots.create(KEK).with_passphrase(KEK, WORDS, cheap)
    wrong = slots.seal_to_passphrase(OTHER, right.store, WORDS, cheap)

    with pytest.raises(SlotsRefused):
        replace(right, slots=(wrong,)).unlock_with_passphrase(WORDS, accepts_cheap)


def test_a_flipped_bit_at_any_byte_of_the_file_is_seen_or_harmless(full: Full) -> None:
    good = full.slots.to_bytes()
    for at in range(len(good)):
        bad = bytearray(good)
        bad[at] ^= 1 << (at % 8)
        try:
            found = KeySlots.from_bytes(bytes(bad))
        except SlotsRefused:
            continue
        assert found == full.slots, at  # white space


def test_a_file_cut_anywhere_is_refused(full: Full) -> None:
    good = full.slots.to_bytes()
    for size in range(len(good) - 1):  # the last byte ends the line
        with pytest.raises(SlotsRefused):
            KeySlots.from_bytes(good[:size])


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 60_000, b'{"format": 1e999}', b" " * 100_000 + b"{}"],
)
def test_what_is_no_slot_file_is_refused(data: bytes) -> None:
    with pytest.raises(SlotsRefused):
        KeySlots.from_bytes(data)


def test_another_version_is_refused_with_its_own_words(full: Full) -> None:
    value = json.loads(full.slots.to_bytes())
    value["version"] = 2

    with pytest.raises(SlotsRefused, match="version"):
        KeySlots.from_bytes(json.dumps(value).encode())


def test_two_slots_of_one_kind_are_refused(full: Full) -> None:
    twice = replace(full.slots, slots=(*full.slots.slots, full.slots.slots[0]))

    with pytest.raises(SlotsRefused):
        KeySlots.from_bytes(twice.to_bytes())


@pytest.mark.parametrize(
    "slot",
    [
        KeyringSlot("store.1", b"sealed"),
        PassphraseSlot(b"salt", Cost(1, 2, 3), b"sealed"),
        RecoverySlot(SlotKind.PERSONAL, b"public", b"sealed"),
        RecoverySlot(SlotKind.ORGANISATION, b"public", b"sealed"),
    ],
)
def test_a_slot_survives_the_file_and_takes_no_other_field(slot: slots.Slot) -> None:
    value = json.loads(json.dumps(slots.to_json(slot)))

    assert slots.from_json(value) == slot
    for bad in ({**value, "extra": 1}, {**value, "sealed": "zz"}, {**value, "kind": "none"}, {}):
        with pytest.raises(SlotsRefused):
            slots.from_json(bad)


def test_a_study_key_opens_for_its_own_study_alone() -> None:
    data_key = keys.new_data_key()
    wrapped = keys.wrap_data_key(KEK, data_key, "study-a")

    assert keys.unwrap_data_key(KEK, wrapped, "study-a") == data_key
    with pytest.raises(SealBroken):
        keys.unwrap_data_key(KEK, wrapped, "study-b")
    with pytest.raises(WrongKey):
        keys.unwrap_data_key(OTHER, wrapped, "study-a")


def test_fresh_keys_differ() -> None:
    made = {bytes(keys.new_kek()) for _ in range(50)} | {bytes(keys.new_data_key()) for _ in range(50)}

    assert len(made) == 100
    assert {len(key) for key in made} == {32}
