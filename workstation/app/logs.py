"""The log: a few small files that say what the program did and nothing about a patient."""

from __future__ import annotations

import logging
import secrets
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from workstation.security import redact_log

_SIZE: Final = 1 << 20
_FILES: Final = 4


def start_log(file: Path, level: str) -> None:
    """Write everything of this level and above to a rotating file, redacted.

    UIDs are hashed with a key of this run: lines of one run can be put together, and that is all.
    A log that cannot be written is done without.
    """
    root = logging.getLogger()
    root.setLevel(level.upper())
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            file, maxBytes=_SIZE, backupCount=_FILES, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    root.addHandler(redact_log(handler, secrets.token_bytes(32)))
    logging.captureWarnings(capture=True)
