"""What a person reads when something goes wrong."""

import gc
import importlib
import pickle
import pkgutil
from collections import Counter

import workstation
from workstation.errors import Cancelled, LumenError, calm


def _every_error() -> set[type[LumenError]]:
    for module in pkgutil.walk_packages(workstation.__path__, "workstation."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.collect()  # of what another test has loaded a second time
    found, waiting = set(), [LumenError]
    while waiting:
        kind = waiting.pop()
        found.add(kind)
        waiting += kind.__subclasses__()
    return {kind for kind in found if kind.__module__.startswith("workstation.")}


def test_a_message_says_what_where_and_what_to_do() -> None:
    error = LumenError("The file ends early", where="disc/IM0001", remedy="Copy it again from the disc.")

    assert str(error) == "The file ends early (disc/IM0001). Copy it again from the disc."


def test_an_error_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(Cancelled("The import was stopped", remedy="Start it again.")))  # noqa: S301

    assert (type(error), error.what, error.remedy) == (Cancelled, "The import was stopped", "Start it again.")


def test_a_strange_error_is_told_without_its_text() -> None:
    """Its text may hold a patient's name."""
    assert "DOE" not in calm(ValueError("DOE^JANE"))
    assert "ValueError" in calm(ValueError("DOE^JANE"))


def test_the_system_s_own_words_are_kept() -> None:
    assert calm(OSError(28, "No space left on device")) == "No space left on device."


def test_no_two_errors_share_an_exit_code_unless_one_is_a_kind_of_the_other() -> None:
    own = [kind for kind in _every_error() if "exit_code" in vars(kind)]
    twice = {code for code, count in Counter(kind.exit_code for kind in own).items() if count > 1}

    assert not {kind.__qualname__ for kind in own if kind.exit_code in twice}


def test_no_exit_code_is_one_that_a_shell_uses() -> None:
    assert not {kind for kind in _every_error() if not 1 <= kind.exit_code <= 130 or kind.exit_code == 2}
