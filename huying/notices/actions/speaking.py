"""What an officer says to the person, asks them, or hears from them on the phone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from huying.cases.actions import hold, record
from huying.cases.lifecycle import LIVE, MoveRefused
from huying.cases.models import Case
from huying.notices.actions.queueing import Word, queue
from huying.notices.facts import Asked, Called, Replied
from huying.notices.queries import hearer
from huying.notices.rules import About, AsksToPhone, ReplyRefused, check_phone, check_reply
from huying.notices.texts import question, say
from huying.units.models import Officer


@transaction.atomic
def reply(case: Case, text: str, *, officer: Officer, at: datetime) -> None:
    """Answer the person.

    Raises `rules.BrushOff` if it only sends them elsewhere or puts them off, `rules.AsksToPhone`
    if they cannot phone and it asks them to, `MoveRefused` if the case has ended.
    """
    listener = hearer(case)
    check_reply(text, text_only=listener.text_only)
    record(case, Replied(text=text.strip()), by=f"officer:{officer.pk}", at=at)
    values = {"unit": officer.unit.short, "text": text.strip(), "link": listener.link}
    queue(
        [
            Word(
                case=case,
                about=About.REPLY,
                cause=f"reply:{officer.pk}@{at.isoformat()}",
                text=say("reply", values, language=listener.language),
                hearer=listener,
                at=at,
            )
        ]
    )


@transaction.atomic
def ask(case: Case, *, key: str, text: str, waiting: bool, officer: Officer, at: datetime) -> None:
    """Ask the person for one thing; without `text` in the words of our own for that detail.

    `waiting`: work stands still until they answer. Raises `rules.AsksToPhone` if the person can
    only write, `rules.ReplyRefused` without words, `MoveRefused` if the case has ended.
    """
    hold([case])
    if case.state not in LIVE:
        raise MoveRefused(f"nothing is asked in a case that is {case.state}")
    listener = hearer(case)
    words = text.strip() or question(key, language=listener.language)
    if not words:
        raise ReplyRefused(gettext("请写下要问的话。"))
    if key == "phone" and listener.text_only:
        raise AsksToPhone(gettext("对方不便通话（如听障），请不要索要电话，请用文字沟通或上门。"))
    check_phone(words, text_only=listener.text_only)
    asked = Asked(key=key, text=words, waiting=waiting)
    record(case, asked, by=f"officer:{officer.pk}", at=at)
    queue(
        [
            Word(
                case=case,
                about=About.QUESTION,
                cause=f"question:{officer.pk}@{at.isoformat()}",
                text=say("question", {"question": words}, language=listener.language),
                hearer=listener,
                at=at,
            )
        ]
    )


def call(
    case: Case, *, reached: bool, by_way_of: str, words: str, officer: Officer, at: datetime
) -> None:
    """Write down a call or a visit (phone, sms, visit), also one that nobody answered.

    Raises `MoveRefused` if the case has ended.
    """
    called = Called(reached=reached, by_way_of=by_way_of, words=words.strip())
    record(case, called, by=f"officer:{officer.pk}", at=at)
