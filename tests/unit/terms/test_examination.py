from workstation.terms import Contrast, Region, Side, examination

R = Region


def test_a_description_that_is_finer_than_the_body_part_wins() -> None:
    assert examination("CT sinuses", body_parts=["HEAD"]).regions == {R.SINUSES}


def test_a_description_that_is_wider_than_a_series_body_part_wins() -> None:
    seen = examination("CT chest abdomen pelvis", body_parts=["ABDOMEN", "CHEST"])
    assert seen.regions == {R.CHEST, R.ABDOMEN, R.PELVIS}


def test_a_series_of_a_part_of_what_is_described_adds_nothing() -> None:
    assert examination("US abdomen", body_parts=["LIVER", "KIDNEY"]).regions == {R.ABDOMEN}


def test_the_body_part_speaks_where_the_description_is_silent() -> None:
    assert examination("routine", body_parts=["KNEE"]).regions == {R.KNEE}


def test_where_the_two_contradict_each_other_both_count() -> None:
    assert examination("CT abdomen", body_parts=["CHEST"]).regions == {R.ABDOMEN, R.CHEST}


def test_the_words_side_goes_before_the_series_laterality() -> None:
    assert examination("XR knee left", lateralities=["R"]).side is Side.LEFT
    assert examination("XR knee", lateralities=["R", "R", ""]).side is Side.RIGHT
    assert examination("MG screening", lateralities=["R", "L"]).side is Side.BOTH


def test_nothing_said_is_nothing_known() -> None:
    seen = examination("")
    assert (seen.regions, seen.side, seen.contrast, seen.kinds) == (
        frozenset(),
        Side.UNKNOWN,
        Contrast.UNKNOWN,
        frozenset(),
    )
