"""Take the README's pictures from the real window: ``make shots``.

The window runs on a virtual screen and is driven with a mouse and keys, as a person would; what is
saved is what that person would have seen.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PICTURES = Path(__file__).parents[2] / "resources" / "help" / "pictures"
SIZE = "1600x1000"

# Each picture: how the study is found, and what is done once it is open.
Steps = tuple[str, ...]
NODULE: Steps = (
    "key 7",  # the lung window
    "key Home",
    *("key Next",) * 5,
    *("key Down",) * 9,
    "sleep 2",
    "key d",
    "mousemove 674 588 mousedown 1 mousemove 685 590 mousemove 700 593 mouseup 1",
    "sleep 1",
    "mousemove 687 590 mousedown 3 mousemove 687 560 mousemove 687 470 mouseup 3",
    "key w",
    "mousemove 1300 200",
)
FOUR: Steps = (
    "key y",
    "sleep 1",
    "mousemove 531 146 click 1",  # two by two
    "sleep 4",
)
CHECK: Steps = ("key F9", "sleep 1", *("key F5", "sleep 14") * 3)
ARRIVING = "arriving"  # from an empty store; all others have the whole night
SCENES: dict[str, tuple[str, Steps]] = {
    ARRIVING: ("PET", ("sleep 8",)),
    "study-list": ("", ()),
    "connection-check": ("", CHECK),
    "reading-ct": ("nodule", NODULE),
    "reading-radiograph": ("fiction", ()),
    "reading-ultrasound": ("US abdomen", ()),
    "reading-mr": ("brain", FOUR),
}


def main(names: list[str]) -> None:
    """Take the pictures with these names, or all."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    home = Path(os.environ.get("LUMEN_SHOTS_HOME") or tempfile.mkdtemp(prefix="lumen-shots-"))
    command = [str(Path(sys.executable).with_name("workstation"))]
    if not Path(command[0]).exists() or os.environ.get("PYTHONPATH"):
        command = [sys.executable, "-m", "workstation"]
    for name in names or list(SCENES):
        place = os.environ | {"LUMEN_HOME": str(home / ("fresh" if name == ARRIVING else "night"))}
        if name == ARRIVING:
            shutil.rmtree(home / "fresh", ignore_errors=True)
        else:
            subprocess.run([*command, "demo", "--prepare"], env=place, check=True)
        with _screen() as display, _window(command, place | {"DISPLAY": display}):
            _play(display, *SCENES[name])
            _save(display, PICTURES / f"{name}.png")
        print(PICTURES / f"{name}.png")
    if "LUMEN_SHOTS_HOME" not in os.environ:
        shutil.rmtree(home)


@contextlib.contextmanager
def _screen() -> Iterator[str]:
    number = os.getpid() % 400 + 100
    server = subprocess.Popen(
        ["Xvfb", f":{number}", "-screen", "0", f"{SIZE}x24", "-noreset"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(1)
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def _window(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    program = subprocess.Popen([*command, "demo"], env=environment)
    try:
        _wait_for_window(environment["DISPLAY"])
        yield
    finally:
        program.terminate()
        program.wait()


def _wait_for_window(display: str) -> None:
    _xdotool(display, "search --sync --onlyvisible --name Lumen")
    time.sleep(6)  # the list, and its first thumbnails


def _play(display: str, wanted: str, steps: Steps) -> None:
    width, height = SIZE.split("x")
    window = _xdotool(display, "search --onlyvisible --name Lumen").split()[0]
    _xdotool(display, f"windowsize {window} {width} {height} windowmove {window} 0 0 windowfocus {window}")
    time.sleep(1)
    _xdotool(display, "key --repeat 3 --delay 300 Escape")  # to the list, from the study before
    time.sleep(1)
    if wanted:
        _xdotool(display, "key ctrl+f")
        _xdotool(display, "type", wanted)
        time.sleep(1)
        _xdotool(display, "key Return")
        time.sleep(6)
    for step in steps:
        if step.startswith("sleep "):
            time.sleep(float(step.split()[1]))
        else:
            _xdotool(display, step)
    time.sleep(2)


def _xdotool(display: str, command: str, *more: str) -> str:
    return subprocess.run(
        ["xdotool", *command.split(), *more],
        env=os.environ | {"DISPLAY": display},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


def _save(display: str, file: Path) -> None:
    subprocess.run(
        ["import", "-display", display, "-window", "root", "-define", "png:compression-level=9", str(file)],
        check=True,
    )


main(sys.argv[1:])
