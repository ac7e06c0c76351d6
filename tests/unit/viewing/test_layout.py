from itertools import product

import pytest

from workstation.viewing import Layout, ViewingError

GRIDS = list(product((1, 2, 3), (1, 2, 3)))


@pytest.mark.parametrize(("rows", "columns"), GRIDS)
def test_tab_goes_through_every_viewport_and_comes_back(rows: int, columns: int) -> None:
    layout, visited = Layout(rows, columns), []
    for _ in range(rows * columns):
        visited.append(layout.place(layout.active))
        layout = layout.stepped(1)

    assert visited == list(product(range(rows), range(columns)))
    assert layout == Layout(rows, columns)
    assert layout.stepped(-1).stepped(1) == layout


def test_a_maximised_viewport_is_alone_and_back_are_all_of_them() -> None:
    layout = Layout(2, 2, active=2)

    assert layout.toggled().visible == (2,)
    assert layout.toggled().stepped(1).visible == (3,)
    assert layout.toggled().toggled() == layout
    assert layout.visible == (0, 1, 2, 3)


@pytest.mark.parametrize(("before", "after"), list(product(GRIDS, GRIDS)))
def test_the_active_viewport_stays_active_where_there_is_room(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    for active in range(before[0] * before[1]):
        resized = Layout(*before, active=active).resized(*after)

        assert resized.active == min(active, after[0] * after[1] - 1)
        assert not resized.maximised


@pytest.mark.parametrize(("rows", "columns", "active"), [(0, 1, 0), (4, 1, 0), (1, 1, 1), (2, 2, -1)])
def test_a_layout_that_cannot_be_is_refused(rows: int, columns: int, active: int) -> None:
    with pytest.raises(ViewingError):
        Layout(rows, columns, active)
