"""The life of a case: its states, and which move leads from one to the next.

`NEXT` is the only place that says what may follow what. Nothing sets a state by hand:
a case moves when a fact that carries a move is recorded (see `actions.record`).
"""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    NEW = "new"  # heard, nobody has looked yet
    OPEN = "open"  # somebody holds it and works on it
    ANSWERED = "answered"  # the lead says it is settled; the person is being asked
    CLOSED = "closed"  # on the person's word, or two officers' after real attempts to reach them
    DECLINED = "declined"  # not ours, with the ground and where to go instead
    MERGED = "merged"  # part of another case; the person is still told


class Move(StrEnum):
    OPEN = "open"
    LOOK = "look"  # a human has read it
    ANSWER = "answer"
    CONFIRM = "confirm"  # the person says: solved
    DISPUTE = "dispute"  # the person says: not solved
    CLOSE_UNHEARD = "close_unheard"
    DECLINE = "decline"
    MERGE = "merge"
    UNMERGE = "unmerge"
    REOPEN = "reopen"


NEXT: dict[State | None, dict[Move, State]] = {
    None: {Move.OPEN: State.NEW},
    State.NEW: {
        Move.LOOK: State.OPEN,
        Move.CONFIRM: State.CLOSED,  # "it is solved already" counts at any time: it is their word
        Move.DECLINE: State.DECLINED,
        Move.MERGE: State.MERGED,
    },
    State.OPEN: {
        Move.LOOK: State.OPEN,
        Move.ANSWER: State.ANSWERED,
        Move.CONFIRM: State.CLOSED,
        Move.DECLINE: State.DECLINED,
        Move.MERGE: State.MERGED,
    },
    State.ANSWERED: {
        Move.LOOK: State.ANSWERED,
        Move.ANSWER: State.ANSWERED,
        Move.CONFIRM: State.CLOSED,
        Move.DISPUTE: State.OPEN,
        Move.CLOSE_UNHEARD: State.CLOSED,
        Move.REOPEN: State.OPEN,
    },
    State.CLOSED: {Move.REOPEN: State.OPEN},
    State.DECLINED: {Move.REOPEN: State.OPEN},
    State.MERGED: {Move.UNMERGE: State.OPEN},
}

# States in which somebody still owes the person something.
LIVE = frozenset({State.NEW, State.OPEN, State.ANSWERED})


class MoveRefused(Exception):
    """This move does not lead anywhere from this state."""


def after(state: State | None, move: Move) -> State:
    """The state that `move` leads to. Raises `MoveRefused`."""
    try:
        return NEXT[state][move]
    except KeyError:
        raise MoveRefused(f"cannot {move} a case that is {state or 'not open yet'}") from None


def may(state: State, move: Move) -> bool:
    return move in NEXT[state]


def replay(moves: Iterable[Move]) -> State | None:
    """The state that a whole life of moves ends in."""
    state = None
    for move in moves:
        state = after(state, move)
    return state
