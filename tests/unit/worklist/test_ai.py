from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.terms import BadTable
from workstation.worklist.ai import Code, Findings, Flag, Polarity, Triage, flag_of, flags_of, parsed_findings
from workstation.worklist.errors import BadTriage

BLEED = Code("SCT", "1386000")
AIR = Code("RADELEMENT", "RDES228")
UNKNOWN = Code("SCT", "1")


@pytest.fixture(scope="session")
def result(now: datetime) -> Callable[..., Triage]:
    def make(
        finding: Code = BLEED,
        polarity: Polarity = Polarity.PRESENT,
        *,
        algorithm: str = "Finder",
        minutes: float = 5.0,
        score: float | None = 0.9,
    ) -> Triage:
        received = now - timedelta(minutes=minutes)
        return Triage("1.2.3", finding, polarity, algorithm, "2", received, score)

    return make


def _flag(results: list[Triage], findings: Findings, now: datetime) -> Flag:
    flag = flag_of(results, findings, now=now)
    assert flag is not None
    return flag


def test_a_sure_finding_counts(result: Callable[..., Triage], findings: Findings, now: datetime) -> None:
    flag = _flag([result()], findings, now)
    assert flag.counts
    assert flag.text == "intracranial haemorrhage 0.90"
    assert flag.algorithm == "Finder 2"
    assert flag.read_within == timedelta(minutes=20)


def test_each_study_gets_the_flag_of_its_own_results(
    result: Callable[..., Triage], findings: Findings, now: datetime
) -> None:
    other = replace(result(AIR), study_uid="1.2.4")
    flags = flags_of([result(), other], findings, now=now)
    assert {uid: flag.code for uid, flag in flags.items()} == {"1.2.3": BLEED, "1.2.4": AIR}


def test_no_result_is_no_flag(findings: Findings, now: datetime) -> None:
    assert flag_of([], findings, now=now) is None


def test_an_absent_finding_is_shown_and_changes_nothing(
    result: Callable[..., Triage], findings: Findings, now: datetime
) -> None:
    flag = _flag([result(polarity=Polarity.ABSENT)], findings, now)
    assert (flag.text, flag.counts, flag.doubt) == ("none", False, "")


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"minutes": 25 * 60}, "too old"),
        ({"minutes": -30}, "in the future"),
        ({"score": 0.49}, "below 0.5"),
        ({"finding": UNKNOWN}, "isn't in the table"),
        ({"polarity": Polarity.INDETERMINATE}, "can't tell"),
    ],
)
def test_a_doubtful_result_is_shown_with_its_doubt_and_changes_nothing(
    result: Callable[..., Triage], findings: Findings, now: datetime, changes: dict[str, object], doubt: str
) -> None:
    flag = _flag([result(**changes)], findings, now)
    assert not flag.counts
    assert doubt in flag.doubt


def test_two_algorithms_that_contradict_each_other_cancel_out(
    result: Callable[..., Triage], findings: Findings, now: datetime
) -> None:
    other = result(polarity=Polarity.ABSENT, algorithm="Seeker")
    flag = _flag([result(), other], findings, now)
    assert flag.polarity is Polarity.PRESENT
    assert not flag.counts
    assert "absent" in flag.doubt


def test_a_stale_contradiction_is_none(
    result: Callable[..., Triage], findings: Findings, now: datetime
) -> None:
    old = result(polarity=Polarity.ABSENT, algorithm="Seeker", minutes=25 * 60)
    assert _flag([result(), old], findings, now).counts


def test_an_algorithm_s_newest_word_replaces_its_older_one(
    result: Callable[..., Triage], findings: Findings, now: datetime
) -> None:
    older, newer = result(minutes=50), result(polarity=Polarity.ABSENT, minutes=1)
    assert _flag([newer, older], findings, now).text == "none"


def test_one_code_or_another_is_the_same_finding(
    result: Callable[..., Triage], findings: Findings, now: datetime
) -> None:
    absent = result(Code("RADELEMENT", "RDES194"), Polarity.ABSENT, algorithm="Seeker")
    assert not _flag([result(), absent], findings, now).counts


