"""What a machine that watches is told, and whom else we tell."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from huying.channels.models import Inbound
from huying.clocks.models import Clock
from huying.report import metrics
from huying.report.audit import beat
from huying.report.metrics import exposition
from huying.report.tests.cast import AT, a_case, an_inbound

SOON = AT + timedelta(seconds=90)
# Prometheus' own form: name, labels, a number.
LINE = re.compile(r'([a-z_]+(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})?) (-?[0-9.e+-]+)')

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> Path:
    settings.HUYING_HOME = tmp_path
    return tmp_path


def told(heard: Mapping[str, int] | None = None) -> dict[str, float]:
    lines = exposition(at=SOON, heard=heard or {}).splitlines()
    found = [LINE.fullmatch(line) for line in lines if not line.startswith("# ")]
    assert all(found), lines
    return {one[1]: float(one[2]) for one in found if one}


def test_what_the_ear_heard_is_told_by_what_became_of_it() -> None:
    found = told({"kept": 1234567, "forged": 2, "something new": 1})

    assert found['huying_ear_total{outcome="kept",status="200"}'] == 1234567
    assert found['huying_ear_total{outcome="forged",status="403"}'] == 2
    assert found['huying_ear_total{outcome="not_kept",status="503"}'] == 0
    assert found['huying_ear_total{outcome="something new"}'] == 1


def test_what_waits_is_counted() -> None:
    an_inbound(read=False)
    broken = an_inbound(read=False)
    Inbound.objects.filter(pk=broken.pk).update(unreadable="broken")
    a_case(urgency="high")
    case = a_case(urgency="low")
    Clock.objects.all().delete()
    late = {"case": case, "started_at": AT, "due_at": AT, "next_at": AT}
    Clock.objects.create(promise="answer", **late)
    Clock.objects.create(promise="settle", broken_at=SOON, **late)

    found = told()

    assert found["huying_messages_unread"] == 1
    assert found["huying_messages_unread_oldest_seconds"] == 90
    assert found["huying_messages_unreadable"] == 1
    assert found["huying_messages_undecided"] == 2
    assert found['huying_cases_live{urgency="high"}'] == 1
    assert found['huying_cases_live{urgency="critical"}'] == 0
    assert found["huying_promises_overdue"] == 2
    assert found["huying_promises_overdue_untold"] == 1
    assert found["huying_database_up"] == 1


def test_files_and_the_workers_heart_are_looked_at(home: Path) -> None:
    assert "huying_heartbeat_age_seconds" not in told()
    (home / "journal").mkdir()
    (home / "journal" / "1.journal").touch()
    beat(home, at=AT, findings=3)

    found = told()

    assert found['huying_journal_files{state="waiting"}'] == 1
    assert found["huying_heartbeat_age_seconds"] == 90
    assert found["huying_audit_findings"] == 3


def test_the_ear_is_told_of_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def cursor(self) -> None:
            raise OperationalError

    monkeypatch.setattr(metrics, "connection", Away())

    found = told({"journaled": 5})

    assert found["huying_database_up"] == 0
    assert found['huying_ear_total{outcome="journaled",status="200"}'] == 5


def test_only_this_machine_or_who_has_the_token_is_told(client: Client, settings: Settings) -> None:
    answer = client.get("/metrics")
    assert answer["Content-Type"].startswith("text/plain")
    assert b"huying_ear_total" in answer.content
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 403
    # A proxy beside us passes on what anybody asks.
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 403
    # Without a token of ours nobody has the right one.
    empty = {"Authorization": "Bearer "}
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3", headers=empty).status_code == 403

    settings.METRICS_TOKEN = "a-token-for-tests"
    for token, status in (("a-token-for-tests", 200), ("another", 403)):
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get("/metrics", REMOTE_ADDR="10.1.2.3", headers=headers)
        assert answer.status_code == status
