"""What each role may do, in one table that everybody may read.

"I just want to know what that editor was authorised to do" (requirement CR-23): the console shows
this table, and every door asks `may`. Whose cases a role sees is `scope`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    DESK = "desk"  # reads, asks back, passes on, watches; accountable to the end
    UNIT_OFFICER = "unit_officer"  # acts for a unit
    UNIT_HEAD = "unit_head"  # answers for a unit
    DESK_LEADER = "desk_leader"  # answers for a desk
    DIRECTOR = "director"  # top of the ladder
    ARBITER = "arbiter"  # decides whose it is after two returns
    OBSERVER = "observer"  # sees masked data, touches nothing
    AUDITOR = "auditor"  # reads who did and saw what
    ADMINISTRATOR = "administrator"  # keeps units, rosters and duties; sees no case


class Right(StrEnum):
    SEE_BOARD = "see_board"
    SEE_CASE = "see_case"
    REVEAL = "reveal"  # a masked field, for a purpose that is recorded
    LOOK = "look"  # take the first look
    ASSESS = "assess"
    REPLY = "reply"
    OFFER = "offer"  # hand a task to a unit
    ACCEPT = "accept"
    RETURN_TASK = "return_task"  # with the ground and the proper owner
    ANSWER = "answer"  # say that the task is done, and how
    ACT_FIRST = "act_first"  # act now, report later; the report has a clock
    TAKE_OVER = "take_over"  # on the ladder: "I have it"
    CALL_BACK = "call_back"
    CONFIRM_BY_PHONE = "confirm_by_phone"  # write down the person's own word
    DECLINE = "decline"  # say that it is not ours
    APPROVE_DECLINE = "approve_decline"  # the second officer, without whom no plea is declined
    CLOSE_UNHEARD = "close_unheard"  # after the attempts; takes two different officers
    MERGE = "merge"
    REOPEN = "reopen"
    ARBITRATE = "arbitrate"
    SEE_NUMBERS = "see_numbers"  # by unit and officer; the public figures are public
    SEE_AUDIT = "see_audit"
    MANAGE_ROSTER = "manage_roster"
    MANAGE_REFERENCE = "manage_reference"  # units, officers, duties, zones


class Scope(StrEnum):
    ALL = "all"  # every case
    UNIT = "unit"  # cases where the own unit, or one below it, has a task
    TASK = "task"  # the own unit's tasks and nothing around them
    NONE = "none"


_READS = frozenset({Right.SEE_BOARD, Right.SEE_CASE})
_ACTS = _READS | {
    Right.REVEAL,
    Right.REPLY,
    Right.OFFER,
    Right.ACCEPT,
    Right.RETURN_TASK,
    Right.ANSWER,
    Right.ACT_FIRST,
    Right.TAKE_OVER,
    Right.CALL_BACK,
}
# A desk acts as a unit too: another desk may hand it what is its own.
_RECEIVES = _ACTS | {
    Right.LOOK,
    Right.ASSESS,
    Right.CONFIRM_BY_PHONE,
    Right.DECLINE,
    Right.CLOSE_UNHEARD,
    Right.MERGE,
    Right.REOPEN,
}
_LEADS = _RECEIVES | {Right.APPROVE_DECLINE, Right.SEE_NUMBERS, Right.MANAGE_ROSTER}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.DESK: _RECEIVES,
    Role.UNIT_OFFICER: _ACTS,
    Role.UNIT_HEAD: _ACTS | {Right.SEE_NUMBERS, Right.MANAGE_ROSTER},
    Role.DESK_LEADER: _LEADS,
    # A director can do what a desk can, but not arrange it: rosters are the leaders' work.
    Role.DIRECTOR: _LEADS - {Right.MANAGE_ROSTER},
    Role.ARBITER: _READS | {Right.ARBITRATE, Right.SEE_NUMBERS},
    Role.OBSERVER: _READS | {Right.SEE_NUMBERS},
    Role.AUDITOR: _READS | {Right.SEE_NUMBERS, Right.SEE_AUDIT},
    # Whoever keeps the list of who may look must not be one of them.
    Role.ADMINISTRATOR: frozenset({Right.MANAGE_ROSTER, Right.MANAGE_REFERENCE, Right.SEE_NUMBERS}),
}

ROLE_NAMES: dict[Role, tuple[str, str]] = {
    Role.DESK: ("受理席", "Desk"),
    Role.UNIT_OFFICER: ("承办人员", "Unit officer"),
    Role.UNIT_HEAD: ("承办单位负责人", "Head of unit"),
    Role.DESK_LEADER: ("受理席组长", "Desk leader"),
    Role.DIRECTOR: ("分管领导", "Director"),
    Role.ARBITER: ("裁定人", "Arbiter"),
    Role.OBSERVER: ("观察员", "Observer"),
    Role.AUDITOR: ("审计员", "Auditor"),
    Role.ADMINISTRATOR: ("管理员", "Administrator"),
}

RIGHT_NAMES: dict[Right, tuple[str, str]] = {
    Right.SEE_BOARD: ("查看工单列表", "See the board"),
    Right.SEE_CASE: ("查看工单（脱敏）", "See a case, masked"),
    Right.REVEAL: ("注明用途后查看完整信息", "Reveal a masked field for a purpose"),
    Right.LOOK: ("首次查看并接手", "Take the first look"),
    Right.ASSESS: ("研判性质、紧急程度与类别", "Assess nature, urgency, category"),
    Right.REPLY: ("答复诉求人", "Reply to the person"),
    Right.OFFER: ("交办、转办、加派", "Hand a task to a unit"),
    Right.ACCEPT: ("签收", "Accept a task"),
    Right.RETURN_TASK: ("退单（须写明理由与应承办单位）", "Return a task with ground and owner"),
    Right.ANSWER: ("办结反馈", "Answer a task"),
    Right.ACT_FIRST: ("先处置后报备", "Act first, report later"),
    Right.TAKE_OVER: ("督办时接手", "Take over on the ladder"),
    Right.CALL_BACK: ("回访", "Call back"),
    Right.CONFIRM_BY_PHONE: ("电话确认解决", "Record the person's word by phone"),
    Right.DECLINE: ("提出不予受理", "Decline a case"),
    Right.APPROVE_DECLINE: ("批准不予受理", "Approve a decline"),
    Right.CLOSE_UNHEARD: ("联系不上时两人办结", "Close unheard, with a second officer"),
    Right.MERGE: ("并案与撤销并案", "Merge and unmerge"),
    Right.REOPEN: ("重新办理", "Reopen"),
    Right.ARBITRATE: ("裁定承办单位", "Decide whose it is"),
    Right.SEE_NUMBERS: ("查看单位与人员统计", "See figures by unit and officer"),
    Right.SEE_AUDIT: ("查看操作与查阅记录", "See who did and saw what"),
    Right.MANAGE_ROSTER: ("维护值班表", "Keep the roster"),
    Right.MANAGE_REFERENCE: ("维护单位、人员与职责清单", "Keep units, officers, duties"),
}

_UNIT_ROLES = frozenset({Role.UNIT_OFFICER, Role.UNIT_HEAD})


def may(role: str, right: Right) -> bool:
    """Whether `role` holds `right`. Raises ValueError for a role that nobody knows."""
    return right in RIGHTS[Role(role)]


def scope(role: str, *, outside: bool) -> Scope:
    """Whose cases `role` sees; `outside` is its unit's: a company or a volunteer group."""
    if not may(role, Right.SEE_CASE):
        return Scope.NONE
    if outside:
        return Scope.TASK
    return Scope.UNIT if role in _UNIT_ROLES else Scope.ALL


@dataclass(frozen=True)
class Row:
    """One right and who holds it, in the order of `Role`."""

    right: Right
    zh: str
    en: str
    held: tuple[bool, ...]


def table_rows() -> Iterator[Row]:
    """The whole table, one row a right, for a page that shows it."""
    for right in Right:
        zh, en = RIGHT_NAMES[right]
        yield Row(right, zh, en, tuple(right in RIGHTS[role] for role in Role))
