"""The way in: a decoding process, or the command line, which may open the window."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from workstation.workers.launch import CHILD_ARGUMENT

if TYPE_CHECKING:
    from workstation.cli.session import Session


def main() -> None:
    """Run what was asked for."""
    if len(sys.argv) > 1 and sys.argv[1] == CHILD_ARGUMENT:
        from workstation.workers import child_main

        child_main(sys.argv[2:])
        return
    from workstation.cli import run

    run(_open_window)


def _open_window(session: Session, *, demo: bool) -> int:
    from workstation.app import open_window

    return open_window(session, demo=demo)


if __name__ == "__main__":
    main()
