"""Read what came in: know the person, open a case or let theirs grow."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from huying.cases.actions import hold, open_cases, record, record_all
from huying.cases.bulk import insert
from huying.cases.facts import Fact, all_facts
from huying.cases.lifecycle import LIVE, Move, State
from huying.cases.models import Case, Entry
from huying.cases.reactions import Line
from huying.channels.actions import claim_unread, fail, mark_read
from huying.channels.message import Kind, Message, Unreadable
from huying.channels.models import Inbound
from huying.channels.queries import message_of
from huying.channels.registry import accounts
from huying.intake.facts import Opened, Typed, Wrote
from huying.intake.models import Filing
from huying.intake.rules import Outcome, added_to, words
from huying.persons.actions import Sender, know
from huying.persons.models import Account, Person
from huying.units.models import Officer, Unit

READ_LIMIT = 200  # messages read in one transaction
LINKED_WITHIN = timedelta(days=15)  # after its end a case still takes the person's next words
PERSON = "person"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """One message that could be read, and the person and the receipt that it names, if any."""

    inbound: Inbound
    message: Message

    @property
    def sender(self) -> Sender:
        return Sender(self.inbound.channel, self.inbound.account, self.message.sender)

    @property
    def words(self) -> str:
        place = self.message.location
        label = place and (place.label or f"{place.latitude},{place.longitude}")
        return words(self.message.kind, self.message.text, self.message.fields, label or "")


@transaction.atomic
def read_next(*, at: datetime, limit: int = READ_LIMIT) -> int:
    """Read the oldest messages that nobody has read. Gives how many were dealt with.

    Each opens a case, joins its person's, or says nothing; what cannot be read is put aside in
    sight and keeps nobody waiting behind it. What adds to a message that is unread itself stays
    for the next round.
    """
    inbounds = claim_unread(limit=limit, at=at)
    letters = [letter for inbound in inbounds if (letter := _letter(inbound, at))]
    early = _early(letters)
    letters = [letter for letter in letters if letter.inbound.pk not in early]
    spoken = [letter for letter in letters if letter.message.kind != Kind.EVENT]
    persons = know([letter.sender for letter in spoken], at=at)
    filings = _file(spoken, persons, at)
    filings += [
        Filing(inbound=letter.inbound, outcome=Outcome.SILENT, filed_at=at)
        for letter in letters
        if letter.message.kind == Kind.EVENT
    ]
    insert(filings)
    mark_read([(letter.inbound, letter.message) for letter in letters], at=at)
    return len(inbounds) - len(early)


def _letter(inbound: Inbound, at: datetime) -> Letter | None:
    try:
        return Letter(inbound, message_of(inbound))
    except Unreadable as why:
        reason = str(why)
    except Exception as why:
        # A mistake in one channel's parser must not stop the reading of all that wait behind it.
        reason = f"our parser failed: {type(why).__name__}"
    fail(inbound, reason, at=at)
    log.warning("message %s is unreadable: %s", inbound.pk, reason)
    return None


def _file(
    letters: Sequence[Letter], persons: Mapping[Sender, Person], at: datetime
) -> list[Filing]:
    # Two workers may read two messages of one person. The lock makes them take turns, and the
    # second finds the case that the first one opened. It is on their accounts, since whoever holds
    # a case may want to change its person, and would wait for us while we wait for the case.
    ids = {person.pk for person in persons.values()}
    list(Account.objects.select_for_update(no_key=True).filter(person__in=ids).order_by("pk"))
    theirs = _latest_cases(ids, at)
    named = _named_cases(letters)
    desks = _Desks()
    openings: list[tuple[Letter, int]] = []
    later: list[tuple[Letter, int]] = []
    awaited: set[int] = set()
    for letter in letters:
        person_id = persons[letter.sender].pk
        if letter.inbound.pk in named or person_id in theirs or person_id in awaited:
            later.append((letter, person_id))
        else:
            openings.append((letter, person_id))
            awaited.add(person_id)
    cases = open_cases(
        [
            (_opened(letter, person_id, desks), PERSON, letter.inbound.received_at)
            for letter, person_id in openings
        ]
    )
    for (_, person_id), case in zip(openings, cases, strict=True):
        theirs[person_id] = case
    filings = [
        Filing(inbound=letter.inbound, case=case, outcome=Outcome.OPENED, filed_at=at)
        for (letter, _), case in zip(openings, cases, strict=True)
    ]
    lines = []
    # A case may come to its end in the moment that we join it: the lock says which was first.
    grows = [named.get(letter.inbound.pk) or theirs[person_id] for letter, person_id in later]
    hold(grows)
    for (letter, _), case in zip(later, grows, strict=True):
        ending = added_to(is_live=case.state in LIVE)
        filings.append(Filing(inbound=letter.inbound, case=case, outcome=ending, filed_at=at))
        lines.append(Line(case, _wrote(letter), PERSON, letter.inbound.received_at))
    record_all(lines)
    return filings


def _latest_cases(person_ids: set[int], at: datetime) -> dict[int, Case]:
    """For each person the case that their next word belongs to: a live one, or one just ended."""
    found: dict[int, Case] = {}
    cases = list(
        Case.objects.filter(person_id__in=person_ids)
        .order_by("-opened_at", "-pk")
        .select_related("merged_into")
    )
    declined = _declined_at(cases)
    for own in cases:
        case = _followed(own)
        # Nobody's words go to a stranger's case, whatever was merged into it.
        if own.person_id is None or case.person_id != own.person_id:
            continue
        best = found.get(own.person_id)
        if case.state in LIVE:
            if best is None or best.state not in LIVE:
                found[own.person_id] = case
        elif best is None:
            ended_at = case.closed_at or declined.get(case.pk)
            if ended_at is None or ended_at + LINKED_WITHIN > at:
                found[own.person_id] = case
    return found


def _followed(case: Case) -> Case:
    """Words follow the case that took this one over."""
    seen = {case.pk}
    while case.merged_into and case.merged_into.pk not in seen:
        case = case.merged_into
        seen.add(case.pk)
    return case


def _declined_at(cases: Sequence[Case]) -> dict[int, datetime]:
    """When each of those that were declined was."""
    ids = [case.pk for case in cases if case.state == State.DECLINED]
    if not ids:
        return {}
    kinds = [fact.kind for fact in all_facts() if fact.move == Move.DECLINE]
    lines = Entry.objects.filter(case_id__in=ids, kind__in=kinds).order_by("number")
    return dict(lines.values_list("case_id", "happened_at"))


def _named_cases(letters: Sequence[Letter]) -> dict[int, Case]:
    """By message: the case whose receipt a form was sent with, from the person's own page."""
    receipts = _receipts_named(letters)
    filings = Filing.objects.filter(
        inbound__receipt__in=set(receipts.values()), case__isnull=False
    ).select_related("case__merged_into", "inbound")
    cases = {
        filing.inbound.receipt: _followed(filing.case)
        for filing in filings
        if filing.case is not None
    }
    return {
        inbound_id: cases[receipt] for inbound_id, receipt in receipts.items() if receipt in cases
    }


