import os
import re

import pytest
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication

from workstation.ui.theme import PALETTE, FontSize, apply_scale, contrast, font, stylesheet
from workstation.ui.theme.palette import luminance
from workstation.ui.theme.scaling import ScaleOutOfRange


def test_contrast_agrees_with_values_published_by_webaim() -> None:
    """WebAIM's contrast checker: #777777 on white 4.47, #0000ff on white 8.59."""
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.01)
    assert contrast("#0000ff", "#ffffff") == pytest.approx(8.59, abs=0.01)


@pytest.mark.parametrize("surface", ["window", "panel", "raised"])
@pytest.mark.parametrize("role", ["text", "secondary", "accent", "fault", "attention", "good"])
def test_text_can_be_read_on_every_surface(surface: str, role: str) -> None:
    """WCAG 2.1, 1.4.3: at least 4.5 : 1."""
    assert contrast(getattr(PALETTE, role), getattr(PALETTE, surface)) >= 4.5


def test_nothing_in_the_style_sheet_is_brighter_than_text() -> None:
    colours = set(re.findall(r"#[0-9a-f]{6}", stylesheet()))
    ring = {PALETTE.mark_selected}  # a hairline of focus around the one primary button

    assert len(colours) > 10
    assert [c for c in colours - ring if luminance(c) > luminance(PALETTE.text)] == []


def test_figures_all_have_one_width(application: QApplication) -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(font())

    assert len({round(metrics.horizontalAdvance(figure * 8), 3) for figure in "0123456789"}) == 1
    assert QFontInfo(font(FontSize.NAME)).pixelSize() == 16
    assert application.font().pixelSize() == 13


def test_a_scale_reaches_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", "1")

    apply_scale(150)

    assert os.environ["QT_SCALE_FACTOR"] == "1.5"


@pytest.mark.parametrize("percent", [0, 99, 301])
def test_a_scale_that_nobody_could_use_is_refused(percent: int) -> None:
    with pytest.raises(ScaleOutOfRange, match=f"{percent} %"):
        apply_scale(percent)
