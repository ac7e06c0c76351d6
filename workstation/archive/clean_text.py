r"""Text from outside, as a database and a screen take it.

JSON may hold half a character (``"\ud800"``), which no database takes: one such name would lose a whole
batch. NUL, with which DICOM pads, ends a text for whoever is written in C.

Source:  PS3.5 6.1.3 (control characters), RFC 8259 section 8.2 (lone surrogates in JSON).
"""

from __future__ import annotations

import re
from typing import Final

_PADDING: Final = " \0"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"


def clean(text: str) -> str:
    """Return a text without padding, NUL and halves of characters."""
    if text.isascii():
        return text.strip(_PADDING).replace("\0", "")
    return _SURROGATE.sub(_REPLACEMENT, text.strip(_PADDING)).replace("\0", "")