def _early(letters: Sequence[Letter]) -> set[int]:
    """Messages that add to one that nobody has read yet, this worker or another: no case is there.

    One that could not be read is not waited for.
    """
    receipts = _receipts_named(letters)
    if not receipts:
        return set()
    unread = Inbound.objects.filter(
        receipt__in=set(receipts.values()), read_at=None, unreadable=None
    )
    found = dict(unread.values_list("receipt", "pk"))
    # Only for an earlier one, which is read in this round: so no two wait for each other.
    return {pk for pk, receipt in receipts.items() if found.get(receipt, pk) < pk}


def _receipts_named(letters: Sequence[Letter]) -> dict[int, str]:
    """By message: the receipt that a form was sent with."""
    return {
        letter.inbound.pk: letter.message.fields["receipt"]
        for letter in letters
        if letter.inbound.channel == "web" and letter.message.fields.get("receipt")
    }


class _Desks:
    """Which desk stays accountable for what comes in on an account."""

    def __init__(self) -> None:
        self.known = list(Unit.objects.filter(is_desk=True).order_by("code"))
        self.codes = {unit.pk for unit in self.known}

    def of(self, letter: Letter) -> str:
        account = accounts().find(letter.inbound.channel, letter.inbound.account)
        code = account.desk if account else ""
        if code in self.codes:
            return code
        if not self.known:
            raise RuntimeError("no unit is a desk: load the units before reading messages")
        # A mistake in channels.toml must not lose a plea: the first desk holds it.
        log.error("%s has no desk called %r", letter.inbound.channel, code)
        return self.known[0].pk


def _opened(letter: Letter, person_id: int, desks: _Desks) -> Fact:
    account = accounts().find(letter.inbound.channel, letter.inbound.account)
    speaks = letter.inbound.channel == "web" or (
        account is not None and account.reply and not letter.inbound.attempts
    )
    return Opened(
        channel=letter.inbound.channel,
        account=letter.inbound.account,
        desk=desks.of(letter),
        person=person_id,
        inbound=letter.inbound.pk,
        receipt=letter.inbound.receipt,
        form=letter.message.kind,
        words=letter.words,
        receipt_given=speaks,
    )


def _wrote(letter: Letter) -> Fact:
    return Wrote(
        channel=letter.inbound.channel,
        account=letter.inbound.account,
        inbound=letter.inbound.pk,
        receipt=letter.inbound.receipt,
        form=letter.message.kind,
        words=letter.words,
    )


def write_down(case: Case, text: str, *, channel: str, officer: Officer, at: datetime) -> None:
    """An officer writes down what the person said by `channel` (phone, sms, visit).

    Raises `ValueError` without words.
    """
    if not text.strip():
        raise ValueError(gettext("请写下诉求人的原话。"))
    fact = Typed(channel=channel, words=words("text", text, {}))
    record(case, fact, by=f"officer:{officer.pk}", at=at)
