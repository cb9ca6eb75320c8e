"""A case changes by what is recorded, and by nothing else."""

import json
from collections.abc import Sequence

import pytest
from django.db import DatabaseError, connection, transaction

from huying.cases import reactions
from huying.cases.actions import (
    hold,
    merge,
    open_case,
    open_cases,
    record,
    record_all,
    reveal,
    unmerge,
)
from huying.cases.facts import COLUMNS, Fact, Remarked, replay
from huying.cases.lifecycle import Move, MoveRefused, State
from huying.cases.models import Case, Entry
from huying.cases.reactions import Line
from huying.cases.rules import ALPHABET, reference
from huying.cases.tests.life import MOVED, Heard, Noted, a_case
from huying.cases.tests.people import a_person, town
from huying.persons.actions import Said, keep
from huying.persons.rules import Kind
from huying.testing.threads import at_once
from huying.testing.time import Time

pytestmark = pytest.mark.django_db


def numbers(case: Case) -> list[int]:
    return list(case.timeline.order_by("number").values_list("number", flat=True))


def is_true(case: Case) -> None:
    case.refresh_from_db()
    story = [(entry.fact, entry.happened_at) for entry in case.timeline.order_by("number")]
    shape = replay(story)
    assert {name: getattr(shape, name) for name in COLUMNS} == {
        name: getattr(case, name) for name in COLUMNS
    }
    assert numbers(case) == list(range(1, case.lines + 1))


def test_a_case_is_what_its_timeline_replays_to() -> None:
    time = Time()
    case = a_case(at=time.now)
    for move in (Move.LOOK, Move.ANSWER, Move.CONFIRM, Move.REOPEN, Move.LOOK):
        record(case, MOVED[move](), by="officer:1", at=time.passes(minutes=1))
        is_true(case)

    assert case.state == State.OPEN
    assert case.looked_at == time.now  # the look since it is open again


def test_a_refused_move_writes_nothing() -> None:
    time = Time()
    case = a_case(at=time.now)

    with pytest.raises(MoveRefused, match="cannot dispute"):
        record(case, MOVED[Move.DISPUTE](), by="person", at=time.now)

    assert (case.state, case.lines) == (State.NEW, 1)
    is_true(case)


def test_a_batch_with_one_refused_move_writes_nothing() -> None:
    time = Time()
    first, second = a_case(at=time.now), a_case(at=time.now)

    with pytest.raises(MoveRefused):
        record_all(
            [
                Line(first, Noted(), "clock", time.now),
                Line(second, MOVED[Move.DISPUTE](), "person", time.now),
            ]
        )

    is_true(first)
    assert first.lines == 1


def test_a_reaction_that_refuses_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    case = a_case(at=time.now)

    def refuses(lines: Sequence[Line]) -> None:
        raise RuntimeError("no promise can be made")

    monkeypatch.setattr(reactions, "_installed", {MOVED[Move.LOOK]: [refuses]})
    with pytest.raises(RuntimeError), transaction.atomic():
        record(case, MOVED[Move.LOOK](), by="officer:1", at=time.now)

    assert (case.state, case.lines) == (State.NEW, 1)
    is_true(case)


def test_several_lines_of_one_case_have_no_gaps_whoever_holds_a_copy() -> None:
    time = Time()
    case, other = a_case(at=time.now), a_case(at=time.now)
    copy = Case.objects.get(pk=case.pk)

    record_all(
        [
            Line(case, MOVED[Move.LOOK](), "officer:1", time.now),
            Line(other, Noted(), "clock", time.now),
            Line(copy, MOVED[Move.ANSWER](), "officer:1", time.now),
            Line(case, Noted(), "clock", time.now),
        ]
    )

    assert numbers(case) == [1, 2, 3, 4]
    assert (case.state, copy.state) == (State.ANSWERED, State.ANSWERED)
    is_true(case)
    is_true(other)


