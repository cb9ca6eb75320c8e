"""One random day: what people write, what officers press, what the worker does meanwhile."""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

from huying.cases.actions import record
from huying.cases.facts import Merged, Unmerged
from huying.cases.lifecycle import LIVE, MoveRefused, State
from huying.cases.models import Case
from huying.cases.tests.people import STREET
from huying.channels.models import Inbound
from huying.clocks.actions import sweep
from huying.clocks.actions import take as take_clock
from huying.clocks.models import Clock
from huying.dispatch import actions as dispatch
from huying.dispatch.actions.offer import is_contested
from huying.dispatch.models import Task
from huying.dispatch.rules import LIVE as LIVE_TASKS
from huying.dispatch.rules import Ground, TaskRefused, TaskState
from huying.intake.actions import read_next, write_down
from huying.intake.tests.people import fills_in, follows, kept, writes
from huying.notices import actions as notices
from huying.notices.rules import ReplyRefused, TooEarly
from huying.testing.time import Time
from huying.triage import actions as triage
from huying.units.models import Officer

PHONE = "19900001234"
WORDS = (
    f"家里断粮两天了，沙头街道，电话{PHONE}",
    "我老婆怀孕39周，一直在流血，医院不收",
    "爸爸尿毒症，三天没有透析了，喘不上气",
    "笑死我了救命哈哈",
    "请问核酸检测点几点开门",
    "还没有人来，人快不行了！",
    "谢谢，已经解决了",
    "没有解决",
    "1",
    "2",
    "😭😭",
    "听障人士，只能打字，身份证44030419900101123X",
    "建议多开几个窗口",
    f"补充：换了电话{PHONE[:3]} 0000 5534，请今天18点前送到",
)
REFUSALS = (MoveRefused, TaskRefused, ReplyRefused, TooEarly, ValueError)
OFFICERS = ("ada", "olga", "lena", "rita", "sem", "omar", "noah", "wim", "iris")
UNITS = ("street", "district", "hospital", "water", "desk")


class Day:
    """Each day has a character of its own: few people or many, slow or hectic."""

    def __init__(self, dice: random.Random, time: Time) -> None:
        self.dice, self.time = dice, time
        self.senders = dice.choice([1, 3, 12])
        self.pace = dice.choice([1, 10, 60])  # minutes between two steps, at most
        self.letters = 0
        self.officers = {one.user.username: one for one in Officer.objects.select_related("user")}

    def step(self) -> str:
        """Something happens. Gives what."""
        self.time.passes(seconds=self.dice.randrange(self.pace * 60))
        did = self.dice.choice(
            [self.writes, self.works, self.works, *[self.officer_acts] * 8, self.person_answers]
        )
        return did() or did.__name__

    def works(self) -> str:
        """The worker's round; now and then only a part of it, since it may stop anywhere."""
        at = self.time.now
        round_: list[Callable[..., int]] = [
            read_next,
            triage.assess_next,
            dispatch.offer_next,
            dispatch.expire_next,
            sweep,
        ]
        part = round_[self.dice.randrange(3) :] if self.dice.random() < 0.2 else round_
        for job in part:
            job(at=at)
        return "the worker"

    def writes(self) -> str:
        self.letters += 1
        text, at = self.dice.choice(WORDS), self.time.now
        sender = f"person-{self.dice.randrange(self.senders)}"
        number = self.letters if self.dice.random() < 0.9 else max(1, self.letters - 1)
        way = self.dice.randrange(6)
        if way == 0:
            follows(at=at, sender=sender)
        elif way == 1:
            kept("<xml>half", f"broken-{self.letters}", at=at)
        elif way == 2:
            receipts = list(Inbound.objects.values_list("receipt", flat=True))
            known = self.dice.choice([*receipts, ""])
            fills_in(text, at=at, number=number, **({"receipt": known} if known else {}))
        else:
            # Platforms deliver twice.
            writes(text, at=at, sender=sender, number=number)
        if self.dice.random() < 0.7:
            read_next(at=at)
        return f"somebody wrote {text}"

    def person_answers(self) -> str:
        # Now and then somebody answers who wasn't asked.
        asked = Case.objects.filter(state=State.ANSWERED).order_by("pk")
        unasked = self._case() if self.dice.random() < 0.2 else None
        case = self.dice.choice(list(asked)) if asked else unasked
        if case is None:
            return "nobody answered"
        say = self.dice.choice(
            [
                lambda: notices.confirm(
                    case, words="好了", satisfied="yes", officer=None, at=self.time.now
                ),
                lambda: notices.dispute(case, words="没好", officer=None, at=self.time.now),
            ]
        )
        return self._try(say)

    def officer_acts(self) -> str:
        case = self._case()
        if case is None:
            return "nothing to do"
        # What is being done or asked is touched more often than what is over.
        tasks = list(Task.objects.filter(case=case).order_by("-pk"))
        live = [task for task in tasks if task.state in LIVE_TASKS]
        at_hand = AtHand(self, case, self.dice.choice([*live, *live, *tasks, None]))
        return self._try(self.dice.choice(at_hand.deeds()))

    def _try(self, act: Callable[[], object]) -> str:
        try:
            act()
        except REFUSALS as refusal:
            return f"{act.__name__} was refused: {refusal}"
        return f"{act.__name__}"

    def _case(self) -> Case | None:
        cases = list(Case.objects.order_by("pk"))
        live = [case for case in cases if case.state in LIVE]
        return self.dice.choice([*live, *live, *live, *cases]) if cases else None


