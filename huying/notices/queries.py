"""Who hears us and how; what was told, what was not, and what waits for an officer."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings

from huying.cases.models import Case, Entry
from huying.intake.facts import Opened, Wrote
from huying.notices.models import Notice
from huying.notices.texts import language_of
from huying.persons.models import Account
from huying.units.models import Officer

BELL_MAX = 30  # more than anybody reads in one go; the board has the rest
TOLD_MAX = 200


@dataclass(frozen=True)
class Hearer:
    """How the person of a case is reached: where they wrote last, in the language they began in."""

    account: Account | None  # None: there is no way to write to them
    receipt: str
    language: str

    @property
    def link(self) -> str:
        """Their own page. Without a receipt the way to enter one."""
        return f"{settings.PUBLIC_URL}/s/{self.receipt}" if self.receipt else settings.PUBLIC_URL

    @property
    def text_only(self) -> bool:
        return self.account is not None and self.account.person.text_only


def hearers(cases: Collection[Case]) -> dict[int, Hearer]:
    """Who hears us in each of these cases, by the case's number. Two queries."""
    by_person: dict[int, list[Account]] = {}
    persons = {case.person_id for case in cases if case.person_id}
    accounts = Account.objects.filter(person_id__in=persons).select_related("person")
    for account in accounts.order_by("pk"):
        by_person.setdefault(account.person_id, []).append(account)
    words: dict[int, list[tuple[str, str, str, str]]] = {}
    for case_id, *word in (
        Entry.objects.filter(case__in=cases, kind__in=[Opened.kind, Wrote.kind])
        .order_by("case_id", "number")
        .values_list("case_id", "data__channel", "data__account", "data__receipt", "data__words")
    ):
        words.setdefault(case_id, []).append((word[0], word[1], word[2], word[3]))
    return {
        case.pk: _hearer(by_person.get(case.person_id or 0, []), words.get(case.pk, []))
        for case in cases
    }


def hearer(case: Case) -> Hearer:
    """Who hears us in this case."""
    return hearers([case])[case.pk]


def _hearer(accounts: list[Account], words: list[tuple[str, str, str, str]]) -> Hearer:
    if not words:
        return Hearer(accounts[-1] if accounts else None, "", "zh")
    channel, name, _, _ = words[-1]
    here = [one for one in accounts if (one.channel, one.account) == (channel, name)]
    chosen = (here or accounts)[-1:]
    _, _, receipt, first_words = words[0]
    return Hearer(chosen[0] if chosen else None, receipt, language_of(first_words or ""))


def bell(officer: Officer, *, limit: int = BELL_MAX) -> list[Notice]:
    """What waits for this officer to be seen, newest first."""
    rows = Notice.objects.filter(officer=officer, seen_at=None).select_related("case")
    return list(rows.order_by("-queued_at", "-pk")[:limit])


def told_of(case: Case) -> list[Notice]:
    """Every word to the person of a case: told, on its way, or not delivered; oldest first."""
    rows = Notice.objects.filter(case=case, account__isnull=False).select_related("account")
    return list(rows.order_by("queued_at", "pk")[:TOLD_MAX])


def undelivered(case: Case) -> list[Notice]:
    """Words to the person that did not reach them: somebody must reach them otherwise."""
    rows = Notice.objects.filter(case=case, account__isnull=False, failed_at__isnull=False)
    return list(rows.order_by("queued_at", "pk")[:TOLD_MAX])