def test_of_two_findings_the_more_urgent_is_shown(
    result: Callable[..., Triage], findings: Findings, now: datetime
) -> None:
    assert _flag([result(AIR), result(BLEED, score=0.6)], findings, now).code == BLEED


def test_a_finding_without_a_score_counts(
    result: Callable[..., Triage], findings: Findings, now: datetime
) -> None:
    flag = _flag([result(score=None)], findings, now)
    assert (flag.counts, flag.text) == (True, "intracranial haemorrhage")


RESULTS = st.lists(
    st.tuples(
        st.sampled_from([BLEED, AIR, UNKNOWN]),
        st.sampled_from(Polarity),
        st.sampled_from(["Finder", "Seeker", "Hunter"]),
        st.sampled_from([-30, 1, 5, 60, 2000]),
        st.none() | st.floats(0, 1),
    )
)


@given(RESULTS, st.randoms(use_true_random=False))
def test_the_order_of_results_changes_nothing(
    result: Callable[..., Triage],
    findings: Findings,
    now: datetime,
    drawn: list[tuple[Code, Polarity, str, int, float | None]],
    draw: Random,
) -> None:
    results = [
        result(code, polarity, algorithm=algorithm, minutes=minutes, score=score)
        for code, polarity, algorithm, minutes, score in drawn
    ]
    shuffled = list(results)
    draw.shuffle(shuffled)
    assert flag_of(results, findings, now=now) == flag_of(shuffled, findings, now=now)


def _soon(flag: Flag | None) -> timedelta:
    return flag.read_within if flag and flag.read_within else timedelta.max


@given(RESULTS, st.sampled_from([BLEED, AIR]))
def test_one_more_absent_never_raises_and_one_more_present_never_lowers(
    result: Callable[..., Triage],
    findings: Findings,
    now: datetime,
    drawn: list[tuple[Code, Polarity, str, int, float | None]],
    code: Code,
) -> None:
    results = [
        result(code, polarity, algorithm=algorithm, minutes=minutes, score=score)
        for code, polarity, algorithm, minutes, score in drawn
    ]
    before = _soon(flag_of(results, findings, now=now))
    absent = result(code, Polarity.ABSENT, algorithm="Newcomer", minutes=0)
    present = result(code, Polarity.PRESENT, algorithm="Newcomer", minutes=0, score=1.0)
    assert _soon(flag_of([*results, absent], findings, now=now)) >= before
    assert _soon(flag_of([*results, present], findings, now=now)) <= before


def test_a_time_without_a_zone_is_refused(now: datetime) -> None:
    with pytest.raises(BadTriage, match="zone"):
        Triage("1", BLEED, Polarity.PRESENT, "A", "1", now.replace(tzinfo=None))


@pytest.mark.parametrize("score", [-0.1, 1.1, 93.0, float("nan")])
def test_a_score_that_is_none_is_refused(now: datetime, score: float) -> None:
    with pytest.raises(BadTriage, match="0 to 1"):
        Triage("1", BLEED, Polarity.PRESENT, "A", "1", now, score)


def test_the_table_that_ships_has_the_codes_of_snomed_ct(findings: Findings) -> None:
    """As pydicom's dictionary names them."""
    names = {
        "59282003": "pulmonary embolism",
        "36118008": "pneumothorax",
        "1386000": "intracranial haemorrhage",
        "308546005": "aortic dissection",
    }
    for value, name in names.items():
        finding = findings.of(Code("SCT", value))
        assert finding is not None
        assert finding.name == name


ROW = '[[finding]]\nname = "x"\ncodes = ["SCT 1"]\nread_within_minutes = 5\n'


@pytest.mark.parametrize(
    "text",
    [
        ROW,
        f"stale_after_hours = 1\n{ROW}{ROW}",
        "stale_after_hours = 1\n" + ROW.replace("SCT 1", "1"),
        "stale_after_hours = 1\n" + ROW.replace("5", "0"),
        f"stale_after_hours = 1\n{ROW}colour = 3",
    ],
)
def test_a_table_of_findings_that_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(BadTable):
        parsed_findings(text, where="findings.toml")
