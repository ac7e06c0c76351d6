"""Synthetic studies with known truth, for the demo and for tests.

Everything is computed from a seed: no patient's data, no files. Any package above may import it;
each study is a stream of Part 10 files, as any other source gives them.
"""

from workstation.phantoms.errors import PhantomRefused
from workstation.phantoms.night import night
from workstation.phantoms.study import Finding, PhantomStudy, Truth

__all__ = ["Finding", "PhantomRefused", "PhantomStudy", "Truth", "night"]
