import pytest

from huying.units.rights import (
    RIGHT_NAMES,
    RIGHTS,
    ROLE_NAMES,
    Right,
    Role,
    Scope,
    may,
    scope,
    table_rows,
)


def test_the_table_names_every_role_and_every_right() -> None:
    assert set(RIGHTS) == set(ROLE_NAMES) == set(Role)
    assert set(RIGHT_NAMES) == set(Right)
    assert {right for rights in RIGHTS.values() for right in rights} == set(Right)


def test_the_page_shows_what_the_doors_ask() -> None:
    for row in table_rows():
        assert list(row.held) == [may(role, row.right) for role in Role]


@pytest.mark.parametrize(
    ("role", "right", "held"),
    [
        ("desk", Right.LOOK, True),
        ("desk", Right.DECLINE, True),
        ("desk", Right.APPROVE_DECLINE, False),  # no plea is declined by one person alone
        ("desk_leader", Right.APPROVE_DECLINE, True),
        ("unit_officer", Right.ACCEPT, True),
        ("unit_officer", Right.ACT_FIRST, True),  # the front line may act and report later
        ("unit_officer", Right.MERGE, False),
        ("observer", Right.REVEAL, False),
        ("auditor", Right.REVEAL, False),
        ("arbiter", Right.ARBITRATE, True),
        ("director", Right.ARBITRATE, False),
        ("administrator", Right.SEE_CASE, False),
    ],
)
def test_a_role_may_what_its_work_needs(role: str, right: Right, held: bool) -> None:
    assert may(role, right) is held


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.AUDITOR])
def test_who_only_watches_changes_nothing(role: Role) -> None:
    watching = {Right.SEE_BOARD, Right.SEE_CASE, Right.SEE_NUMBERS, Right.SEE_AUDIT}

    assert RIGHTS[role] <= watching


def test_a_company_sees_its_tasks_and_nothing_around_them() -> None:
    assert scope("desk", outside=False) == Scope.ALL
    assert scope("unit_officer", outside=False) == Scope.UNIT
    assert scope("unit_head", outside=True) == Scope.TASK
    assert scope("administrator", outside=False) == Scope.NONE


def test_a_role_that_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="mayor"):
        may("mayor", Right.SEE_CASE)
