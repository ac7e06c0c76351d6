"""``workstation render``: one image as the window would show it, into a PNG file."""

from __future__ import annotations

import math
from pathlib import Path

import click

from workstation.cli.session import Session
from workstation.cli.telling import tell
from workstation.workflow import render_image, whole_file


class Size(click.ParamType[tuple[int, int]]):
    """``WxH``, in pixels."""

    name = "WxH"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return (width, height), each 16 to 8192."""
        if isinstance(value, tuple):
            return value
        width, _, height = str(value).lower().partition("x")
        if not (_is_side(width) and _is_side(height)):
            self.fail(f"{value!r} is not a size such as 1024x768, each side 16 to 8192", param, ctx)
        return int(width), int(height)


def _is_side(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and 16 <= int(text) <= 8192


def _possible(
    _ctx: click.Context, _param: click.Parameter, window: tuple[float, float] | None
) -> tuple[float, float] | None:
    """Refuse a window that the standard doesn't allow (PS3.3 C.11.2.1.2.1)."""
    if window is not None and not (all(map(math.isfinite, window)) and window[1] >= 1):
        raise click.BadParameter("a window is two finite numbers, and at least 1 wide")
    return window


@click.command("render")
@click.option("--study", required=True, metavar="UID", help="Study Instance UID.")
@click.option(
    "--series", metavar="UID",
    help="Series Instance UID, or the key of one of its stacks; else the study's first that is no localizer.",
)  # fmt: skip
@click.option(
    "--index", type=click.IntRange(0), metavar="N", help="Image, counted from 0; else the middle one."
)
@click.option(
    "--window", nargs=2, type=float, metavar="CENTER WIDTH", callback=_possible,
    help="Else the window that the file offers.",
)  # fmt: skip
@click.option("--size", type=Size(), default="1024x1024", show_default=True, help="Pixels of the picture.")
@click.option(
    "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="F.png",
    help="The file to write; an earlier one is replaced.",
)  # fmt: skip
@click.pass_obj
def command(
    session: Session,
    study: str,
    series: str | None,
    index: int | None,
    window: tuple[float, float] | None,
    size: tuple[int, int],
    output: Path,
) -> None:
    """Render one image into a PNG file, without texts."""
    with session.desk() as desk:
        rendered = render_image(desk, study_uid=study, series=series, index=index, window=window, size=size)
    for note in rendered.notes:
        tell(note)
    with whole_file(output, replace=True) as file:
        file.write(rendered.png)
