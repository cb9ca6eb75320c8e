"""Do the books agree? Received = stored = decided, none twice, whatever was killed.

Reads past the program, straight from the tables; each function gives what it finds wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from huying.cases.facts import COLUMNS, fact_class, replay
from huying.cases.lifecycle import LIVE
from huying.clocks.effects import timers
from tests.faults.crowd import Crowd, Told
from tests.faults.installation import Installation

# What is still to do. A message put aside as unreadable and a notice that a killed worker had in
# hand wait by design: the one for a human, the other for the end of its lease.
TO_DO = """
SELECT (SELECT count(*) FROM channels_inbound WHERE read_at IS NULL AND unreadable IS NULL)
         AS unread,
       (SELECT count(*) FROM triage_assessment WHERE wanted_at IS NOT NULL) AS unassessed,
       (SELECT count(*) FROM dispatch_placing WHERE wanted_at IS NOT NULL) AS unplaced,
       (SELECT count(*) FROM notices_notice WHERE next_at <= now()) AS unsaid,
       (SELECT count(*) FROM clocks_clock WHERE next_at < now() - interval '2 seconds'
          AND ended_at IS NULL AND due_at IS NOT NULL) AS unswept
"""
INBOUND = """
SELECT i.id, i.external_id, i.account, i.receipt, i.read_at, i.unreadable,
       f.case_id, f.outcome
FROM channels_inbound i LEFT JOIN intake_filing f ON f.inbound_id = i.id
"""
IDLE_WITHIN_S = 120.0

CLOCK = ("started_at", "kept_at", "broken_at", "ended_at")

Row = dict[str, Any]


def wait_until_idle(installation: Installation, *, within_s: float = IDLE_WITHIN_S) -> None:
    """Waits until nothing is left to do: no message unread, no case unread or unplaced."""
    left: dict[str, Any] = {}

    def idle() -> bool:
        left.clear()
        # First where messages come from, then where they go.
        left["journal"] = len(list((installation.home / "journal").glob("*.journal")))
        try:
            with installation.snapshot() as ask:
                left.update(ask(TO_DO)[0])
        except psycopg.OperationalError as away:
            left["database"] = str(away)
        return not any(left.values())

    try:
        installation.wait(idle, "an idle worker", within_s)
    except AssertionError as failure:
        raise AssertionError(f"still to do: {left}\n{failure}") from None


@dataclass(frozen=True)
class Books:
    """What the tables said at one moment."""

    inbound: Sequence[Row]
    cases: dict[int, Row]
    timelines: dict[int, list[Row]]
    clocks: dict[int, list[Row]]
    notices: dict[int, list[Row]]  # to people
    offered: frozenset[int]  # cases


def read(installation: Installation) -> Books:
    """The books as they are now, all of one moment."""
    with installation.snapshot() as ask:
        return Books(
            inbound=ask(INBOUND),
            cases={row["id"]: row for row in ask("SELECT * FROM cases_case")},
            timelines=_by_case(ask("SELECT * FROM cases_entry ORDER BY case_id, number")),
            clocks=_by_case(ask("SELECT * FROM clocks_clock")),
            notices=_by_case(ask("SELECT * FROM notices_notice WHERE account_id IS NOT NULL")),
            offered=frozenset(row["case_id"] for row in ask("SELECT case_id FROM dispatch_task")),
        )


def audit(installation: Installation, crowd: Crowd) -> list[str]:
    """Everything that is wrong; empty if all is well."""
    books = read(installation)
    return [
        *_not_kept(books, crowd.told),
        *_not_decided(books),
        *_not_together(books, crowd.told),
        *_not_in_timeline(books),
        *_not_replayed(books),
        *_not_promised(books),
        *_not_read(books),
        *_said_twice(books, crowd),
        *_left_in_journal(installation),
    ]


def _by_case(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["case_id"]].append(row)
    return found


def _not_kept(books: Books, told: Iterable[Told]) -> list[str]:
    """An acknowledged message is stored once, under the receipt that its writer was shown."""
    times = Counter((row["account"], row["external_id"]) for row in books.inbound)
    receipts = {row["external_id"]: row["receipt"] for row in books.inbound}
    wrong = [f"{message} is stored {count} times" for message, count in times.items() if count > 1]
    for each in told:
        number = each.letter.external_id
        if each.acknowledged and number not in receipts:
            wrong.append(f"message {number} was acknowledged and is not stored")
        wrong += [
            f"message {number} was told {shown}, and is kept under {receipts.get(number)}"
            for shown in each.receipts
            if shown != receipts.get(number)
        ]
    return wrong


def _not_decided(books: Books) -> list[str]:
    """Each message has its place, or stands in sight as one that could not be read."""
    return [
        f"message {row['external_id']} is stored and not decided"
        for row in books.inbound
        if row["outcome"] is None and row["unreadable"] is None
    ] + [
        f"message {row['external_id']} is decided and not marked as read"
        for row in books.inbound
        if row["outcome"] is not None and row["read_at"] is None
    ]


def _not_together(books: Books, told: Iterable[Told]) -> list[str]:
    """Whoever wrote several messages quickly has one case, and nobody else is in it."""
    case_of = {row["external_id"]: row["case_id"] for row in books.inbound}
    cases: dict[str, set[int]] = defaultdict(set)
    for each in told:
        if case := case_of.get(each.letter.external_id):
            cases[each.letter.openid].add(case)
    people = Counter(case for theirs in cases.values() for case in theirs)
    return [f"{who} has the cases {theirs}" for who, theirs in cases.items() if len(theirs) > 1] + [
        f"case {case} is of {count} people" for case, count in people.items() if count > 1
    ]


def _not_in_timeline(books: Books) -> list[str]:
    """Each decided message stands in its case's timeline, once; each case was opened once."""
    lines = [line for timeline in books.timelines.values() for line in timeline]
    said = Counter(
        (line["case_id"], line["data"]["inbound"])
        for line in lines
        if line["kind"] in {"intake.opened", "intake.wrote"}
    )
    opened = Counter(line["case_id"] for line in lines if line["kind"] == "intake.opened")
    filed = {(row["case_id"], row["id"]) for row in books.inbound if row["case_id"]}
    return [
        *(f"{place} is {said[place]} times in the timeline" for place in filed if said[place] != 1),
        *(f"{place} is in the timeline and not filed" for place in said if place not in filed),
        *(
            f"case {case} was opened {opened[case]} times"
            for case in books.cases
            if opened[case] != 1
        ),
    ]


