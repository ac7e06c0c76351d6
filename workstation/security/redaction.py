"""A log that helps to mend the program and says nothing about a patient.

Every line is JSON with the fields of an allow-list, nothing else. What may hold a patient's data is left
out or made unreadable before a byte is written:

- UIDs become ``uid:`` and ten letters of their HMAC: the same study is the same word throughout this
  log, and nobody without the key can tell which, or find it in another machine's log.
- Of the program's own loggers the message is kept. Of its arguments, numbers, words and paths; anything
  else may quote data and is named by its kind. A person's name as DICOM writes it (``^``) is struck out.
- Other libraries quote what they read: of theirs only level, logger and place in the code remain.
- A traceback keeps kinds of errors, files, lines and functions, never text, source or variables. The text
  of a ``LumenError`` holds no patient data, by the rules of ``errors``, and stays.

This is the last net, not the first: a message doesn't quote patient data to begin with.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from numbers import Number
from pathlib import PurePath
from typing import Final

from workstation.errors import LumenError
from workstation.security.ciphers import Key, tag

ALLOWED_FIELDS: Final = frozenset(
    {"bytes", "count", "event", "modality", "path", "seconds", "series", "study", "task", "version"}
)
"""Names of ``extra`` fields that a log line may carry; their values are treated like any other text."""

_OWN: Final = "workstation"
_SHOWN_LETTERS: Final = 10
_STRUCK: Final = "[name]"

# Digits and dots as PS3.5 section 9.1 forms a UID, of four components at least, leading zeros and all.
_UID: Final = re.compile(r"(?<!\d)(?<!\d\.)[0-2](?:\.\d+){3,}")
# A person's name as PS3.5 section 6.2 writes it: components joined by ^, spaces within them.
_PERSON_NAME: Final = re.compile(r"[^\s^,;:'\"()\[\]=]+(?:\^+[^\s^,;:'\"()\[\]=]*)+")


class RedactingFormatter(logging.Formatter):
    """Turns a log record into one line of JSON without patient data; never changes the record."""

    def __init__(self, key: Key) -> None:
        super().__init__()
        self._key = bytes(key)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
        }
        fields.update(self._extra(record))
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = [self._redacted(line) for line in _told(record.exc_info[1])]
        return json.dumps(fields, ensure_ascii=False, default=str)

    def _message(self, record: logging.LogRecord) -> str:
        if record.name.partition(".")[0] != _OWN:
            return f"[withheld] {record.module}:{record.lineno}"
        try:
            return self._redacted(_formatted(record))
        except (TypeError, ValueError, KeyError):
            return f"[not formatted] {record.module}:{record.lineno}"

    def _extra(self, record: logging.LogRecord) -> Iterator[tuple[str, object]]:
        for name in sorted(ALLOWED_FIELDS & vars(record).keys()):
            value = _plain(getattr(record, name))
            yield name, self._redacted(value) if isinstance(value, str) else value

    def _redacted(self, text: str) -> str:
        hashed = _UID.sub(lambda found: f"uid:{tag(self._key, found[0])[:_SHOWN_LETTERS]}", text)
        return _PERSON_NAME.sub(_STRUCK, hashed)


def redact_log(handler: logging.Handler, key: Key) -> logging.Handler:
    """Let a handler write nothing but redacted lines; ``key`` is this machine's own, 32 random bytes."""
    handler.setFormatter(RedactingFormatter(key))
    return handler


def _formatted(record: logging.LogRecord) -> str:
    if not record.args:
        return str(_plain(record.msg))
    if isinstance(record.args, Mapping):
        return str(record.msg) % {name: _plain(value) for name, value in record.args.items()}
    return str(record.msg) % tuple(_plain(value) for value in record.args)


def _plain(value: object) -> object:
    """Return numbers, words and paths as they are; of anything else, which may quote data, its kind."""
    if isinstance(value, str):
        return _STRUCK if "^" in value else value
    if value is None or isinstance(value, Number):
        return value
    if isinstance(value, PurePath | LumenError):
        return str(value)
    return f"<{type(value).__name__}>"


def _told(error: BaseException) -> Iterator[str]:
    """Yield an error's kind and where it came through, then the same of what caused it."""
    yield str(error) if isinstance(error, LumenError) else type(error).__name__
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"{PurePath(frame.f_code.co_filename).name}:{line} {frame.f_code.co_name}"
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield "caused by"
        yield from _told(cause)
