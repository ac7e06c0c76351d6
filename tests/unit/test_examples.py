"""The examples in docstrings do what they say."""

import doctest
import importlib
import pkgutil

import pytest

import workstation

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(workstation.__path__, "workstation.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_an_example_answers_what_stands_below_it(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
