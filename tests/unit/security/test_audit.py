from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.security.audit import (
    START,
    AuditRecord,
    BadRecord,
    ChainReport,
    Link,
    SealedRecord,
    Wrong,
    seal_record,
    verify_chain,
)
from workstation.security.audit_codes import Action, Outcome
from workstation.security.checkpoints import Checkpoint, device_of, sign_checkpoint, verify_trail

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DEVICE_KEY = bytes(range(32))
DEVICE = device_of(DEVICE_KEY)
COUNT = 2000


def record(seq: int, detail: str = "") -> AuditRecord:
    return AuditRecord(
        seq=seq,
        utc=NOON + timedelta(seconds=seq),
        monotonic=seq / 8,
        user="rad1",
        user_name="Dr. Müller",
        patient=f"P{seq % 7}",
        study=f"1.2.840.99.{seq % 11}",
        action=list(Action)[seq % len(Action)],
        outcome=Outcome.SUCCESS,
        detail=detail,
        boot="boot-1",
    )


def chained(records: list[AuditRecord], link: Link = START) -> list[SealedRecord]:
    sealed = []
    previous = link.hash
    for each in records:
        sealed.append(seal_record(each, previous))
        previous = sealed[-1].hash
    return sealed


CHAIN = chained([record(seq) for seq in range(1, COUNT + 1)])
MARKS = [sign_checkpoint(DEVICE_KEY, Link(row.seq, row.hash), NOON) for row in CHAIN[255::256]]

numbers = st.integers(1, COUNT)
tampering = settings(max_examples=40, deadline=None)


def bad(rows: list[SealedRecord]) -> BadRecord | None:
    report = verify_chain(rows)
    assert report.bad is None or report.count < report.bad.seq or report.bad.wrong is Wrong.INSERTED
    return report.bad


def test_a_chain_that_nobody_touched_holds() -> None:
    assert verify_chain(CHAIN) == ChainReport(COUNT, Link(COUNT, CHAIN[-1].hash), None)
    assert verify_chain([]) == ChainReport(0, START, None)


def test_the_hash_is_the_one_written_down() -> None:
    """SHA-256 of previous hash, number in eight bytes big-endian, and bytes; worked by hand for two."""
    first = hashlib.sha256(bytes(32) + b"\x00\x00\x00\x00\x00\x00\x00\x01" + CHAIN[0].data).digest()
    second = hashlib.sha256(first + b"\x00\x00\x00\x00\x00\x00\x00\x02" + CHAIN[1].data).digest()

    assert [CHAIN[0].hash, CHAIN[1].hash] == [first, second]


def test_a_record_is_written_down_in_one_way_only() -> None:
    moment = datetime(2026, 1, 1, 13, 0, 0, 250, tzinfo=timezone(timedelta(hours=1)))

    assert replace(record(1), utc=moment).to_bytes() == (
        b'{"action":"stop","boot":"boot-1","detail":"","monotonic":0.125,"outcome":0,"patient":"P1","seq":1,'
        b'"study":"1.2.840.99.1","user":"rad1","user_name":"Dr. M\\u00fcller",'
        b'"utc":"2026-01-01T12:00:00.000250+00:00"}'
    )


@given(
    st.builds(
        AuditRecord,
        seq=st.integers(1, 2**62),
        utc=st.datetimes(timezones=st.just(UTC)),
        monotonic=st.floats(0, 1e9),
        user=st.text(),
        user_name=st.text(),
        patient=st.text(),
        study=st.text(),
        action=st.sampled_from(Action),
        outcome=st.sampled_from(Outcome),
        detail=st.text(),
        boot=st.text(),
    )
)
def test_a_record_comes_back_as_it_went(any_record: AuditRecord) -> None:
    data = any_record.to_bytes()

    assert AuditRecord.from_bytes(data) == any_record
    assert AuditRecord.from_bytes(data).to_bytes() == data


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        replace(record(1), utc=NOON.replace(tzinfo=None)).to_bytes()


@tampering
@given(numbers, st.data())
def test_an_altered_record_is_named(seq: int, data: st.DataObject) -> None:
    rows = list(CHAIN)
    row = rows[seq - 1]
    at = data.draw(st.integers(0, len(row.data) - 1))
    flipped = bytearray(row.data)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    rows[seq - 1] = replace(row, data=bytes(flipped))

    assert bad(rows) == BadRecord(seq, Wrong.ALTERED)


@pytest.mark.parametrize("seq", [1, 2, 1000, COUNT - 1])
@pytest.mark.parametrize("written", [0, 1, 999, 1001, 5000])
def test_a_record_given_another_number_is_altered(seq: int, written: int) -> None:
    """The hash stays, and the next record still follows on it: the place is taken, by a changed record."""
    rows = list(CHAIN)
    rows[seq - 1] = replace(rows[seq - 1], data=record(written, "x").to_bytes())

    assert bad(rows) == BadRecord(seq, Wrong.ALTERED)


