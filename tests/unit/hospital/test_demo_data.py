"""Reports and AI results of the demonstration, held against the phantoms' truth."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hospital_visitor import DATA
from pydicom.sr.codedict import codes

from workstation.phantoms import PhantomStudy

KINDS = {f"SCT {codes.SCT.Pneumothorax.value}": "pneumothorax", "SCT 1386000": "bleed"}


def _rows(file: str, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((DATA / file).read_text(encoding="utf-8"))[name]
    return rows


def test_every_prior_has_a_report_and_nothing_else_has(studies: dict[str, PhantomStudy]) -> None:
    reported = [report["study"] for report in _rows("reports.toml", "report")]

    assert sorted(reported) == sorted(key for key in studies if key.endswith("-prior"))


@pytest.mark.parametrize("report", _rows("reports.toml", "report"), ids=lambda report: report["study"])
def test_a_report_is_whole_and_says_what_the_pictures_show(
    studies: dict[str, PhantomStudy], report: dict[str, Any]
) -> None:
    text = f"{report['findings']} {report['impression']}"
    sides = {"R": "right", "L": "left"}

    assert report.keys() == {"study", "author", "hours", "technique", "findings", "impression"}
    assert report["author"].startswith("PRETEND^")
    for finding in studies[report["study"]].truth.findings:
        assert f"{finding.kind} of {finding.diameter:g} mm in the {sides[finding.side]}" in text


@pytest.mark.parametrize("result", _rows("ai.toml", "result"), ids=lambda result: result["study"])
def test_an_algorithm_finds_what_is_there_and_nothing_else(
    studies: dict[str, PhantomStudy], result: dict[str, Any]
) -> None:
    shown = {finding.kind for finding in studies[result["study"]].truth.findings}

    assert result.keys() == {"study", "finding", "polarity", "score", "algorithm", "version", "minutes"}
    assert 0 <= result["score"] <= 1
    assert result["polarity"] == ("present" if KINDS[result["finding"]] in shown else "absent")
    assert result["algorithm"].startswith("Invented")
