"""The auditor, received = stored = decided, and whether we are well."""

import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from pytest_django.fixtures import Settings

from huying.cases.models import Case
from huying.cases.tests.people import officer, town
from huying.clocks.actions import sweep
from huying.clocks.models import Clock
from huying.dispatch.actions import offer
from huying.dispatch.models import Task
from huying.notices.models import Notice
from huying.persons.models import Account
from huying.report import health
from huying.report.audit import HEARTBEAT, audit, audit_next, summary
from huying.report.reconcile import reconcile
from huying.report.tests.cast import AT, a_case, an_inbound, closed
from huying.triage.models import Assessment

SOON = AT + timedelta(minutes=1)
LATE = AT + timedelta(hours=1)

pytestmark = pytest.mark.django_db


def troubles() -> set[str]:
    return set(summary(audit(at=LATE)))


@pytest.fixture
def case() -> Case:
    """One case, in which all is as it should be at LATE."""
    case = a_case(urgency="low")
    Assessment.objects.filter(case=case).update(wanted_at=None)
    Notice.objects.update(sent_at=AT)
    for _ in range(3):
        sweep(at=LATE)
    assert troubles() == set()
    return case


def test_a_case_that_nothing_is_due_in_is_found(case: Case) -> None:
    Clock.objects.filter(case=case).update(next_at=None)

    found = [one for one in audit(at=LATE) if one.trouble == "case without a clock"]

    assert [one.what for one in found] == [case.reference]


def test_a_case_whose_clocks_are_gone_is_found(case: Case) -> None:
    Clock.objects.filter(case=case).delete()

    assert troubles() == {"case without a clock"}


def test_a_case_that_has_ended_needs_no_clock(case: Case) -> None:
    closed(case, minutes=90)

    assert not [one for one in audit(at=LATE) if one.trouble == "case without a clock"]


def test_a_sweep_that_sleeps_is_found(case: Case) -> None:
    Clock.objects.filter(case=case, ended_at=None).update(next_at=LATE - timedelta(minutes=2))

    assert troubles() == {"clock that nobody sweeps"}


def test_a_broken_promise_that_nobody_was_told_is_found(case: Case) -> None:
    clocks = Clock.objects.filter(case=case, promise="settle")
    clocks.update(due_at=LATE - timedelta(minutes=2), broken_at=LATE, next_at=LATE)

    assert troubles() == {"broken promise that nobody was told"}


def test_an_offer_without_a_due_time_is_found(case: Case) -> None:
    Task.objects.create(case=case, unit_id="desk", lead=True, offered_at=AT, offered_by="x")

    assert troubles() == {"offer without a due time"}


def test_an_offer_to_the_desk_has_no_end_but_a_clock(case: Case) -> None:
    # It stays with the desk, and the ladder climbs: nothing to shout about every minute.
    offer(case, "desk", lead=True, by="machine:dispatch", at=LATE)
    Notice.objects.update(sent_at=AT)

    assert troubles() == set()

    Clock.objects.filter(case=case).exclude(task=0).update(next_at=None)
    assert troubles() == {"offer without a due time"}


def test_a_word_that_was_not_sent_is_found(case: Case) -> None:
    assert case.person
    account = Account.objects.create(
        person=case.person, channel="wechat", account="a", sender_hash="h", sender_sealed=b""
    )
    Notice.objects.create(
        case=case, about="reply", cause="1", account=account, text="好", queued_at=AT
    )

    assert troubles() == {"notice not sent"}


def test_a_message_that_nobody_reads_is_found(case: Case) -> None:
    an_inbound(read=False)

    assert troubles() == {"message unread"}


def test_a_message_that_was_read_and_forgotten_is_found(case: Case) -> None:
    an_inbound()

    assert troubles() == {"message read but not decided"}


def test_words_that_nobody_assessed_are_found(case: Case) -> None:
    Assessment.objects.update_or_create(case=case, defaults={"wanted_at": AT})

    assert troubles() == {"case not assessed"}


def test_it_shouts_and_beats(
    case: Case, tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.HUYING_HOME = tmp_path
    an_inbound(read=False)

    with caplog.at_level(logging.ERROR):
        found = audit_next(at=LATE)

    assert len(found) == 1
    assert "message unread: wechat" in caplog.text
    beat = json.loads((tmp_path / HEARTBEAT).read_text())
    assert beat == {"at": LATE.isoformat(), "findings": 1}
    assert [path.name for path in tmp_path.iterdir()] == [HEARTBEAT]


def test_the_command_prints_what_was_found(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    an_inbound(read=False)

    with pytest.raises(SystemExit):
        call_command("numbers", "--audit")

    assert "message unread" in capsys.readouterr().out


def test_received_stored_and_decided_are_even(tmp_path: Path, settings: Settings) -> None:
    settings.HUYING_HOME = tmp_path
    a_case()
    a_case(channel="web")

    found = reconcile(SOON)

    assert found.is_even
    assert [(row.channel, row.stored, row.decided) for row in found.hours] == [
        ("web", 1, 1),
        ("wechat", 1, 1),
    ]


def test_what_is_undecided_and_what_is_unreadable_are_told_apart(
    tmp_path: Path, settings: Settings
) -> None:
    settings.HUYING_HOME = tmp_path
    waiting, broken = an_inbound(read=False), an_inbound(read=False)
    broken.unreadable = "not a form of ours"
    broken.save()

    soon, late = reconcile(SOON), reconcile(LATE)

    assert list(soon.undecided) == []
    assert list(late.undecided) == [waiting]
    assert list(late.unreadable) == [broken]
    assert (late.hours[0].stored, late.hours[0].unreadable, late.hours[0].waiting) == (2, 1, 1)


def test_reconciliation_is_for_officers_who_see_all_cases(client: Client) -> None:
    assert client.get("/numbers/reconcile").status_code == 302
    town()

    client.force_login(get_user_model().objects.create(username="nobody"))
    assert client.get("/numbers/reconcile").status_code == 403
    client.force_login(officer("rita").user)
    assert client.get("/numbers/reconcile").status_code == 403
    client.force_login(officer("ada").user)
    assert "对账" in client.get("/numbers/reconcile").content.decode()


def test_we_are_well(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


def test_a_database_that_is_behind_is_not_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'clocks'")

    assert "not applied" in health.unready()


def test_a_database_that_is_away_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(health, "MigrationExecutor", away)

    assert health.unready() == "no database: OperationalError"