@settings(max_examples=15, deadline=None)
@given(numbers)
def test_an_altered_hash_or_number_is_named(seq: int) -> None:
    for change in ({"hash": bytes(32)}, {"seq": seq + 5000}, {"seq": -1}, {"data": b"", "hash": b""}):
        rows = list(CHAIN)
        rows[seq - 1] = replace(rows[seq - 1], **change)
        assert bad(rows) == BadRecord(seq, Wrong.ALTERED), change


@tampering
@given(numbers)
def test_a_record_altered_with_its_hash_contradicts_the_next(seq: int) -> None:
    rows = list(CHAIN)
    rows[seq - 1] = seal_record(record(seq, "harmless"), rows[seq - 2].hash if seq > 1 else START.hash)
    expected = BadRecord(seq + 1, Wrong.ALTERED) if seq < COUNT else None

    assert bad(rows) == expected


@tampering
@given(numbers, st.integers(1, 50), st.booleans())
def test_removed_records_are_named_by_the_first(seq: int, count: int, renumbered: bool) -> None:  # noqa: FBT001
    rows = [row for row in CHAIN if not seq <= row.seq < seq + count]
    if renumbered:  # as someone would who only looks at the column
        rows = [replace(row, seq=place) for place, row in enumerate(rows, 1)]

    expected = BadRecord(seq, Wrong.REMOVED) if rows and len(rows) >= seq else None
    assert bad(rows) == expected


@tampering
@given(numbers, numbers, st.booleans())
def test_two_records_that_changed_places_are_named_by_the_first(
    one: int,
    other: int,
    renumbered: bool,  # noqa: FBT001
) -> None:
    rows = list(CHAIN)
    rows[one - 1], rows[other - 1] = rows[other - 1], rows[one - 1]
    if renumbered:
        rows = [replace(row, seq=place) for place, row in enumerate(rows, 1)]

    assert bad(rows) == (BadRecord(min(one, other), Wrong.REORDERED) if one != other else None)


@tampering
@given(numbers, numbers, st.integers(1, 40))
def test_a_block_moved_elsewhere_is_named_where_it_is_missing(start: int, to: int, count: int) -> None:
    block, rest = CHAIN[start - 1 : start - 1 + count], CHAIN[: start - 1] + CHAIN[start - 1 + count :]
    place = to % (len(rest) + 1)
    rows = rest[:place] + block + rest[place:]
    expected = None if rows == CHAIN else BadRecord(min(start, place + 1), Wrong.REORDERED)

    assert bad(rows) == expected


@tampering
@given(numbers, st.integers(0, COUNT), st.booleans())
def test_a_copy_of_a_record_put_in_elsewhere_is_named(
    seq: int,
    place: int,
    renumbered: bool,  # noqa: FBT001
) -> None:
    rows = [*CHAIN[:place], CHAIN[seq - 1], *CHAIN[place:]]
    if renumbered:
        rows = [replace(row, seq=at) for at, row in enumerate(rows, 1)]

    assert bad(rows) == BadRecord(seq, Wrong.INSERTED)


@tampering
@given(st.integers(0, COUNT - 1), st.booleans(), st.booleans())
def test_a_forged_record_put_in_between_is_named(
    place: int,
    is_chained: bool,  # noqa: FBT001
    renumbered: bool,  # noqa: FBT001
) -> None:
    """Its hash is right or made up; it takes the number of the record that it pushes aside."""
    forged = seal_record(record(place + 1, "forged"), CHAIN[place - 1].hash if place else START.hash)
    forged = forged if is_chained else replace(forged, hash=bytes(32))
    rows = [*CHAIN[:place], forged, *CHAIN[place:]]
    if renumbered:
        rows = [replace(row, seq=at) for at, row in enumerate(rows, 1)]

    assert bad(rows) == BadRecord(place + 1, Wrong.INSERTED)


def test_a_forged_record_with_a_number_of_its_own_is_named_by_it() -> None:
    forged = seal_record(record(99_999), bytes(32))
    rows = [*CHAIN[:10], forged, *CHAIN[10:]]

    assert bad(rows) == BadRecord(99_999, Wrong.INSERTED)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"seq":1e999}', b'{"seq":"x"}', b'{"seq":-4}', b"[" * 9999, b"\xff", b"1"]
)
def test_rubbish_in_the_place_of_a_record_is_an_altered_record(data: bytes) -> None:
    rows = [*CHAIN[:10], replace(CHAIN[10], data=data), *CHAIN[11:20]]

    assert bad(rows) == BadRecord(11, Wrong.ALTERED)


