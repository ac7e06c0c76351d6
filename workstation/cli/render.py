"""``workstation render``: one image as the window would show it, into a PNG file."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.session import Session
from workstation.workflow import render_image


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
        if not (
            width.isdigit() and height.isdigit() and 16 <= int(width) <= 8192 and 16 <= int(height) <= 8192
        ):
            self.fail(f"{value!r} is not a size such as 1024x768, each side 16 to 8192", param, ctx)
        return int(width), int(height)


@click.command("render")
@click.option("--study", required=True, metavar="UID", help="Study Instance UID.")
@click.option("--series", metavar="UID", help="Series Instance UID; without it, the study's first images.")
@click.option(
    "--index", type=click.IntRange(0), metavar="N", help="Image, counted from 0; else the middle one."
)
@click.option(
    "--window", nargs=2, type=float, metavar="CENTER WIDTH", help="Else the window that the file offers."
)
@click.option("--size", type=Size(), default="1024x1024", show_default=True, help="Pixels of the picture.")
@click.option("--output", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="F.png")
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
        png = render_image(desk, study_uid=study, series_uid=series, index=index, window=window, size=size)
    output.write_bytes(png)
