from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from workstation.errors import LumenError
from workstation.security import redaction, tag

KEY = bytes(range(32))
UID = "1.2.840.113619.2.55.3.604688119"
HASHED = "uid:" + tag(KEY, UID)[:10]
CANARY = "Zwölfender"


class Log:
    """Two loggers, ours and a library's, and the lines that they write."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.handler = redaction.redact_log(logging.StreamHandler(self.stream), KEY)
        self.own = logging.Logger("workstation.store.blobs")  # noqa: LOG001  outside the tree of loggers
        self.library = logging.Logger("pydicom")  # noqa: LOG001  likewise
        for logger in (self.own, self.library):
            logger.addHandler(self.handler)

    def lines(self) -> list[dict[str, Any]]:
        """Return what was written, each line parsed."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    @property
    def message(self) -> str:
        """The last line's message."""
        return str(self.lines()[-1]["message"])


@pytest.fixture
def log() -> Log:
    return Log()


def test_numbers_words_and_paths_stay(log: Log) -> None:
    log.own.warning("%s: %d of %d in %.1f s at %s", "import", 3, 4, 1.25, Path("/data/store"))

    assert log.message == "import: 3 of 4 in 1.2 s at /data/store"


@pytest.mark.parametrize("form", ["%s", "study %s lost", "[%s]", "a_%s", "file CT.%s.dcm"])
def test_a_uid_is_hashed_wherever_it_stands(form: str, log: Log) -> None:
    log.own.info(form, UID)
    log.own.info(form % UID)

    for line in log.lines():
        assert UID not in line["message"]
        assert HASHED in line["message"]


@pytest.mark.parametrize("uid", ["2.25.9.1", "1.2.840.10008.1.2", "1.02.003.4", "0.0.0.1", UID])
def test_every_form_of_uid_is_hashed_malformed_ones_too(uid: str, log: Log) -> None:
    log.own.info("lost %s.", uid)

    assert log.message == f"lost uid:{tag(KEY, uid)[:10]}."


@pytest.mark.parametrize("text", ["3.11.7", "127.0.0.1", "1.2.3", "24.1 mm", "v3.0.2", "192.168.0.1"])
def test_what_is_no_uid_stays(text: str, log: Log) -> None:
    log.own.info("at %s", text)

    assert log.message == f"at {text}"


def test_another_machine_writes_another_word(log: Log) -> None:
    log.own.info(UID)
    log.handler.setFormatter(redaction.RedactingFormatter(bytes(32)))
    log.own.info(UID)
    first, second = (line["message"] for line in log.lines())

    assert first != second


@pytest.mark.parametrize(
    "name", [f"{CANARY}^Hans", f"{CANARY}^Hans^^Dr.", f"^{CANARY}", f"VAN DER {CANARY}^JAN", f"{CANARY}^"]
)
def test_a_name_in_dicoms_writing_is_struck_out(name: str, log: Log) -> None:
    log.own.info("read %s", name)
    log.own.info("read " + name)

    for line in log.lines():
        assert CANARY not in line["message"]


@pytest.mark.parametrize(
    "value",
    [ValueError(CANARY), {"name": CANARY}, [CANARY], (CANARY,), CANARY.encode(), {CANARY}],
)
def test_an_argument_that_may_quote_data_is_named_by_its_kind(value: object, log: Log) -> None:
    log.own.error("failed: %s %r", value, value)

    kind = f"<{type(value).__name__}>"
    assert log.message == f"failed: {kind} '{kind}'"


def test_arguments_by_name_are_treated_alike(log: Log) -> None:
    log.own.error("%(uid)s %(error)s", {"uid": UID, "error": ValueError(CANARY)})

    assert log.message == f"{HASHED} <ValueError>"


def test_an_error_given_as_the_message_is_named_by_its_kind(log: Log) -> None:
    log.own.error(ValueError(CANARY))
    log.own.error(LumenError("The file is damaged", where=UID))

    assert [line["message"] for line in log.lines()] == ["<ValueError>", f"The file is damaged ({HASHED})."]


def test_a_message_that_does_not_fit_its_arguments_still_says_where(log: Log) -> None:
    log.own.error("%d files", CANARY)

    assert log.message.startswith("[not formatted] test_redaction:")
    assert CANARY not in log.stream.getvalue()


def test_of_a_library_only_level_and_place_remain(log: Log) -> None:
    log.library.warning(f"Invalid value for VR PN: {CANARY}")
    line = log.lines()[0]

    assert CANARY not in log.stream.getvalue()
    assert (line["level"], line["logger"]) == ("WARNING", "pydicom")
    assert line["message"].startswith("[withheld] test_redaction:")


def test_a_logger_that_only_begins_like_ours_is_not_ours(log: Log) -> None:
    log.library.name = "workstations"
    log.library.warning(CANARY)

    assert CANARY not in log.stream.getvalue()


def test_only_fields_on_the_list_are_written(log: Log) -> None:
    log.own.info("opened", extra={"study": UID, "count": 3, "patient": CANARY, "series": f"{CANARY}^A"})
    line = log.lines()[0]

    assert (line["study"], line["count"], line["series"]) == (HASHED, 3, "[name]")
    assert "patient" not in line
    assert set(line) == {"time", "level", "logger", "message", "study", "count", "series"}


def looks_up() -> str:
    patient, studies = CANARY, dict[str, str]()
    return studies[patient]


def fails() -> None:
    try:
        looks_up()
    except KeyError as error:
        raise LumenError("The study cannot be read", where=UID) from error


def test_a_traceback_tells_kinds_and_places_and_no_text(log: Log) -> None:
    try:
        fails()
    except LumenError:
        log.own.exception("while opening")
    told = log.lines()[0]["error"]

    assert CANARY not in log.stream.getvalue()
    assert told[0] == f"The study cannot be read ({HASHED})."
    assert "KeyError" in told
    assert any(line.startswith("test_redaction.py:") and line.endswith(" fails") for line in told)
    assert not any("raise" in line or "patient" in line for line in told)


def test_a_context_that_was_dropped_on_purpose_stays_dropped(log: Log) -> None:
    try:
        try:
            looks_up()
        except KeyError:
            raise ValueError(CANARY) from None
    except ValueError:
        log.own.exception("x")

    assert "KeyError" not in log.lines()[0]["error"]
    assert CANARY not in log.stream.getvalue()


def test_one_record_is_one_line_whatever_it_holds(log: Log) -> None:
    log.own.info("a\nb\r\x1b[31m %s", "c\nd")

    assert len(log.stream.getvalue().splitlines()) == 1


def test_the_record_itself_is_left_to_other_handlers(log: Log) -> None:
    seen: list[str] = []

    class Other(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    log.own.addHandler(Other())
    log.own.info("lost %s", UID)

    assert seen == [f"lost {UID}"]
