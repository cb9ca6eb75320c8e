import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.cases.facts import Shape, settle
from huying.cases.lifecycle import LIVE, NEXT, Move, MoveRefused, State, after, may, replay
from huying.cases.tests.life import MOVED
from huying.testing.time import Time

LIVES = [
    ("open look answer confirm", State.CLOSED),
    ("open confirm", State.CLOSED),
    ("open look answer dispute answer close_unheard", State.CLOSED),
    ("open look answer confirm reopen", State.OPEN),
    ("open look answer reopen", State.OPEN),
    ("open decline", State.DECLINED),
    ("open look decline reopen look", State.OPEN),
    ("open merge unmerge", State.OPEN),
    ("open look merge", State.MERGED),
]
REFUSED = [
    "look",
    "open open",
    "open answer",  # nobody has looked
    "open dispute",
    "open close_unheard",
    "open look close_unheard",
    "open look answer decline",
    "open look answer merge",
    "open confirm look",
    "open confirm confirm",
    "open decline look",
    "open merge look",
    "open merge reopen",
]


@pytest.mark.parametrize(("moves", "state"), LIVES)
def test_a_life_leads_to_its_end(moves: str, state: State) -> None:
    assert replay(Move(move) for move in moves.split()) == state


@pytest.mark.parametrize("moves", REFUSED)
def test_what_is_not_in_the_table_is_refused(moves: str) -> None:
    *before, last = (Move(move) for move in moves.split())
    state = replay(before)

    with pytest.raises(MoveRefused, match=f"cannot {last}"):
        after(state, last)


def test_every_state_has_its_line() -> None:
    assert set(NEXT) == {None, *State}


def test_every_end_has_a_way_back() -> None:
    for state in set(State) - LIVE:
        assert any(to in LIVE for to in NEXT[state].values()), state


@given(st.lists(st.sampled_from(list(Move)), max_size=30))
def test_random_moves_never_leave_the_table(moves: list[Move]) -> None:
    time, shape = Time(), Shape()
    settle(shape, MOVED[Move.OPEN](), time.now)
    for move in moves:
        state = State(shape.state)
        fact = MOVED[move]()
        if may(state, move):
            settle(shape, fact, time.passes(minutes=1))
            assert shape.state == NEXT[state][move]
        else:
            with pytest.raises(MoveRefused):
                settle(shape, fact, time.passes(minutes=1))
            assert shape.state == state
        assert (shape.closed_at is not None) == (shape.state == State.CLOSED)
        assert shape.looked_at is None or shape.looked_at <= time.now
