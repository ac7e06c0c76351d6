"""One typed door to numba, so that kernels keep their Python signatures.

Kernels let go of the interpreter lock (``nogil``) and are split over rendering's own threads; none
is ``parallel``, because two threads that enter a parallel kernel abort the process. What is
compiled is kept in the folder that NUMBA_CACHE_DIR names; the variable must be set before numba is
first imported, or the folder beside the source is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")

# A product and a sum may become one instruction, and −0 may become 0; NaN keeps its meaning.
RELAXED: Final = frozenset({"contract", "nsz"})


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function when it is first called with each kind of arguments."""
    return cast("Callable[P, R]", numba.njit(nogil=True, cache=True, fastmath=set(RELAXED))(function))