def test_nothing_to_write_is_nothing() -> None:
    record_all([])
    hold([])
    assert open_cases([]) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_record_at_once_take_turns() -> None:
    time = Time()
    case = a_case(at=time.now)
    refused = []

    def writes() -> None:
        mine = Case.objects.get(pk=case.pk)
        for _ in range(10):
            record(mine, Noted(), by="clock", at=time.now)

    def confirms() -> None:
        mine = Case.objects.get(pk=case.pk)
        try:
            record(mine, MOVED[Move.CONFIRM](), by="person", at=time.now)
        except MoveRefused as refusal:
            refused.append(refusal)

    at_once(writes, writes, confirms, confirms)

    assert len(refused) == 1  # the second is judged by what the first left
    case.refresh_from_db()
    assert case.lines == 1 + 20 + 1
    is_true(case)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM cases_entry",
        "UPDATE cases_entry SET number = 7",
        "UPDATE cases_entry SET kind = 'test.noted'",
        "UPDATE cases_entry SET happened_at = now()",
        "UPDATE cases_entry SET recorded_by = 'nobody'",
        "UPDATE cases_entry SET data = jsonb_set(data, '{words}', '\"\"')",
        "SET LOCAL huying.erasing = 'yes'; DELETE FROM cases_entry",
        "SET LOCAL huying.erasing = 'yes'; UPDATE cases_entry SET number = 7",
        "SET LOCAL huying.erasing = 'yes'; UPDATE cases_entry SET data = data - 'words'",
        "SET LOCAL huying.erasing = 'yes'; UPDATE cases_entry SET data = data || '{\"more\": 1}'",
        "SET LOCAL huying.erasing = 'yes'; UPDATE cases_entry SET data = data || '{\"words\": 1}'",
    ],
)
def test_history_is_not_rewritten(change: str) -> None:
    a_case(at=Time().now)

    with (
        pytest.raises(DatabaseError, match="written once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_history_is_not_emptied() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_entry ENABLE TRIGGER entries_are_not_emptied")
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            cursor.execute("TRUNCATE cases_entry CASCADE")
        transaction.set_rollback(True)


def test_personal_fields_can_be_blanked() -> None:
    case = a_case(at=Time().now)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL huying.erasing = 'yes'")
        cursor.execute("UPDATE cases_entry SET data = jsonb_set(data, '{words}', '\"\"')")

    assert case.timeline.get().data["words"] == ""
    is_true(case)


def test_a_personal_field_is_seen_for_a_purpose_that_is_written_down() -> None:
    time = Time()
    case = a_case(at=time.now)
    assert case.person_id
    phone = keep([Said(case.person_id, Kind.PHONE, "19900001234", "person")], at=time.now)[0]

    with pytest.raises(ValueError, match="用途"):
        reveal(case, phone, "  ", by="officer:1", at=time.now)
    assert numbers(case) == [1]
    assert reveal(case, phone, "回电", by="officer:1", at=time.now) == "19900001234"

    line = case.timeline.get(kind="cases.revealed")
    assert line.data == {"field": "phone", "purpose": "回电"}
    assert line.recorded_by == "officer:1"


def test_a_strangers_field_is_not_seen_through_another_case() -> None:
    time = Time()
    case = a_case(at=time.now)
    stranger = a_person("mia", at=time.now)
    phone = keep([Said(stranger.pk, Kind.PHONE, "19900001234", "person")], at=time.now)[0]

    with pytest.raises(ValueError, match="不属于本工单"):
        reveal(case, phone, "回电", by="officer:1", at=time.now)


def test_a_case_that_was_merged_comes_back() -> None:
    time = Time()
    into, case = a_case(at=time.now), a_case(at=time.now)
    merge(case, into, why="同一件事", by="officer:1", at=time.now)
    assert case.merged_into == into

    unmerge(case, why="是两件事", by="officer:1", at=time.now)

    is_true(case)
    assert case.merged_into is None


def test_only_two_open_cases_of_one_person_are_merged_and_for_a_reason() -> None:
    time = Time()
    into, case, merged = a_case(at=time.now), a_case(at=time.now), a_case(at=time.now)
    merge(merged, into, why="同一件事", by="officer:1", at=time.now)
    stranger = a_person("mia", at=time.now)
    other = open_case(Heard(person=stranger.pk), by="person", at=time.now)

    refused = [
        (case, "为什么", "不能并入自己"),
        (into, " ", "请写明理由"),
        (other, "同一楼", "另一位诉求人"),
        (merged, "同一件事", f"{merged.reference}已经不在办理"),
    ]
    for wrong, why, says in refused:
        with pytest.raises(ValueError, match=says):
            merge(case, wrong, why=why, by="officer:1", at=time.now)
    with pytest.raises(MoveRefused):
        merge(merged, case, why="同一件事", by="officer:1", at=time.now)
    with pytest.raises(ValueError, match="请写明理由"):
        unmerge(merged, why="", by="officer:1", at=time.now)
    with pytest.raises(MoveRefused):
        unmerge(case, why="是两件事", by="officer:1", at=time.now)

    is_true(case)
    assert numbers(case) == [1]


def test_a_fact_outlives_its_fields() -> None:
    fact = Remarked.from_json({"text": "备注", "dropped_since": 1})

    assert fact == Remarked(text="备注")
    assert json.dumps(fact.to_json(), ensure_ascii=False) == '{"text": "备注"}'


def test_two_facts_are_not_called_the_same() -> None:
    with pytest.raises(TypeError, match=r"test\.noted"):
        type("Again", (Fact,), {}, kind="test.noted")


def test_references_are_short_and_never_twice_the_same() -> None:
    seen = {reference(number) for number in range(1, 5000)}

    assert len(seen) == 4999
    assert {len(one) for one in seen} == {4}
    assert set("".join(seen)) <= set(ALPHABET)
    assert len(reference(10**9)) <= 12


def test_the_feed_hears_of_a_thousand_lines_in_pieces() -> None:
    time = Time()
    town()
    person = a_person(at=time.now)

    cases = open_cases([(Heard(person=person.pk), "person", time.now)] * 300)

    assert len({case.reference for case in cases}) == 300
    assert Entry.objects.count() == 300


def test_a_case_opens_with_a_move() -> None:
    town()
    with pytest.raises(AssertionError, match="move"):
        open_case(Noted(), by="clock", at=Time().now)