def _not_replayed(books: Books) -> list[str]:
    """Line numbers have no gaps, and a case is what its timeline replays to."""
    wrong = []
    for number, case in books.cases.items():
        lines = books.timelines.get(number, [])
        numbers = [line["number"] for line in lines]
        if numbers != list(range(1, case["lines"] + 1)):
            wrong.append(f"case {number} counts {case['lines']} lines and has {numbers}")
        shape = replay(
            (fact_class(line["kind"]).from_json(line["data"]), line["happened_at"])
            for line in lines
        )
        wrong += [
            f"case {number}: {column} is {case[column]!r}, replayed {getattr(shape, column)!r}"
            for column in COLUMNS
            if case[column] != getattr(shape, column)
        ]
    return wrong


def _not_promised(books: Books) -> list[str]:
    """The clocks are what the timeline says; whoever's case is not at its end is owed something."""
    wrong = []
    for number, case in books.cases.items():
        clocks = books.clocks.get(number, [])
        if case["state"] in LIVE and all(clock["ended_at"] for clock in clocks):
            wrong.append(f"case {number} is {case['state']} and nothing is owed")
        promised = {
            key: tuple(getattr(timer, column) for column in CLOCK)
            for key, timer in timers(
                (line["kind"], line["data"], line["happened_at"])
                for line in books.timelines.get(number, [])
            ).items()
        }
        kept = {
            (row["promise"], row["task"], row["opening"]): tuple(row[column] for column in CLOCK)
            for row in clocks
        }
        if promised != kept:
            wrong.append(f"case {number} promised {promised} and its clocks are {kept}")
    return wrong


def _not_read(books: Books) -> list[str]:
    """Each case was read by the machine, and each clear plea was offered to a unit."""
    return [
        f"case {n} was never assessed" for n, case in books.cases.items() if not case["rank"]
    ] + [
        f"case {n} is a plea that nobody was asked to see to"
        for n, case in books.cases.items()
        if (case["nature"], case["lane"]) == ("plea", "act") and case["state"] in LIVE
        if n not in books.offered
    ]


def _said_twice(books: Books, crowd: Crowd) -> list[str]:
    """Nobody was told the same for the same cause twice, and what stands as told was told."""
    case_of = {row["external_id"]: row["case_id"] for row in books.inbound}
    stored = [each.letter for each in crowd.told if each.letter.external_id in case_of]
    wrong = []
    for openid, case in {one.openid: case_of[one.external_id] for one in stored}.items():
        words: dict[str, list[Row]] = defaultdict(list)
        for notice in books.notices.get(case, []):
            words[notice["text"]].append(notice)
        heard = "\n\n".join(crowd.received(openid)) if words else ""
        for text, causes in words.items():
            times, sent = heard.count(text), sum(bool(notice["sent_at"]) for notice in causes)
            # A worker that is killed between saying and writing it down leaves a notice that is
            # claimed once more when its lease ends; only such a one may have been said before.
            uncertain = sum(notice["attempts"] - 1 for notice in causes if notice["attempts"] > 1)
            if not sent <= times <= len(causes) + uncertain:
                wrong.append(f"{openid} heard {times} times what was sent {sent} times: {causes}")
    return wrong


def _left_in_journal(installation: Installation) -> list[str]:
    folder = installation.home / "journal"
    return [f"{path.name} is left in the journal" for path in folder.rglob("*") if path.is_file()]
