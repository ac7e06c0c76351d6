from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from workstation.archive import Contents, ListedInstance, ListedSeries
from workstation.dicom.model import Patient, Series, Study
from workstation.sync.board import TRIES, Board, Piece, Want
from workstation.sync.order import SINGLY
from workstation.sync.rest import Rest
from workstation.sync.urgency import Urgency

NOBODY = Patient("1", "", "NOBODY^Test", "19700101", "F")


def _series(number: int, count: int) -> ListedSeries:
    facts = Series(f"9.{number}", number, "CT", "", "", "", "", "", "", "")
    return ListedSeries(
        facts, tuple(ListedInstance(f"9.{number}.{n}", "1.2", n, size=500_000) for n in range(1, count + 1))
    )


def _contents(*counts: int) -> Contents:
    study = Study("9", "", "", "", "", "", "", "")
    return Contents(NOBODY, study, tuple(_series(n, count) for n, count in enumerate(counts, 1)))


def _want(study: str = "9", urgency: Urgency = Urgency.OPEN, lead: str = "") -> Want:
    return Want("group", study, urgency, lead)


def _learnt(board: Board, *counts: int, here: Sequence[str] = ()) -> None:
    piece = board.take()
    assert piece is not None
    assert piece.asks_contents
    board.learn(piece, _contents(*counts), here)


def _fail(board: Board, why: str) -> None:
    """Let what comes next fail as often as it is tried."""
    for _ in range(TRIES):
        piece = board.take()
        assert piece is not None
        board.finish(piece, why)


def _all(board: Board) -> list[Piece]:
    pieces = []
    while (piece := board.take()) is not None:
        pieces.append(piece)
    return pieces


def test_a_study_is_asked_for_its_contents_once() -> None:
    board = Board()
    board.want(_want())
    first, second = board.take(), board.take()
    assert first is not None
    assert first.asks_contents
    assert second is None


def test_the_middle_of_every_series_comes_first_and_one_by_one() -> None:
    board = Board()
    board.want(_want())
    _learnt(board, 100, 50)
    pieces = _all(board)
    singly = pieces[: 2 * SINGLY]
    assert {len(piece.uids) for piece in singly} == {1}
    assert singly[0].uids == ("9.1.51",)
    assert singly[SINGLY].uids == ("9.2.26",)
    assert [(piece.series_uid, piece.as_stream, len(piece.uids)) for piece in pieces[2 * SINGLY :]] == [
        ("9.1", True, 100 - SINGLY),
        ("9.2", True, 50 - SINGLY),
    ]


def test_where_a_stream_doesn_t_pay_everything_comes_one_by_one_from_the_middle_outwards() -> None:
    board = Board(stream_pays=lambda _: False)
    board.want(_want())
    _learnt(board, 20)
    numbers = [int(piece.uids[0].rsplit(".")[-1]) for piece in _all(board)]
    assert sorted(numbers) == list(range(1, 21))
    assert [abs(number - 11) for number in numbers] == sorted(abs(number - 11) for number in numbers)


def test_the_series_that_is_looked_at_leads_even_when_that_is_known_later() -> None:
    board = Board()
    board.want(_want())
    _learnt(board, 30, 30)
    board.want(_want(lead="9.2"))
    piece = board.take()
    assert piece is not None
    assert piece.series_uid == "9.2"


def test_whether_a_stream_pays_is_asked_with_all_that_would_come_in_vain() -> None:
    asked: list[Rest] = []

    def pays(rest: Rest) -> bool:
        asked.append(rest)
        return False

    board = Board(stream_pays=pays)
    board.want(_want(urgency=Urgency.NEXT))
    _learnt(board, 20, here=["9.1.1", "9.1.2"])
    singly = [board.take() for _ in range(SINGLY)]
    assert not asked
    for piece in singly[:4]:
        assert piece is not None
        board.landed("9", piece.uids)
    board.take()
    again = 2 + SINGLY  # two were here, and what came or comes one by one
    assert asked == [Rest("group", 20 - again, (20 - again) * 500_000, again, again * 500_000)]


def test_what_is_here_is_not_asked_for() -> None:
    board = Board()
    board.want(_want())
    _learnt(board, 12, here=[f"9.1.{n}" for n in range(1, 12)])
    assert [piece.uids for piece in _all(board)] == [("9.1.12",)]


def test_a_stream_that_was_cut_goes_on_one_by_one_and_never_from_zero() -> None:
    board = Board()
    board.want(_want(urgency=Urgency.NEXT))
    _learnt(board, 40)
    *singly, stream = _all(board)
    board.landed("9", [piece.uids[0] for piece in singly])
    board.landed("9", stream.uids[:20])
    board.give_back(stream, is_cut=True)
    rest = _all(board)
    assert not any(piece.as_stream for piece in rest)
    assert {piece.uids[0] for piece in rest} == set(stream.uids[20:])


