"""What a turn of the wheel and a drag of the window cost, from Qt's event to the end of the painting.

All images are decoded before; the command, the picture, its texts and the copy to the window are in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from driven_window import DrivenWindow, Spent
from figures import Figure, late
from ground import CHEST_CT, Ground, night_desk, own_desk, study_of
from made_files import write_radiograph

from workstation.workflow import Desk, import_studies, list_studies

BUDGET: Final = 16.0  # milliseconds, a frame of a 60 Hz screen
STEPS: Final = 300
SIDE: Final = 1024  # of the viewport


def figures(ground: Ground) -> Iterator[Figure]:
    """Scroll a CT, then drag the window of a radiograph."""
    with night_desk() as desk:
        yield _figure(f"scroll 512² in {SIDE}², p95", _scrolled(desk))
    home = ground.new("radiograph")
    write_radiograph(home / "image.dcm")
    with own_desk(home) as desk:
        import_studies(desk, paths=[home / "image.dcm"], progress=lambda _: None)
        yield _figure(f"window drag, radiograph 2487×2048 in {SIDE}², p95", _dragged(desk))


def _scrolled(desk: Desk) -> Sequence[Spent]:
    driven = DrivenWindow(desk)
    driven.open(study_of(desk, CHEST_CT))
    driven.take_size(SIDE)
    driven.until_decoded()
    driven.turn(-1000)
    spent = [driven.turn(1 if step // 200 % 2 == 0 else -1) for step in range(STEPS)]
    driven.close()
    return spent


def _dragged(desk: Desk) -> Sequence[Spent]:
    driven = DrivenWindow(desk)
    driven.open(list_studies(desk)[0])
    driven.take_size(SIDE)
    spent = list(driven.drag(STEPS))
    driven.close()
    return spent


def _figure(what: str, spent: Sequence[Spent]) -> Figure:
    wall, processor = (
        1e3 * late(times) for times in ([one.wall for one in spent], [one.processor for one in spent])
    )
    return Figure(what, wall, BUDGET, 1.0, processor=processor)
