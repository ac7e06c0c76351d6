"""Lets the tests use the harnesses that the soak runs for hours, and servers that run on loopback."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "soak"))
sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

import pytest
from command_line import WORDS, Person
from guise_proxy import Disguised, disguised
from guises import GUISES
from orthanc import Orthanc, Setup, missing, running_orthanc
from scripted_worklist import Worklist

from workstation.workflow import KeySource, NewStore, create_store


@pytest.fixture(scope="session")
def shared_orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    if why := missing():
        pytest.skip(why)
    with running_orthanc(tmp_path_factory.mktemp("orthanc")) as running:
        yield running


@pytest.fixture
def orthanc(shared_orthanc: Orthanc) -> Orthanc:
    """Return the one that tests share, emptied; who kills or freezes one makes a ``new_orthanc``."""
    shared_orthanc.clear()
    return shared_orthanc


@pytest.fixture
def new_orthanc(tmp_path: Path) -> Iterator[Callable[..., Orthanc]]:
    """Start as many of one's own as a test needs, each as its ``Setup`` says."""
    if why := missing():
        pytest.skip(why)
    with ExitStack() as stack:
        count = 0

        def new(setup: Setup | None = None) -> Orthanc:
            nonlocal count
            count += 1
            return stack.enter_context(running_orthanc(tmp_path / f"orthanc-{count}", setup))

        yield new


@pytest.fixture
def wear(orthanc: Orthanc) -> Iterator[Callable[..., Disguised]]:
    """Let the shared Orthanc answer as a product, and as several at once."""
    with ExitStack() as stack:
        yield lambda product, *items: stack.enter_context(
            disguised(orthanc.port, GUISES[product], Worklist(*items))
        )


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> NewStore:
    folder = tmp_path_factory.mktemp("empty") / "store"
    return create_store(folder=folder, key=KeySource.passphrase(WORDS), with_recovery=True)


@pytest.fixture
def person(tmp_path: Path, empty_store: NewStore) -> Person:
    """Return somebody who has a store and opens it with its recovery key, which takes no stretching."""
    made = Person(tmp_path / "home", empty_store.recovery_key)
    shutil.copytree(empty_store.folder, made.home / "store")
    return made


@pytest.fixture
def newcomer(tmp_path: Path) -> Person:
    """Return somebody who has a passphrase and no store yet."""
    return Person(tmp_path / "home")
