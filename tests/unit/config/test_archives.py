"""The archives that a site and a person have set up."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.config import ArchiveEntry, Archives, load_archives, save_archives

HARBOR = """
[harbor]
name = "Harbor Radiology"
sign_in = "oidc"
issuer = "https://login.example"
client_id = "lumen"
pins = ["abc="]
[harbor.ways]
fibre = "https://archive.example/dicom-web"
hotspot = "https://vpn.example/dicom-web"
"""
LAN = "[lan]\nspeech = 'dimse'\ncalled = 'PACS'\n[lan.ways]\nroom = '10.0.0.5:104'\n"


def _load(folder: Path, site: str = "", person: str = "") -> Archives:
    (folder / "site.toml").write_text(site, encoding="utf-8")
    (folder / "own.toml").write_text(person, encoding="utf-8")
    return load_archives(folder / "site.toml", folder / "own.toml")


def test_the_first_way_is_the_preferred_one(tmp_path: Path) -> None:
    archives = _load(tmp_path, HARBOR)
    harbor = archives.get("harbor")
    assert harbor is not None
    assert list(harbor.ways) == ["fibre", "hotspot"]
    assert harbor.is_site
    assert archives.problems == ()


def test_a_person_adds_archives_and_can_t_replace_the_site_s(tmp_path: Path) -> None:
    archives = _load(tmp_path, HARBOR, LAN + HARBOR.replace("archive.example", "elsewhere.example"))
    assert [entry.identifier for entry in archives.entries] == ["harbor", "lan"]
    assert "elsewhere" not in str(archives.entries)
    assert "site has set up" in str(archives.problems[0])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[UP]\n[UP.ways]\na='https://x'", "can't name an archive"),
        ("[a]\nname='A'", "no way to it"),
        ("[a]\n[a.ways]\nb='archive.example'", "is not a URL"),
        ("[a]\nspeech='dimse'\n[a.ways]\nb='https://x'", "is not host:port"),
        ("[a]\nspeech='dimse'\n[a.ways]\nb='10.0.0.5:0'", "is not host:port"),
        ("[a]\nspeech='dimse'\n[a.ways]\nb='10.0.0.5:65536'", "is not host:port"),
        ("[a]\nspeech='fax'\n[a.ways]\nb='https://x'", "takes dicomweb, dimse"),
        ("[a]\npassword='secret'\n[a.ways]\nb='https://x'", "has no 'password', but a has one"),
        ("[a]\nsign_in='oidc'\n[a.ways]\nb='https://x'", "Give issuer and client_id"),
        ("[a]\ncalled='SEVENTEEN LETTERS'\n[a.ways]\nb='https://x'", "AE title"),
        ("[a]\nname=3\n[a.ways]\nb='https://x'", "is no text"),
        ("[a]\nminimum_tls='1.2'\n[a.ways]\nb='https://x'", "Only the site"),
        ("[a]\nspeech='dimse'\nencryption='none'\n[a.ways]\nb='10.0.0.5:104'", "Only the site"),
        ("[a]\nspeech='dimse'\nencryption='none'\n[a.ways]\nb='127.evil.net:104'", "Only the site"),
        ("stray = 1", "outside an archive's table"),
        ("[a", "can't be read"),
    ],
)
def test_an_entry_that_can_t_be_right_is_told_and_the_others_hold(
    tmp_path: Path, text: str, wanted: str
) -> None:
    archives = _load(tmp_path, HARBOR, text)
    assert [entry.identifier for entry in archives.entries] == ["harbor"]
    assert [wanted in str(problem) for problem in archives.problems] == [True]


def test_the_site_may_allow_tls_1_2(tmp_path: Path) -> None:
    archives = _load(tmp_path, HARBOR.replace('name = "Harbor Radiology"', 'minimum_tls = "1.2"'))
    assert archives.entries[0].minimum_tls == "1.2"


@pytest.mark.parametrize("way", ["127.0.0.1:4242", "localhost:65535", "[::1]:104"])
def test_what_lies_on_this_machine_needs_no_encryption(tmp_path: Path, way: str) -> None:
    archives = _load(tmp_path, "", f"[a]\nspeech='dimse'\nencryption='none'\n[a.ways]\nb='{way}'")
    assert archives.problems == ()


_TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(
    st.lists(
        st.builds(
            ArchiveEntry,
            identifier=st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True),
            name=_TEXT,
            ways=st.dictionaries(_TEXT, st.just("https://archive.example/x"), min_size=1, max_size=3),
            pins=st.lists(_TEXT, max_size=2).map(tuple),
            capabilities=st.dictionaries(_TEXT, _TEXT, max_size=2),
            patient_issuer=_TEXT,
        ),
        unique_by=lambda entry: entry.identifier,
        max_size=4,
    )
)
def test_what_is_saved_is_what_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, entries: list[ArchiveEntry]
) -> None:
    file = tmp_path_factory.mktemp("archives") / "archives.toml"
    save_archives(file, entries)
    loaded = load_archives(file.parent / "none.toml", file)
    assert loaded.problems == ()
    assert loaded.entries == tuple(entries)
