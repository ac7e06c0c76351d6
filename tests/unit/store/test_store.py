"""The store as a whole: what is put in comes out again, also after closing."""

from __future__ import annotations

from collections.abc import Callable

from store_instances import Maker

from workstation.store import Outcome, Store


def test_what_is_put_in_comes_out_after_reopening(
    store: Store, make: Maker, reopen: Callable[[], Store]
) -> None:
    batch = [make.incoming(uid=f"1.2.3.{n}") for n in range(5)]
    receipts = store.intake.put(batch)
    store.close()
    opened = reopen()

    assert [receipt.outcome for receipt in receipts] == [Outcome.STORED] * 5
    assert opened.report.notes == []
    (row,) = opened.studies.list()
    assert (row.uid, row.patient.name, row.modalities, row.instances) == ("1.2", "DOE^JANE", ("MR",), 5)
    instances = opened.instances.of_study("1.2")
    assert [bytes(opened.blobs.read(instance.blob)) for instance in instances] == [
        incoming.data for incoming in batch
    ]
