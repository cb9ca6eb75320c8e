"""`bin/huying triage`: one line out for one line in, whatever the line holds."""

import json
from datetime import UTC, datetime

from huying.triage.management.commands.triage import answers
from huying.triage.reader.read import Reader

AT = datetime(2022, 4, 2, 3, tzinfo=UTC)
FIELDS = {"id", "nature", "plea", "urgency", "category", "groups", "done", "lane", "confidence"} | {
    "place", "area", "phones", "details", "missing", "reasons",
}  # fmt: skip


def test_order_is_kept_and_a_bad_line_is_told_while_the_rest_goes_on() -> None:
    lines = [
        json.dumps({"id": "a", "text": "我妈昏迷叫不醒，电话19900001234"}).encode(),
        b"not json",
        b'{"id": "c"}',
        b'{"id": "d", "text": 5}',
        b"[]",
        b'{"id": "f", "text": "\\ud83d", "sent_at": "2022-04-02T10:00:00+08:00"}',
        b'{"id": "g", "text": "x", "sent_at": "soon"}',
        b"\xff\xfe",
        json.dumps({"id": 9, "text": "今天天气真好"}).encode(),
    ]

    read = list(answers(lines, Reader.shipped(), at=AT))

    assert [row["id"] for row in read] == ["a", 2, "c", "d", 5, "f", "g", 8, 9]
    assert [("error" in row) for row in read] == [False] + [True] * 4 + [False, True, True, False]
    assert set(read[0]) >= FIELDS
    assert read[0]["phones"] == ["19900001234"]
    assert read[0]["urgency"] == "critical"
    assert read[8]["urgency"] == "none"
    assert all(json.dumps(row, ensure_ascii=False) for row in read)


def test_every_reason_names_a_rule_or_the_model() -> None:
    line = json.dumps({"id": 1, "text": "我妈昏迷叫不醒"}).encode()

    row = next(answers([line], Reader.shipped(), at=AT))

    assert {"rule", "model"} == {key for reason in row["reasons"] for key in reason} - {
        "words",
        "says",
    }


def test_the_time_of_the_message_is_what_tomorrow_is_reckoned_from() -> None:
    line = json.dumps({"text": "明天下午要透析", "sent_at": "2020-02-01T08:00:00"}).encode()

    row = next(answers([line], Reader.shipped(), at=AT))

    assert row["details"]["need_by"].startswith("2020-02-02")
