"""The help page of the settings says what the program knows."""

import pytest

from workstation.config import SETTINGS, Setting, resource


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_setting_is_on_its_help_page(setting: Setting) -> None:
    page = resource("help", "settings.md").read_text(encoding="utf-8")
    row = next((line for line in page.splitlines() if line.startswith(f"| `{setting.name}` |")), "")

    assert setting.text in row
    assert ("site" if setting.changer == "site" else "anyone") in row
