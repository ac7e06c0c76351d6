"""A session with a patient whose name is nobody else's, killed in the middle of an import; run as a process.

Everything that may write does: import, list, preview, an open study with pictures and a measurement, a
rendered image, an exported trail, a log at its most talkative with a fault that quotes the name, settings.
Then one more import begins, says so, and goes on until it is killed. ``reopen`` looks at what is left.

    canary_run.py first|reopen DISC MORE OUT
"""

from __future__ import annotations

import contextlib
import logging
import sys
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from workstation.config import Places, load
from workstation.measurement import Length, Point
from workstation.viewing import Window, commands
from workstation.workflow import (
    Desk,
    KeySource,
    Shown,
    check_store,
    describe_study,
    export_audit,
    import_studies,
    list_studies,
    open_desk,
    open_study,
    read_audit,
    render_image,
    start_log,
)

NAME: Final = "ZQXCANARY^ÖDÖN"
PATIENT_ID: Final = "QZX-7741-CANARY"
STUDY: Final = "1.2.826.0.1.7741.90210.1"

_WORDS: Final = "correct horse battery staple"
_PATIENCE: Final = 30.0


def first(disc: Path, more: Path, out: Path) -> None:
    """Work, and import until somebody ends it."""
    with _desk(create=True) as desk:
        import_studies(desk, paths=[disc], progress=id)
        list_studies(desk)
        describe_study(desk, study_uid=STUDY)
        _read(desk)
        render_image(desk, study_uid=STUDY, series=None, index=None, window=None, size=(64, 64))
        export_audit(desk, file=out / "trail.jsonl")
        _talk()
        sys.stdout.write("importing\n")
        sys.stdout.flush()
        import_studies(desk, paths=[more], progress=id)


def reopen() -> None:
    """Look at what is left, mended or not."""
    with _desk() as desk:
        list_studies(desk)
        read_audit(desk, last=20)
        findings = check_store(desk).findings
        sys.stdout.write(f"{len(findings)} findings, {desk.store.studies.list()[0].instances} images\n")


def _read(desk: Desk) -> None:
    """Look at a few images in two viewports, change them, measure."""
    reading = open_study(desk, study_uid=STUDY)
    commands.set_grid(reading.screen, rows=1, columns=2, who="canary")
    reading.show_stack(1, reading.series[0].key)
    for index in range(3):
        commands.go_to(reading.screen, pane=1, index=index, who="canary")
        end = time.monotonic() + _PATIENCE
        while not isinstance(reading.picture(1, 64, 64), Shown) and time.monotonic() < end:
            time.sleep(0.01)
    commands.set_window(reading.screen, pane=1, window=Window(40, 400), who="canary")
    record = reading._stacks[reading.series[0].key].frames[0].record
    made = datetime(2026, 1, 1, tzinfo=UTC)
    mark = Length("m1", STUDY, record.series.uid, record.uid, 0, Point(0, 0), Point(9, 0), made)
    reading.screen.set_mark(mark, who="canary")
    reading.close()


def _talk() -> None:
    """Let the log, a warning and a traceback have the name, as a careless line would."""
    log = logging.getLogger("workstation.canary")
    log.warning("study %s of %s", STUDY, NAME)
    log.debug("names", extra={"study": STUDY, "event": NAME})
    logging.getLogger("a.library").warning("Invalid value for VR PN: %r", NAME)
    warnings.warn(f"odd value {NAME!r} for {PATIENT_ID}", UserWarning, stacklevel=1)
    try:
        {"": ""}[NAME]
    except KeyError:
        log.exception("a fault")


@contextlib.contextmanager
def _desk(*, create: bool = False) -> Iterator[Desk]:
    places = Places.usual()
    start_log(places.log, "debug")
    settings = load(places.policy, places.settings)
    key = KeySource.passphrase(_WORDS)
    desk = open_desk(settings=settings, places=places, key=key, create=create)
    try:
        yield desk
    finally:
        desk.close()


if __name__ == "__main__":
    if sys.argv[1] == "first":
        first(*map(Path, sys.argv[2:]))
    else:
        reopen()
