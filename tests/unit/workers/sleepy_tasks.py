"""Tasks of a worker that is never ready: importing them doesn't end."""

from __future__ import annotations

import time

time.sleep(600)
