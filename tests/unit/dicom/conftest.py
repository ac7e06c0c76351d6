"""Make the objects and mutations that the soak shares importable."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

# The machine is shared: a slow example says nothing.
settings.register_profile("dicom", deadline=None, max_examples=40)
settings.load_profile("dicom")

sys.path.insert(0, str(Path(__file__).parents[2] / "soak"))
