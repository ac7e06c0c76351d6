"""What some tests need on the machine; where it is missing they are skipped, and say so."""

from __future__ import annotations

import shutil

import pytest
from orthanc import missing

needs_orthanc = pytest.mark.skipif(bool(missing()), reason=missing())
needs_dcmtk = pytest.mark.skipif(shutil.which("findscu") is None, reason="dcmtk is not installed")