def test_an_instance_that_never_comes_whole_is_given_up_with_the_reason() -> None:
    board = Board(stream_pays=lambda _: False)
    board.want(_want())
    _learnt(board, 1)
    _fail(board, "It comes broken.")
    assert board.take() is None
    assert board.given_up("group", "9") == {"9.1.1": "It comes broken."}
    progress = board.progress("group", "9")
    assert progress is not None
    assert progress.is_settled
    assert (progress.here, progress.listed, progress.given_up) == (0, 1, 1)


def test_giving_a_piece_back_is_no_try() -> None:
    board = Board(stream_pays=lambda _: False)
    board.want(_want())
    _learnt(board, 1)
    for _ in range(3 * TRIES):
        piece = board.take()
        assert piece is not None
        board.give_back(piece, is_cut=True)
    assert board.given_up("group", "9") == {}


def test_nothing_is_prefetched_while_an_open_study_is_incomplete() -> None:
    board = Board()
    board.want(_want("8", Urgency.PREFETCH))
    piece = board.take()
    assert piece is not None
    assert not board.must_yield(piece)
    board.want(_want("9", Urgency.OPEN))
    assert board.must_yield(piece)
    board.give_back(piece)
    opened = board.take()
    assert opened is not None
    assert opened.want.study_uid == "9"
    assert board.take() is None


def test_an_open_study_whose_archive_can_t_be_reached_holds_nothing_back() -> None:
    board = Board(is_reachable=lambda archive: archive != "far")
    board.want(Want("far", "9", Urgency.OPEN))
    board.want(_want("8", Urgency.PREFETCH))
    piece = board.take()
    assert piece is not None
    assert piece.want.study_uid == "8"
    assert not board.must_yield(piece)


def test_the_most_urgent_comes_first_and_among_equals_the_earliest() -> None:
    board = Board()
    for study, urgency in (
        ("5", Urgency.PRIOR),
        ("6", Urgency.NEXT),
        ("7", Urgency.NEXT),
        ("8", Urgency.ASSIGNED),
    ):
        board.want(_want(study, urgency))
    assert [piece.want.study_uid for piece in _all(board)] == ["8", "6", "7", "5"]


def test_asking_again_asks_for_the_contents_too() -> None:
    board = Board(stream_pays=lambda _: False)
    board.want(_want())
    _learnt(board, 1)
    _fail(board, "It comes broken.")
    board.try_again("group", "9")
    _learnt(board, 2)
    assert {piece.uids[0] for piece in _all(board)} == {"9.1.1", "9.1.2"}


class _Fetching(RuleBasedStateMachine):
    """Whatever streams do, each instance is here, on its way, waiting or given up; never two of these."""

    def __init__(self) -> None:
        super().__init__()
        self.board = Board(stream_pays=lambda rest: rest.count % 2 == 0)
        self.board.want(_want(urgency=Urgency.NEXT))
        _learnt(self.board, 17, 4)
        self.taken: list[Piece] = []
        self.here: set[str] = set()
        self.everything = {f"9.1.{n}" for n in range(1, 18)} | {f"9.2.{n}" for n in range(1, 5)}

    @rule()
    def take(self) -> None:
        piece = self.board.take()
        if piece is not None:
            assert not set(piece.uids) & self.here
            assert not any(set(piece.uids) & set(other.uids) for other in self.taken)
            self.taken.append(piece)

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), share=st.floats(0, 1))
    def land_some(self, data: st.DataObject, share: float) -> None:
        piece = data.draw(st.sampled_from(self.taken))
        came = piece.uids[: round(share * len(piece.uids))]
        self.here |= set(came)
        self.board.landed("9", came)

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), how=st.sampled_from(["finish", "cut", "back"]))
    def end(self, data: st.DataObject, how: str) -> None:
        piece = data.draw(st.sampled_from(self.taken))
        self.taken.remove(piece)
        if how == "finish":
            self.board.finish(piece)
        else:
            self.board.give_back(piece, is_cut=how == "cut")

    @invariant()
    def everything_is_accounted_for(self) -> None:
        progress = self.board.progress("group", "9")
        assert progress is not None
        assert progress.listed == len(self.everything)
        assert progress.here == len(self.here)

    def teardown(self) -> None:
        for piece in self.taken:
            self.board.give_back(piece)
        rest: set[str] = set()
        for piece in _all(self.board):
            assert not rest & set(piece.uids)
            rest |= set(piece.uids)
        given_up = set(self.board.given_up("group", "9"))
        assert self.here | rest | given_up == self.everything
        assert not rest & self.here


TestFetching = _Fetching.TestCase
TestFetching.settings = settings(max_examples=60, stateful_step_count=40)
