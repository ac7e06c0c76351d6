"""Everything is verified, and what can be mended is, if asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from store_instances import Maker

from workstation.errors import Cancelled
from workstation.security.audit_codes import Action, Outcome
from workstation.store import AuditEvent, Store
from workstation.store.changes import Put

EVENT = AuditEvent("u1", "Reader One", "P1", "1.1", Action.OPEN_STUDY, Outcome.SUCCESS)


@pytest.fixture
def filled(store: Store, make: Maker) -> Store:
    store.intake.put(
        [make.incoming("1.1", "1"), make.incoming("1.1", "2"), make.incoming("1.1", "1", content="b")]
    )
    store.audit.append(EVENT, EVENT)
    store.pins.add("1.1", "teaching")
    return store


def _path(store: Store, uid: str) -> Path:
    found = store.instances.get(uid)
    assert found is not None
    return store._parts.names.path(found.blob.place)


def _flip(path: Path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


def _whats(store: Store, *, repair: bool = False) -> list[tuple[str, bool]]:
    return [(finding.what, finding.is_mended) for finding in store.check(repair=repair).findings]


def test_a_sound_store_is_counted_and_found_sound(filled: Store) -> None:
    seen: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> bool:
        seen.append((done, total))
        return True

    result = filled.check(progress=progress)

    assert result.is_sound
    assert (result.images, result.transactions, result.audit_records) == (3, 2, 2)
    assert seen == [(0, 3), (1, 3), (2, 3)]


def test_it_can_be_stopped(filled: Store) -> None:
    with pytest.raises(Cancelled, match="1 of 3"):
        filled.check(progress=lambda done, _total: done < 1)


@pytest.mark.parametrize("offset", [0, 20, 50, 80, -1])
def test_an_altered_image_is_found_and_put_away(
    filled: Store, offset: int, reopen: Callable[[], Store]
) -> None:
    _flip(_path(filled, "2"), offset)

    assert len(_whats(filled)) == 1
    assert len(filled.instances.of_study("1.1")) == 2
    ((what, is_mended),) = _whats(filled, repair=True)

    assert is_mended, what
    assert [one.uid for one in filled.instances.of_study("1.1")] == ["1"]
    assert len(list((filled.folder / "damaged").iterdir())) == 1
    assert filled.check().findings == []
    filled.close()
    assert reopen().check().findings == []


def test_an_image_that_is_not_the_one_that_was_stored_is_found(filled: Store, make: Maker) -> None:
    """Someone with the key has sealed something else in its place."""
    found = filled.instances.get("2")
    assert found is not None
    other = make.incoming("1.1", "2", content="forged")
    blob, files = found.blob, filled._parts.files
    header = filled.blobs.write(blob.place, blob.sealed_key, other.data, other.examined.table)
    path = filled._parts.names.path(blob.place)
    files.rename(path.with_name(path.name + ".tmp"), path)
    with filled._parts.index.writing() as database:
        database.rows("UPDATE instances SET salt = ? WHERE uid = '2'", header.salt)

    assert _whats(filled) == [("An image is not the one that was stored", False)]
    assert _whats(filled, repair=True) == [("An image is not the one that was stored", True)]
    assert filled.check().findings == []


def test_missing_and_unlisted_files_are_found_and_mended(filled: Store) -> None:
    _path(filled, "2").unlink()
    with filled._parts.index.writing() as database:
        database.rows("DELETE FROM instances WHERE uid = '1' AND version = 2")
    expected = {"An image of the index is not on the disk", "An image is not in the index"}

    assert {what for what, is_mended in _whats(filled) if not is_mended} == expected
    assert {what for what, is_mended in _whats(filled, repair=True) if is_mended} == expected
    assert filled.check().findings == []
    assert len(filled.instances.variants_of("1.1")) == 1


def test_a_key_that_is_damaged_in_one_place_is_found_and_mended(filled: Store) -> None:
    _path(filled, "1").with_name("study.key").write_bytes(b"rubbish")
    expected = "One of the two copies of a study's key is missing or damaged"

    assert _whats(filled) == [(expected, False)]
    assert _whats(filled, repair=True) == [(expected, True)]
    assert filled.check().findings == []


def test_a_damaged_journal_is_found_and_written_anew(filled: Store, reopen: Callable[[], Store]) -> None:
    _flip(filled.folder / "work.journal", 200)

    assert _whats(filled) == [("The journal has an entry that doesn't verify", False)]
    assert filled.check(repair=True).is_sound
    assert filled.check().findings == []
    filled.pins.add("1.2", "teaching")
    filled.close()
    again = reopen()
    assert again.report.notes == []
    assert again.pins.all() == {"1.1", "1.2"}


def test_a_work_record_that_differs_from_its_journal_is_built_again(
    filled: Store, reopen: Callable[[], Store]
) -> None:
    """As when a page of last week is put among today's: it verifies, but it isn't what was written."""
    filled._parts.work._database.rows("DELETE FROM pins")
    filled._parts.work._database.rows("UPDATE audit SET seq = 7 WHERE seq = 2")
    expected = [
        "The work record and its journal differ (audit)",
        "The work record and its journal differ (pins)",
    ]

    assert [what for what, _ in _whats(filled)][:2] == expected
    filled.check(repair=True)
    filled.close()
    again = reopen()

    assert again.pins.all() == {"1.1"}
    assert again.check().findings == []


def test_an_altered_audit_record_is_named_and_stays(filled: Store) -> None:
    """Whoever holds the key writes both halves; the chain still tells."""
    sealed = next(filled.audit.sealed())
    forged = sealed.data.replace(b"Reader One", b"Reader Two")
    filled._parts.work.write(Put("audit", {"seq": 1, "data": forged, "hash": sealed.hash}))

    ((what, is_mended),) = _whats(filled, repair=True)

    assert what == "The audit trail: record 1 was altered"
    assert not is_mended


def test_a_damaged_page_of_the_index_is_found(filled: Store, reopen: Callable[[], Store]) -> None:
    filled.close()
    again = reopen()
    again._parts.index.forget_old_pages()
    _flip(again.folder / "cache.db", 6000)

    assert any("index has a page" in what for what, _ in _whats(again))
    again.close()
    mended = reopen()
    assert mended.check().findings == []
    assert len(mended.instances.all_of("1.1")) == 3


def test_what_was_wrongly_taken_for_damaged_is_accepted_again(filled: Store) -> None:
    found = filled.instances.get("2")
    assert found is not None
    filled.instances.mark_damaged(found.blob)

    assert len(_whats(filled, repair=True)) == 1

    mended = filled.instances.get("2")
    assert mended == replace(found, is_damaged=False)
