"""The code keeps its proportions: small functions, short files, a word about each module."""

import ast
import statistics
from pathlib import Path

import pytest

SOURCES = sorted((Path(__file__).parents[2] / "workstation").rglob("*.py"))

FILE_MAX = 500
FUNCTION_MAX = 60
FILE_MEDIAN = 150
FUNCTION_MEDIAN = 8


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return a function's lines without its docstring."""
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    if ast.get_docstring(node) is not None:
        assert node.body[0].end_lineno is not None
        lines -= node.body[0].end_lineno - node.body[0].lineno + 1
    return lines


def _functions() -> dict[str, int]:
    return {
        f"{path.name}:{node.lineno} {node.name}": _length(node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_file_says_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert text.count("\n") <= FILE_MAX


def test_no_function_is_long_and_the_usual_one_is_short() -> None:
    lengths = _functions()

    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_MAX} == {}
    assert statistics.median(lengths.values()) <= FUNCTION_MEDIAN


def test_the_usual_file_is_short() -> None:
    lines = [path.read_text(encoding="utf-8").count("\n") for path in SOURCES]

    assert statistics.median(lines) <= FILE_MEDIAN
