"""What is kept, claimed, put aside and counted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, InternalError, OperationalError, ProgrammingError, transaction

from huying.channels import actions, queries, storage
from huying.channels.journal import FOLDER, waiting
from huying.channels.message import Kind, Unreadable
from huying.channels.models import Attachment, Inbound, SendingWindow
from huying.channels.tests.accounts import fixture
from huying.channels.web.form import FormRefused, Upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]

AT = datetime(2022, 4, 15, 1, 30, tzinfo=UTC)
TOKEN = "0123456789abcdef"
FIELDS = {"text": "母亲两天没有药了", "phone": "19900001234"}
PICTURE = Upload(name="药盒.jpg", content=b"\xff\xd8\xff\xe0 picture")


def kept(name: str = "text.xml", *, at: datetime = AT) -> Inbound:
    """A WeChat delivery that the ear has kept."""
    return actions.keep(
        "wechat", "health", fixture(name), external_id=f"{name}-{at}", meta={}, at=at
    )


def test_what_is_kept_twice_is_one() -> None:
    first = kept()
    second = kept()

    assert first.pk == second.pk
    assert first.receipt == second.receipt


def test_a_form_is_kept_with_its_files_once() -> None:
    first = actions.keep_form("site", token=TOKEN, fields=FIELDS, files=[PICTURE], at=AT)
    second = actions.keep_form("site", token=TOKEN, fields=FIELDS, files=[PICTURE], at=AT)

    assert first.pk == second.pk
    (file,) = Attachment.objects.all()
    assert (file.inbound, file.name, file.kind) == (first, "药盒.jpg", "image")
    assert bytes(file.content or b"") == PICTURE.content
    message = queries.message_of(first)
    assert (message.kind, message.text) == (Kind.FORM, "母亲两天没有药了")
    assert message.fields == {"phone": "19900001234"}
    assert queries.desk_code(first) == "sz-health"


def test_a_form_that_is_refused_leaves_nothing() -> None:
    with pytest.raises(FormRefused):
        actions.keep_form(
            "site", token=TOKEN, fields=FIELDS, files=[Upload(name="x", content=b"MZ")], at=AT
        )

    assert not Inbound.objects.exists()


@pytest.mark.parametrize("failure", [OperationalError, ProgrammingError, InternalError])
@pytest.mark.django_db(transaction=True)
def test_a_form_waits_in_the_journal_while_the_database_is_away(
    home: Path, monkeypatch: pytest.MonkeyPatch, failure: type[DatabaseError]
) -> None:
    def away(*_: object, **__: object) -> None:
        raise failure("nobody there, no table there, or nobody who writes there")

    with monkeypatch.context() as patched:
        patched.setattr(Inbound.objects, "bulk_create", away)
        told = actions.keep_form("site", token=TOKEN, fields=FIELDS, files=[PICTURE], at=AT)
    assert told.pk is None
    assert len(waiting(home / FOLDER)) == 1

    assert actions.drain() == 1

    found = Inbound.objects.get()
    assert (found.receipt, found.received_at) == (told.receipt, AT)
    assert bytes(found.attachments.get().content or b"") == PICTURE.content


@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_different_messages() -> None:
    first, second = kept("text.xml"), kept("image.xml")

    with transaction.atomic():
        assert actions.claim_unread(limit=1, at=AT) == [first]
        with psycopg.connect(storage.conninfo()) as other:
            rows = other.execute(
                "SELECT id FROM channels_inbound WHERE read_at IS NULL ORDER BY id"
                " FOR UPDATE SKIP LOCKED"
            ).fetchall()
        assert rows == [(second.pk,)]


def test_what_was_read_is_not_claimed_again_and_its_writer_may_be_written_to() -> None:
    text, picture, event = kept("text.xml"), kept("image.xml"), kept("subscribe.xml")
    read = [(inbound, queries.message_of(inbound)) for inbound in (text, picture, event)]

    actions.mark_read(read, at=AT)
    actions.mark_read(read, at=AT)

    assert actions.claim_unread(limit=9, at=AT + timedelta(days=9)) == []
    window = SendingWindow.objects.get()
    assert (window.opened_at, window.sent) == (AT, 0)
    assert "oTest" not in window.recipient_hash
    (file,) = Attachment.objects.all()
    assert (file.media_id, file.fetched_at) == ("mediaid-image-0001", None)


def test_an_event_alone_opens_no_window() -> None:
    event = kept("subscribe.xml")

    actions.mark_read([(event, queries.message_of(event))], at=AT)

    assert not SendingWindow.objects.exists()


def test_a_message_read_late_does_not_give_back_what_was_said_since() -> None:
    early, late = kept(at=AT), kept(at=AT + timedelta(hours=1))
    message = queries.message_of(early)
    actions.open_windows([(late, message)])
    SendingWindow.objects.update(sent=3)

    actions.open_windows([(early, message)])

    assert SendingWindow.objects.get().sent == 3


def test_an_unreadable_message_stays_in_sight_and_blocks_nobody() -> None:
    broken, whole = kept("truncated.xml"), kept("text.xml")
    with pytest.raises(Unreadable) as failure:
        queries.message_of(broken)

    actions.fail(broken, str(failure.value), at=AT)

    assert actions.claim_unread(limit=9, at=AT) == [whole]
    assert queries.unreadable() == [broken]
    assert queries.unreadable()[0].unreadable == "the XML is broken"
    # It is tried again after a while, ever less often, and at last only when somebody asks.
    assert broken in actions.claim_unread(limit=9, at=AT + timedelta(minutes=1))
    for _ in range(6):
        actions.fail(broken, "still broken", at=AT)
    assert broken not in actions.claim_unread(limit=9, at=AT + timedelta(days=900))
    actions.retry(broken, at=AT)
    assert broken in actions.claim_unread(limit=9, at=AT)


def test_every_hour_is_counted_by_channel() -> None:
    text, broken = kept("text.xml"), kept("truncated.xml")
    kept("image.xml", at=AT + timedelta(hours=1))
    actions.keep_form("site", token=TOKEN, fields=FIELDS, at=AT)
    actions.mark_read([(text, queries.message_of(text))], at=AT)
    actions.fail(broken, "broken", at=AT)

    hours = queries.hours(since=AT - timedelta(days=1), until=AT + timedelta(days=1))

    counts = [(h.channel, h.hour.minute, h.received, h.read, h.unreadable) for h in hours]
    assert counts == [("web", 0, 1, 0, 0), ("wechat", 0, 2, 1, 1), ("wechat", 0, 1, 0, 0)]
    assert queries.unread_count() == {"wechat": 2, "web": 1}


def test_an_account_that_is_gone_makes_its_messages_unreadable_and_not_lost() -> None:
    lost = actions.keep("wechat", "gone", b"<xml/>", external_id="1", meta={}, at=AT)

    with pytest.raises(Unreadable, match="no account wechat/gone"):
        queries.message_of(lost)


@pytest.mark.django_db(transaction=True)
def test_keeping_wakes_the_workers() -> None:
    with psycopg.connect(storage.conninfo(), autocommit=True) as worker:
        worker.execute("LISTEN huying_work")

        kept()

        assert [told.payload for told in worker.notifies(timeout=5, stop_after=1)] == ["inbound"]
