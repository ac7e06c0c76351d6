import pytest

from workstation.viewing import SeenLedger, SnapshotBroken

STACK = [("2.25.1", 0), ("2.25.2", 0), ("2.25.3", 0), ("2.25.3", 1)]


def test_what_was_shown_is_seen_and_the_rest_is_not() -> None:
    ledger = SeenLedger()
    ledger.see("2.25.2", 0)
    ledger.see("2.25.3", 1)

    assert ledger.unseen(STACK) == (("2.25.1", 0), ("2.25.3", 0))
    assert ("2.25.2", 0) in ledger


def test_a_frame_is_told_when_it_is_seen_first_and_not_again() -> None:
    ledger = SeenLedger()
    told: list[tuple[str, int]] = []
    listener = told.append
    ledger.changed.connect(listener)
    for _ in range(3):
        ledger.see("2.25.1", 0)

    assert told == [("2.25.1", 0)]


def test_a_stack_sorted_anew_keeps_what_was_seen() -> None:
    ledger = SeenLedger(STACK[:2])

    assert ledger.unseen(list(reversed(STACK))) == (("2.25.3", 1), ("2.25.3", 0))


def test_a_ledger_comes_back_as_it_was() -> None:
    again = SeenLedger.from_json(SeenLedger(STACK).to_json())

    assert again.unseen(STACK) == ()
    assert again.to_json() == '{"2.25.1": [0], "2.25.2": [0], "2.25.3": [0, 1]}'


@pytest.mark.parametrize(
    "text", ["", "[]", "7", '{"2.25.1": 0}', '{"2.25.1": ["0"]}', '{"2.25.1": [-1]}', '{"2.25.1": [[]]}']
)
def test_a_text_that_is_no_ledger_is_refused_calmly(text: str) -> None:
    with pytest.raises(SnapshotBroken, match="can't be read back"):
        SeenLedger.from_json(text)
