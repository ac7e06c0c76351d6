"""An ``InstanceRecord`` as JSON, for the index and for the way from a worker.

Records are written once and read whenever a study opens, by the thousand, so values go as plain
arrays in the order of the fields, under the number of that order's version.

Errors:  ValueError for a text that this version didn't write.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from workstation.dicom.model import FrameTable, InstanceRecord

VERSION: Final = 1

Read = Callable[[Any], Any]


def to_json(record: InstanceRecord) -> str:
    """Return the record as one line of JSON."""
    return json.dumps([VERSION, _packed(record)], ensure_ascii=False, separators=(",", ":"))


def from_json(line: str | bytes) -> InstanceRecord:
    """Return the record that ``to_json`` wrote."""
    found = json.loads(line)
    if not isinstance(found, list) or len(found) != 2 or found[0] != VERSION:
        raise ValueError("not a record of this version")
    record: InstanceRecord = _READ_RECORD(found[1])
    return record


def table_to_json(table: FrameTable) -> str:
    """Return a frame table as one line of JSON."""
    return json.dumps(table.spans, separators=(",", ":"))


def table_from_json(line: str | bytes) -> FrameTable:
    """Return the frame table that ``table_to_json`` wrote."""
    return FrameTable(tuple(tuple((int(o), int(n)) for o, n in frame) for frame in json.loads(line)))


def _packed(value: object) -> object:
    if is_dataclass(value):
        return [_packed(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple):
        return [_packed(part) for part in value]
    return value


def _reader(kind: Any) -> Read:  # noqa: ANN401 - a type hint may be nearly anything
    """Return the function that reads a value of this type hint back."""
    if is_dataclass(kind):
        return _dataclass_reader(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        inner = _reader(next(argument for argument in arguments if argument is not NoneType))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin is Literal:
        return _one_of(frozenset(arguments))
    return _scalar(kind)


def _dataclass_reader(kind: Any) -> Read:  # noqa: ANN401 - any of the model's classes
    hints = get_type_hints(kind)
    readers = [_reader(hints[field.name]) for field in fields(kind)]

    def read(value: Any) -> Any:  # noqa: ANN401 - JSON in, the class out
        return kind(*(reader(part) for reader, part in zip(readers, _list(value), strict=True)))

    return read


def _tuple_reader(arguments: tuple[Any, ...]) -> Read:
    inner = [_reader(argument) for argument in arguments if argument is not Ellipsis]
    any_length = Ellipsis in arguments

    def read(value: Any) -> tuple[Any, ...]:  # noqa: ANN401 - JSON in
        parts = _list(value)
        readers = inner * len(parts) if any_length else inner
        return tuple(reader(part) for reader, part in zip(readers, parts, strict=True))

    return read


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - JSON in
    if not isinstance(value, list):
        raise ValueError("not several values")  # noqa: TRY004 - callers catch ValueError
    return value


def _one_of(allowed: frozenset[str]) -> Read:
    def read(value: Any) -> str:  # noqa: ANN401 - JSON in
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(f"none of {sorted(allowed)}")
        return value

    return read


def _scalar(kind: type) -> Read:
    accepted = (int, float) if kind is float else kind

    def read(value: Any) -> Any:  # noqa: ANN401 - JSON in, a scalar out
        if not isinstance(value, accepted) or (kind is not bool and isinstance(value, bool)):
            raise ValueError(f"not a {kind.__name__}")
        return value

    return read


_READ_RECORD: Final = _reader(InstanceRecord)
