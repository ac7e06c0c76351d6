"""Default < person, site policy over what it sets for itself or locks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.config.declared import SETTINGS, Value
from workstation.config.loading import BadSetting, Settings, check, load, save


def _load(folder: Path, policy: str = "", person: str = "") -> Settings:
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    (folder / "settings.toml").write_text(person, encoding="utf-8")
    return load(folder / "policy.toml", folder / "settings.toml")


def test_without_files_the_defaults_hold(tmp_path: Path) -> None:
    settings = load(tmp_path / "none.toml", tmp_path / "none either.toml")

    assert settings.values == {setting.name: setting.default for setting in SETTINGS}
    assert settings.problems == ()


def test_a_person_changes_what_the_site_left_open(tmp_path: Path) -> None:
    settings = _load(tmp_path, "[log]\nlevel = 'info'", "[log]\nlevel = 'debug'")

    assert settings.text("log.level") == "debug"


def test_a_locked_setting_is_the_site_s_and_the_person_is_told(tmp_path: Path) -> None:
    settings = _load(tmp_path, "locked = ['log.level']\n[log]\nlevel = 'error'", "[log]\nlevel = 'debug'")

    assert settings.text("log.level") == "error"
    assert "set by the site" in str(settings.problems[0])


def test_what_only_the_site_may_change_is_locked_by_being_in_the_policy(tmp_path: Path) -> None:
    settings = _load(tmp_path, "[store]\nquota_gigabytes = 50", "[store]\nquota_gigabytes = 500")

    assert settings.number("store.quota_gigabytes") == 50


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("[log]\nlevel = 'loud'", "one of debug, info, warning, error"),
        ("[workers]\ncount = 65", "0 to 64"),
        ("[workers]\ncount = true", "0 to 64"),
        ("[workers]\ncount = 1.5", "0 to 64"),
        ("[frames]\nmemory_gigabytes = nan", "0.25 to 1024"),
        ("[log]\nvolume = 11", "no setting 'log.volume'"),
    ],
)
def test_a_wrong_line_is_told_and_the_others_hold(tmp_path: Path, line: str, wanted: str) -> None:
    settings = _load(tmp_path, person=f"{line}\n[profile]\nname = 'Dr Test'")

    assert settings.text("profile.name") == "Dr Test"
    assert [wanted in str(problem) for problem in settings.problems] == [True]


def test_a_file_that_is_no_toml_leaves_the_defaults(tmp_path: Path) -> None:
    settings = _load(tmp_path, person="[log\nlevel=")

    assert settings.text("log.level") == "warning"
    assert len(settings.problems) == 1


@given(name=st.text(min_size=0, max_size=40), scale=st.integers(100, 300))
def test_what_is_saved_is_read_again(tmp_path_factory: pytest.TempPathFactory, name: str, scale: int) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.toml"
    own: dict[str, Value] = {"profile.name": name, "display.scale_percent": scale}
    save(file, own)

    assert load(file.parent / "none.toml", file).own == own


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_default_is_a_value_that_would_be_accepted(setting: object) -> None:
    assert isinstance(setting, type(SETTINGS[0]))
    assert check(setting.name, setting.default) == setting.default
    with pytest.raises(BadSetting):
        check(setting.name, [])
