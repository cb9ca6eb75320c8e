"""Words to a person, put where the sender finds them. Nothing leaves the house here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from huying.cases.actions import record_all
from huying.cases.models import Case
from huying.cases.reactions import Line
from huying.notices.facts import Told, Undelivered
from huying.notices.models import Notice
from huying.notices.queries import Hearer
from huying.notices.rules import PAGE, PAGE_CHANNELS, About

BY = "machine:notices"
NO_WAY = "没有可以发送的渠道"


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word for the person of a case, and what causes it."""

    case: Case
    about: About
    cause: str
    text: str
    hearer: Hearer
    at: datetime

    @property
    def stands_on_page(self) -> bool:
        account = self.hearer.account
        return account is not None and account.channel in PAGE_CHANNELS


def queue(words: Sequence[Word]) -> None:
    """Queue each word; or write down at once that it is told, or that there is no way to."""
    Notice.objects.bulk_create(
        [_row(word) for word in words if word.hearer.account], ignore_conflicts=True
    )
    record_all([line for word in words if (line := _line(word))])
    if any(word.hearer.account and not word.stands_on_page for word in words):
        _wake()


def _row(word: Word) -> Notice:
    posted_at = word.at if word.stands_on_page else None
    return Notice(
        case=word.case,
        about=word.about,
        cause=word.cause,
        account=word.hearer.account,
        text=word.text,
        queued_at=word.at,
        next_at=None if posted_at else word.at,
        sent_at=posted_at,
    )


def _line(word: Word) -> Line | None:
    if word.hearer.account is None:
        lost = Undelivered(about=word.about, channel=word.case.channel, why=NO_WAY)
        return Line(word.case, lost, BY, word.at)
    if word.stands_on_page:
        told = Told(about=word.about, channel=PAGE, text=word.text)
        return Line(word.case, told, BY, word.at)
    return None


def _wake() -> None:
    """Tell the workers at the commit that there is something to say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('huying_work', 'notices')")
