"""The orders of the demonstration, held against the phantoms that they are for."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pydicom
import pytest
from hospital_visitor import DATA

from workstation.hospital.orders import Orders, Priority, parsed_orders
from workstation.phantoms import PhantomStudy, cast
from workstation.terms import BadTable

ONE = """
[[order]]
study = "head-ct"
reason = "why"
history = "what else"
referrer = "PRETEND^Moss^^Dr"
call_back = "555-0100"
priority = "HIGH"
requested = 10
due = 20
modalities = ["CT"]
"""


@pytest.fixture(scope="module")
def orders() -> Orders:
    return parsed_orders((DATA / "orders.toml").read_text(encoding="utf-8"), where="orders.toml")


def test_every_study_is_to_be_read_or_a_prior(orders: Orders, studies: dict[str, PhantomStudy]) -> None:
    assert orders.modalities.keys() == studies.keys()
    assert studies.keys() - orders.to_read.keys() == {"head-ct-prior", "chest-ct-prior"}


def test_the_order_names_who_asked_as_the_images_do(orders: Orders) -> None:
    visits = cast.visits(1, datetime(2026, 11, 24, tzinfo=UTC))

    assert {key: order.referrer for key, order in orders.to_read.items()} == {
        key: visits[key].referrer for key in orders.to_read
    }


def test_the_long_study_of_two_series_has_the_modalities_that_the_table_says(
    orders: Orders, studies: dict[str, PhantomStudy]
) -> None:
    study = studies["pet-ct"]
    ends = [pydicom.dcmread(io.BytesIO(next(study.slices(range(at, at + 1))))) for at in (0, study.count - 1)]

    assert tuple(image.Modality for image in ends) == orders.modalities["pet-ct"]


def test_nothing_was_ordered_after_it_was_made(orders: Orders) -> None:
    began = datetime(2026, 11, 24, 2, 11, tzinfo=UTC)
    visits = cast.visits(1, began)
    made = {key: (began - visits[key].when).total_seconds() / 60 for key in orders.to_read}

    assert {key for key, order in orders.to_read.items() if order.requested < made[key]} == set()


def test_the_stroke_is_the_most_urgent(orders: Orders) -> None:
    stroke = orders.to_read["head-ct"]

    assert stroke.priority is Priority.HIGH
    assert stroke.due == min(order.due for order in orders.to_read.values())


def test_numbers_to_call_back_ring_nowhere(orders: Orders) -> None:
    """555-01xx is set aside for invented people."""
    assert all(order.call_back.startswith("555-01") for order in orders.to_read.values())


def test_a_whole_order_is_understood() -> None:
    order = parsed_orders(ONE, where="here").to_read["head-ct"]

    assert (order.reason, order.history, order.priority, order.requested, order.due) == (
        "why",
        "what else",
        Priority.HIGH,
        10,
        20,
    )


@pytest.mark.parametrize(
    "table",
    [
        ONE.replace('"HIGH"', '"STAT"'),
        ONE.replace('"why"', f'"{"w" * 65}"'),
        ONE.replace("requested = 10", "requested = -1"),
        ONE.replace('history = "what else"', ""),
        ONE + "urgent = true",
        ONE + ONE,
        ONE + '[[prior]]\nstudy = "head-ct"\nmodalities = ["CT"]',
    ],
)
def test_an_order_that_makes_no_sense_is_refused(table: str) -> None:
    with pytest.raises(BadTable):
        parsed_orders(table, where="here")
