"""Text of a DICOM file, whatever its character set says and whether it says the truth.

A name in Hangul or kanji must read right; a file whose character set is misspelt or unknown must
still open. So nothing here fails: what can't be decoded comes out with replacement characters.

Source:  PS3.3 C.12.1.1.2 (Specific Character Set), PS3.5 6.1 (code extension by escape sequences).
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Final

from pydicom.charset import decode_bytes, python_encoding

DEFAULT: Final = "iso8859"  # the standard's default is ASCII; files write Latin-1 and don't say so

_ESCAPE: Final = b"\x1b"
_DELIMITERS: Final = set(b"\r\n\t\f\\^=")  # PS3.5 6.1.2.5.3: code extensions end at these


@lru_cache(maxsize=64)
def encodings(terms: bytes) -> tuple[str, ...]:
    """Return Python's names for the values of Specific Character Set, unknown ones left out."""
    found = [_encoding(term) for term in terms.decode("latin-1").split("\\")]
    return tuple(name for name in found if name) or (DEFAULT,)


def decode(value: bytes, names: tuple[str, ...] = (DEFAULT,)) -> str:
    """Return the text of a value; trailing padding stays."""
    if value.isascii() and _ESCAPE not in value:
        return value.decode("ascii")
    if names == ("UTF8",) or _ESCAPE not in value:
        return _plain(value, names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom warns of each escape sequence that it can't follow
        return str(decode_bytes(value, list(names), _DELIMITERS))


def _plain(value: bytes, names: tuple[str, ...]) -> str:
    """Decode without escape sequences.

    Bytes that are valid UTF-8 are hardly ever anything else by chance, so that is the second
    opinion, and the first where the file names no set that is known.
    """
    for name in ("UTF8", DEFAULT) if names[0] == DEFAULT else (names[0], "UTF8"):
        try:
            return value.decode(name)
        except (UnicodeError, LookupError):
            continue
    return value.decode(names[0], errors="replace")


def _encoding(term: str) -> str:
    """Return one encoding; the ways in which makers misspell a term are pydicom's to know."""
    term = term.strip(" \0").upper().replace("ISO IR", "ISO_IR").replace("ISO-IR", "ISO_IR")
    term = term.replace("ISO2022", "ISO 2022").replace("ISO_2022_IR_", "ISO 2022 IR ")
    return python_encoding.get(term.replace("ISO 2022 IR_", "ISO 2022 IR "), "")