class AtHand:
    """What an officer can press with one case, and one task of it, before them."""

    def __init__(self, day: Day, case: Case, task: Task | None) -> None:
        self.dice, self.at, self.case, self.task = day.dice, day.time.now, case, task
        self.ada, self.olga, self.iris = (day.officers[name] for name in ("ada", "olga", "iris"))
        staff = [one for one in day.officers.values() if task and one.unit_id == task.unit_id]
        anybody = day.officers[self.dice.choice(OFFICERS)]
        self.officer = self.dice.choice(staff) if staff and self.dice.random() < 0.9 else anybody

    def deeds(self) -> Sequence[Callable[[], object]]:
        likely = [*self._likely_of_case(), *self._likely_of_task()]
        if likely and self.dice.random() < 0.6:
            return likely
        of_case = [
            *(self.look, self.correct, self.offer, self.offer, self.take, self.arbitrate),
            *(self.act_first, self.reply, self.ask, self.call, self.type_words, self.decline),
            *(self.close_unheard, self.merge, self.unmerge, self.take_a_clock),
        ]
        of_task = [
            *(self.accept, self.give_back, self.hand_on),
            *(self.progress, self.finish, self.settle),
        ]
        return [*of_case, *of_task] if self.task else of_case

    def _likely_of_case(self) -> Sequence[Callable[[], object]]:
        if is_contested(self.case):
            return [self.arbitrate]
        if self.case.state == State.MERGED:
            return [self.unmerge]
        if self.case.state == State.ANSWERED:
            return [self.call, self.call, self.close_unheard, self.offer]
        return []

    def _likely_of_task(self) -> Sequence[Callable[[], object]]:
        state = self.task.state if self.task else ""
        if state == TaskState.OFFERED:
            return [self.accept, self.accept, self.give_back]
        if self.task and state == TaskState.ACCEPTED:
            end = self.settle if self.task.lead else self.finish
            return [self.progress, self.hand_on, self.give_back, end, end, end]
        return []

    def look(self) -> None:
        triage.look(self.case, officer=self.officer, at=self.at)

    def correct(self) -> None:
        triage.correct(
            self.case,
            why=f"我看过了，电话{PHONE}",
            officer=self.officer,
            at=self.at,
            urgency=self.dice.choice(["", "critical", "high", "medium", "low"]),
            nature=self.dice.choice(["", "plea", "consult"]),
            lane=self.dice.choice(["", "act", "unsure", "aside"]),
            area=self.dice.choice(["", STREET]),
            need_by=self.dice.choice([None, self.at + timedelta(hours=5)]),
            known=self.dice.choice([{}, {"phone": PHONE, "weeks": "39"}]),
        )

    def offer(self) -> None:
        lead = self.dice.random() < 0.6
        by = f"officer:{self.ada.pk}"
        dispatch.offer(self.case, self.dice.choice(UNITS), lead=lead, by=by, at=self.at)

    def take(self) -> None:
        dispatch.take(self.case, officer=self.ada, at=self.at)

    def arbitrate(self) -> None:
        unit = self.dice.choice(UNITS)
        dispatch.arbitrate(self.case, unit, why="属地", officer=self.iris, at=self.at)

    def decline(self) -> None:
        dispatch.decline(
            self.case,
            ground="非本市",
            where_to_go="12345",
            officer=self.ada,
            second=self.olga,
            at=self.at,
        )

    def act_first(self) -> None:
        dispatch.act_first(self.case, "已送菜上门", officer=self.officer, at=self.at)

    def reply(self) -> None:
        text = "我们正在联系街道，半小时内给您回话。"
        notices.reply(self.case, text, officer=self.ada, at=self.at)

    def ask(self) -> None:
        waiting = self.dice.random() < 0.7
        notices.ask(self.case, key="place", text="", waiting=waiting, officer=self.ada, at=self.at)

    def call(self) -> None:
        notices.call(
            self.case,
            reached=self.dice.random() < 0.2,
            by_way_of=self.dice.choice(["phone", "sms", "visit"]),
            words="",
            officer=self.ada,
            at=self.at,
        )

    def type_words(self) -> None:
        text = self.dice.choice(WORDS)
        write_down(self.case, text, channel="phone", officer=self.ada, at=self.at)

    def close_unheard(self) -> None:
        notices.close_unheard(
            self.case, first=self.ada, second=self.olga, why="多次联系不上", at=self.at
        )

    def merge(self) -> None:
        others = Case.objects.filter(state__in=LIVE).exclude(pk=self.case.pk)
        into = others.order_by("pk").first() if self.dice.random() < 0.5 else None
        if into:
            fact = Merged(into=into.pk, into_reference=into.reference)
            record(self.case, fact, by=f"officer:{self.ada.pk}", at=self.at)

    def unmerge(self) -> None:
        record(self.case, Unmerged(), by=f"officer:{self.ada.pk}", at=self.at)

    def take_a_clock(self) -> None:
        for clock in Clock.objects.filter(case=self.case, ended_at=None).order_by("pk")[:1]:
            take_clock(clock, officer=self.officer, at=self.at)

    def accept(self) -> None:
        assert self.task
        dispatch.accept(self.task, officer=self.officer, at=self.at)

    def give_back(self) -> None:
        assert self.task
        dispatch.give_back(
            self.task,
            ground=self.dice.choice(list(Ground)),
            proper=self.dice.choice(UNITS),
            officer=self.officer,
            at=self.at,
        )

    def hand_on(self) -> None:
        assert self.task
        unit = self.dice.choice(UNITS)
        dispatch.hand_on(self.task, unit, asked="", officer=self.officer, at=self.at)

    def progress(self) -> None:
        assert self.task
        dispatch.progress(self.task, "在路上", officer=self.officer, at=self.at)

    def finish(self) -> None:
        assert self.task
        dispatch.finish(self.task, "做完了", officer=self.officer, at=self.at)

    def settle(self) -> None:
        assert self.task
        dispatch.settle(self.task, cause="断供", result="已送达", officer=self.officer, at=self.at)
