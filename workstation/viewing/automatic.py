"""A window from the picture's own values, where neither file nor habit gives one, as in MR.

Units:   modality values; padding must have been left out by the caller.
Shapes:  values of any shape; NaN and infinite ones are not looked at.
Source:  PS3.3 C.11.2.1.2.1 and C.11.2.1.3.2, turned round: which centre and width put these two
         values exactly at black and white.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workstation.viewing.window import Window

# Black and white lie at these percentiles: a few bright vessels or a metal clip don't darken the rest.
DARKEST_PERCENT: Final = 1.0
BRIGHTEST_PERCENT: Final = 99.0

# So many values, evenly taken, place a percentile as well as all of a radiograph would, in 3 ms.
SAMPLE: Final = 200_000

# Whole numbers that spread this little are better served without LINEAR's half steps.
NARROW: Final = 8.0

# Values that spread farther are rubbish: no window shows them.
FARTHEST: Final = 1e30


def automatic_window(values: NDArray[Any]) -> Window | None:
    """Return the window from the 1st to the 99th percentile, None if no window can show the values.

    >>> automatic_window(np.arange(101)).text()
    'C 50 W 99 · automatic'
    """
    flat = values.reshape(-1)
    sample = flat[:: max(1, flat.size // SAMPLE)].astype(np.float64)
    sample = sample[np.isfinite(sample)]
    if not sample.size:
        return None
    low, high = np.percentile(sample, [DARKEST_PERCENT, BRIGHTEST_PERCENT], method="nearest").tolist()
    if high - low > FARTHEST:
        return None
    return _between(low, high, whole=np.issubdtype(values.dtype, np.integer))


def _between(low: float, high: float, *, whole: bool) -> Window:
    if whole or high - low >= NARROW:
        return Window((low + high + 1) / 2, high - low + 1, "LINEAR", "automatic")
    width = (high - low) or max(abs(low), 1.0)  # all alike: anything above 0 shows it grey
    return Window((low + high) / 2, width, "LINEAR_EXACT", "automatic")
