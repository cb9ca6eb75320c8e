from datetime import timedelta
from pathlib import Path

import pytest

from huying.cases.tests.people import officer
from huying.intake.tests.people import a_case
from huying.testing.time import Time
from huying.triage import machine, rulebooks
from huying.triage.actions import assess_next, correct, look
from huying.triage.queries import agreement, corrected_messages
from huying.triage.reader.rulebook import SHIPPED, BadRulebook, load
from huying.triage.trial import trial

GASPING = "我妈现在呼吸困难，求救"
HELD = "breathing.cannot"


@pytest.fixture
def home(time: Time, tmp_path: Path) -> Path:
    """Where this test's installation keeps its rulebooks."""
    return tmp_path


@pytest.fixture
def milder(tmp_path: Path) -> Path:
    """The shipped rulebook without its first rule, of those who cannot breathe."""
    folder = tmp_path / "milder"
    folder.mkdir()
    for page in SHIPPED.glob("*.toml"):
        text = page.read_text(encoding="utf-8")
        text = text.replace(f'version = "{load().version}"', 'version = "milder-1"', 1)
        if page.name == "flags.toml":
            text = text.replace('unless = ["有点呼吸"', 'unless = ["呼吸", "有点呼吸"', 1)
        (folder / page.name).write_text(text, encoding="utf-8")
    return folder


def test_without_a_choice_the_shipped_rulebook_reads(home: Path) -> None:
    assert rulebooks.in_force() == load()


def test_another_rulebook_reads_from_the_next_batch_on(home: Path, milder: Path) -> None:
    before = machine.reader()

    rulebooks.use(milder)

    assert machine.reader().rulebook.version == "milder-1"
    rulebooks.go_back()
    assert machine.reader().rulebook.version == before.rulebook.version


def test_a_version_is_never_two_rulebooks(home: Path, milder: Path) -> None:
    rulebooks.use(milder)
    page = milder / "flags.toml"
    page.write_text(page.read_text().replace('urgency = "critical"', 'urgency = "high"', 1))

    with pytest.raises(BadRulebook, match="new version"):
        rulebooks.use(milder)


def test_a_broken_rulebook_stops_nobody(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    (home / "rulebook" / "bad").mkdir(parents=True)
    (home / "rulebook" / "bad" / "book.toml").write_text("version = ")
    (home / "rulebook" / "current").write_text("bad")

    assert rulebooks.in_force() == load()
    assert "the shipped one reads" in caplog.text


def test_a_rulebook_is_tried_on_history_before_it_counts(
    home: Path, milder: Path, time: Time
) -> None:
    case = a_case(GASPING, at=time.now)
    assess_next(at=time.passes(seconds=1))

    found = trial(load(milder), since=time.now - timedelta(days=1), limit=10)

    (change,) = found.changes
    assert change.reference == case.reference
    assert HELD in change.rules_gone
    assert machine.reader().rulebook == load()


def test_corrections_are_material_and_drift_is_seen(home: Path, time: Time) -> None:
    stands = a_case(GASPING, at=time.now, number=1)
    differs = a_case(GASPING + " 19900001234", at=time.now, number=2)
    assess_next(at=time.passes(seconds=1))
    ada = officer("ada")
    look(stands, officer=ada, at=time.passes(minutes=1))

    correct(differs, why="已到医院", urgency="high", officer=ada, at=time.passes(minutes=1))

    (week,) = agreement(time.now - timedelta(days=7))
    assert (week.looked, week.agreement, week.corrected) == (2, 0.5, {"urgency": 1})
    (message,) = corrected_messages()
    assert message["urgency"] == "high"
    assert "19900001234" not in message["text"]
