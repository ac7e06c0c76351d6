from workstation.ui import wording


def test_amounts() -> None:
    assert wording.counted(1136, "image") == "1\u2009136 images"
    assert [wording.duration(s) for s in (0.2, 59, 61, 7200)] == ["1 s", "59 s", "1 min", "2 h"]
    assert [wording.rate(*pair) for pair in ((84e6, 1), (4.2e6, 1), (0, 1))] == ["84 MB/s", "4.2 MB/s", ""]
