"""The screen as a text, so that after a crash the same study, slice and window are there again.

It holds what is on the screen and nothing else: marks are the store's, pixels too. A patient's name
is not in it.

Errors:  SnapshotBroken for a text that isn't one of these, whatever is wrong with it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeVar, get_args

from workstation.dicom.model import VoiFunction
from workstation.viewing.camera import Camera
from workstation.viewing.errors import SnapshotBroken, ViewingError
from workstation.viewing.layout import PANES, Layout
from workstation.viewing.screen import Screen
from workstation.viewing.viewport import ViewportState
from workstation.viewing.window import Window

KIND: Final = "screen/1"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What ``Screen.open`` needs to look the same again."""

    study_uid: str
    layout: Layout
    viewports: tuple[ViewportState, ...]

    @classmethod
    def of(cls, screen: Screen) -> Snapshot:
        """Return what is on the screen now."""
        return cls(screen.study_uid, screen.layout, screen.viewports)

    def to_json(self) -> str:
        """Return the snapshot as one line of JSON."""
        return json.dumps({"kind": KIND, **asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> Snapshot:
        """Return the snapshot that ``to_json`` wrote."""
        try:
            return _snapshot(json.loads(text))
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError, ViewingError) as error:
            raise SnapshotBroken(
                "what was on the screen can't be read back",
                remedy="The study opens as if for the first time.",
            ) from error


def _snapshot(fields: dict[str, Any]) -> Snapshot:
    if fields["kind"] != KIND or len(fields["viewports"]) > PANES:
        raise ValueError(fields["kind"])
    return Snapshot(
        _exactly(str, fields["study_uid"]),
        _layout(fields["layout"]),
        tuple(_viewport(state) for state in fields["viewports"]),
    )


def _layout(fields: dict[str, Any]) -> Layout:
    rows, columns, active = (_exactly(int, fields[name]) for name in ("rows", "columns", "active"))
    return Layout(rows, columns, active, _exactly(bool, fields["maximised"]))


def _viewport(fields: dict[str, Any]) -> ViewportState:
    return ViewportState(
        stack=_exactly(str, fields["stack"]),
        index=_exactly(int, fields["index"]),
        window=None if fields["window"] is None else _window(fields["window"]),
        camera=_camera(fields["camera"]),
        invert=_exactly(bool, fields["invert"]),
        texts=_exactly(bool, fields["texts"]),
    )


def _window(fields: dict[str, Any]) -> Window:
    function: VoiFunction = fields["function"]
    if function not in get_args(VoiFunction):
        raise ValueError(function)
    return Window(
        center=_number(fields["center"]),
        width=_number(fields["width"]),
        function=function,
        name=_exactly(str, fields["name"]),
        lut=None if fields["lut"] is None else _exactly(int, fields["lut"]),
    )


def _camera(fields: dict[str, Any]) -> Camera:
    across, down = fields["pan"]
    return Camera(
        zoom=_number(fields["zoom"]),
        pan=(_number(across), _number(down)),
        rotation=_exactly(int, fields["rotation"]),
        flip=_exactly(bool, fields["flip"]),
    )


def _exactly(kind: type[T], value: object) -> T:
    if type(value) is not kind:  # isinstance would take True for a number
        raise TypeError(value)
    return value


def _number(value: object) -> float:
    return float(value) if isinstance(value, int) else _exactly(float, value)
