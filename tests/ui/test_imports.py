"""What is said of an import accounts for every file."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.ui.contracts import ImportSummary, Refusal
from workstation.ui.imports import summary_text
from workstation.ui.wording import THIN_SPACE

COUNTS = st.integers(0, 3000)
NOT_FILES = r"in [\d\u2009]+ stud(y|ies)|, [\d\u2009]+ of them"


@given(st.builds(ImportSummary, COUNTS, COUNTS, COUNTS, others=COUNTS, untouched=COUNTS), st.integers(0, 9))
def test_the_counts_of_the_line_add_up_to_the_files_that_were_found(
    counted: ImportSummary, broken: int
) -> None:
    summary = ImportSummary(
        studies=3,
        added=counted.added,
        known=counted.known,
        versions=counted.added // 2,
        others=counted.others,
        refused=(Refusal("x", "y"),) * broken,
        untouched=counted.untouched,
    )
    line = re.sub(NOT_FILES, "", summary_text(summary)).replace(THIN_SPACE, "")

    found = summary.added + summary.known + summary.others + broken + summary.untouched
    assert sum(map(int, re.findall(r"\d+", line))) == found


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        (ImportSummary(0, 0, 0, others=1), "Nothing new imported · 1 file holds no images"),
        (ImportSummary(1, 1, 1), "1 instance in 1 study imported · 1 was here already"),
        (
            ImportSummary(1, 0, 3, others=6),
            "Nothing new imported · 3 were here already · 6 other files hold no images",
        ),
    ],
)
def test_files_that_are_no_images_are_mentioned(summary: ImportSummary, line: str) -> None:
    assert summary_text(summary) == line