def test_a_number_beyond_all_bounds_does_not_stop_the_verifier() -> None:
    rows = [
        *CHAIN[:10],
        replace(CHAIN[10], data=b'{"seq":%d}' % 2**80),
        replace(CHAIN[11], data=b'{"seq":%d}' % (2**80 - 1)),
        *CHAIN[10:],
    ]

    report = verify_chain(rows)
    assert report.bad is not None
    assert report.count == 10


def test_a_chain_may_begin_where_an_exported_part_ended() -> None:
    after = Link(500, CHAIN[499].hash)

    assert verify_chain(CHAIN[500:], after).bad is None
    assert verify_chain(CHAIN[501:], after).bad == BadRecord(501, Wrong.REMOVED)
    assert verify_chain(CHAIN[500:]).bad == BadRecord(1, Wrong.REMOVED)


def test_only_the_first_of_several_is_named() -> None:
    rows = [row for row in CHAIN if row.seq not in (40, 70)]
    rows[20] = replace(rows[20], data=b"{}")

    assert bad(rows) == BadRecord(21, Wrong.ALTERED)


def trail(rows: list[SealedRecord], marks: list[Checkpoint] = MARKS) -> BadRecord | None:
    return verify_trail(rows, marks, DEVICE).bad


def test_a_trail_that_agrees_with_its_checkpoints_holds() -> None:
    assert trail(CHAIN) is None
    assert trail(CHAIN, MARKS[::-1]) is None
    assert trail(CHAIN, []) is None


@pytest.mark.parametrize("left", [0, 1, 255, 256, 1000, 1791])
def test_a_cut_tail_is_seen_against_a_later_checkpoint(left: int) -> None:
    assert bad(CHAIN[:left]) is None
    assert trail(CHAIN[:left]) == BadRecord(left + 1, Wrong.CUT)


def test_a_tail_cut_after_the_last_checkpoint_is_not_seen() -> None:
    """The limit that the module's docstring admits."""
    assert trail(CHAIN[: MARKS[-1].link.seq]) is None


@pytest.mark.parametrize("seq", [1, 256, 257, 511, 512, 1792])
def test_a_past_rewritten_to_the_end_is_seen_from_the_checkpoint_before(seq: int) -> None:
    before = CHAIN[: seq - 1]
    link = Link(seq - 1, before[-1].hash) if before else START
    rows = before + chained([record(n, "rewritten" * (n == seq)) for n in range(seq, COUNT + 1)], link)

    assert bad(rows) is None
    assert trail(rows) == BadRecord((seq - 1) // 256 * 256 + 1, Wrong.REWRITTEN)


def test_a_break_before_a_checkpoint_is_named_by_what_it_is() -> None:
    for seq in (1, 256, 300, 1999):
        rows = [row for row in CHAIN if row.seq != seq]
        assert trail(rows) == BadRecord(seq, Wrong.REMOVED)


def test_a_forged_twin_of_a_checkpoints_record_is_an_insertion() -> None:
    twin = seal_record(record(256, "forged"), CHAIN[254].hash)

    assert trail([*CHAIN, twin]) == BadRecord(256, Wrong.INSERTED)


def test_a_trail_may_begin_at_a_checkpoint() -> None:
    after = MARKS[1].link

    assert verify_trail(CHAIN[512:], MARKS, DEVICE, after).bad is None
    assert verify_trail(CHAIN[512:600], MARKS, DEVICE, after).bad == BadRecord(601, Wrong.CUT)
    forged = Link(after.seq, bytes(32))
    rows = chained([record(n) for n in range(513, 600)], forged)
    assert verify_trail(rows, MARKS[:2], DEVICE, forged).bad == BadRecord(513, Wrong.REWRITTEN)


def test_a_checkpoint_of_another_device_or_with_a_flipped_bit_is_not_trusted() -> None:
    mark = MARKS[2]
    others = [
        sign_checkpoint(bytes(32), mark.link, NOON),
        replace(mark, utc=NOON + timedelta(seconds=1)),
        replace(mark, link=Link(mark.link.seq + 1, mark.link.hash)),
        replace(mark, link=Link(mark.link.seq, bytes(32))),
        *(replace(mark, signature=flipped(mark.signature, at)) for at in range(64)),
    ]
    for other in others:
        assert not other.is_signed_by(DEVICE)
        assert trail(CHAIN, [MARKS[0], other]) == BadRecord(other.link.seq, Wrong.UNSIGNED)


def flipped(data: bytes, at: int) -> bytes:
    return bytes(byte ^ (at == place) for place, byte in enumerate(data))


def test_a_checkpoint_survives_its_line() -> None:
    for mark in itertools.islice(MARKS, 3):
        assert Checkpoint.from_json(mark.to_json()) == mark
        assert "\n" not in mark.to_json()


def test_what_is_wrong_reads_as_a_sentence() -> None:
    assert str(BadRecord(7, Wrong.CUT)) == "record 7 was cut off, with all after it"
