"""How long it takes from a double click on a study to its first final picture on the screen.

The window, the list, the verb with its audit record, decoding and drawing are all real; decoded frames
are forgotten between two openings. The preview of the clicked study is asked for meanwhile, as it is when
a person clicks.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Final

from driven_window import DrivenWindow
from figures import Figure
from ground import BRAIN_MR, CHEST_CT, CHEST_XR, Ground, night_desk, study_of

BUDGET: Final = 150.0  # milliseconds
ROUNDS: Final = 9
_ELSEWHERE: Final = "US abdomen"


def figures(_ground: Ground) -> Iterator[Figure]:
    """Measure one study of each kind."""
    with night_desk() as desk:
        driven = DrivenWindow(desk)
        elsewhere = study_of(desk, _ELSEWHERE)
        for description in (CHEST_CT, BRAIN_MR, CHEST_XR):
            study, spent = study_of(desk, description), []
            for _ in range(ROUNDS):
                driven.leave(resting_on=elsewhere)
                desk.frames.wipe()
                spent.append(driven.open(study))
            wall, processor = (
                1e3 * statistics.median(times)
                for times in zip(*((s.wall, s.processor) for s in spent), strict=True)
            )
            yield Figure(f"click → first image, {description}", wall, BUDGET, 1.0, processor=processor)
        driven.close()
