"""Everything an officer can do with a case: the right it takes, when it fits, the verb.

A page shows the forms of the deeds that fit; a view checks the same again, then calls the one verb.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from huying.cases import actions as cases
from huying.cases.facts import Remarked
from huying.cases.lifecycle import LIVE, Move, State, may
from huying.cases.models import Case
from huying.console import forms
from huying.console.forms import DeedForm
from huying.console.labels import Label
from huying.console.sight import Sight, permits
from huying.dispatch import actions as dispatch
from huying.dispatch.models import Task
from huying.dispatch.rules import TaskState
from huying.intake import actions as intake
from huying.notices import actions as notices
from huying.triage import actions as triage
from huying.units.models import Officer
from huying.units.rights import Right


@dataclass(frozen=True)
class Doing:
    """Who does something with what, and when."""

    case: Case
    officer: Officer
    at: datetime
    task: Task | None = None
    is_contested: bool = False

    @property
    def by(self) -> str:
        return f"officer:{self.officer.pk}"


Cleaned = Mapping[str, Any]
Fits = Callable[[Doing], bool]


@dataclass(frozen=True)
class Deed:
    """One thing to press."""

    name: str  # in the address
    right: Right
    form: type[DeedForm]
    fits: Fits
    run: Callable[[Doing, Cleaned], str | None]  # what is shown once, if anything
    place: str = "more"  # where on the page: first, person, hand, end, more


def _live(doing: Doing) -> bool:
    return doing.case.state in LIVE


def _any(doing: Doing) -> bool:
    return True


def _moves(move: Move) -> Fits:
    return lambda doing: may(State(doing.case.state), move)


def _unseen(doing: Doing) -> bool:
    return _live(doing) and doing.case.looked_at is None


def _at_desk(doing: Doing) -> bool:
    return _live(doing) and doing.officer.unit_id == doing.case.desk_id


def _contested(doing: Doing) -> bool:
    return _live(doing) and doing.is_contested


def _look(doing: Doing, _said: Cleaned) -> None:
    triage.look(doing.case, officer=doing.officer, at=doing.at)


def _correct(doing: Doing, said: Cleaned) -> None:
    known = {said["detail_key"]: said["detail_value"]} if said["detail_key"] else {}
    triage.correct(
        doing.case,
        why=said["why"],
        officer=doing.officer,
        at=doing.at,
        nature=said["nature"],
        urgency=said["urgency"],
        category=said["category"],
        lane=said["lane"],
        area=said["area"],
        need_by=said["need_by"],
        known=known,
    )


def _write_down(doing: Doing, said: Cleaned) -> None:
    intake.write_down(
        doing.case, said["words"], channel=said["channel"], officer=doing.officer, at=doing.at
    )


def _reveal(doing: Doing, said: Cleaned) -> str:
    return cases.reveal(doing.case, said["particular"], said["purpose"], by=doing.by, at=doing.at)


def _reply(doing: Doing, said: Cleaned) -> None:
    notices.reply(doing.case, said["text"], officer=doing.officer, at=doing.at)


def _ask(doing: Doing, said: Cleaned) -> None:
    notices.ask(doing.case, **said, officer=doing.officer, at=doing.at)


def _call(doing: Doing, said: Cleaned) -> None:
    notices.call(doing.case, **said, officer=doing.officer, at=doing.at)


def _remark(doing: Doing, said: Cleaned) -> None:
    cases.record(doing.case, Remarked(text=said["text"]), by=doing.by, at=doing.at)


def _offer(doing: Doing, said: Cleaned) -> None:
    dispatch.offer(
        doing.case,
        said["unit"],
        lead=said["part"] == "lead",
        by=doing.by,
        at=doing.at,
        asked=said["asked"],
        sort=said["sort"],
    )


def _take(doing: Doing, _said: Cleaned) -> None:
    dispatch.take(doing.case, officer=doing.officer, at=doing.at)


def _arbitrate(doing: Doing, said: Cleaned) -> None:
    dispatch.arbitrate(
        doing.case, said["unit"], why=said["why"], officer=doing.officer, at=doing.at
    )


def _act_first(doing: Doing, said: Cleaned) -> None:
    dispatch.act_first(doing.case, said["what"], officer=doing.officer, at=doing.at)


def _decline(doing: Doing, said: Cleaned) -> None:
    dispatch.decline(
        doing.case,
        ground=said["ground"],
        where_to_go=said["where_to_go"],
        officer=doing.officer,
        second=said["second"],
        at=doing.at,
    )


def _confirm(doing: Doing, said: Cleaned) -> None:
    notices.confirm(doing.case, **said, officer=doing.officer, at=doing.at)


def _dispute(doing: Doing, said: Cleaned) -> None:
    notices.dispute(doing.case, **said, officer=doing.officer, at=doing.at)


def _reopen(doing: Doing, said: Cleaned) -> None:
    notices.reopen(doing.case, **said, officer=doing.officer, at=doing.at)


def _close_unheard(doing: Doing, said: Cleaned) -> None:
    notices.close_unheard(
        doing.case, first=doing.officer, second=said["second"], why=said["why"], at=doing.at
    )


def _merge(doing: Doing, said: Cleaned) -> None:
    cases.merge(doing.case, said["into"], why=said["why"], by=doing.by, at=doing.at)


def _unmerge(doing: Doing, said: Cleaned) -> None:
    cases.unmerge(doing.case, why=said["why"], by=doing.by, at=doing.at)


CASE_DEEDS: Sequence[Deed] = (
    Deed("look", Right.LOOK, forms.LookForm, _unseen, _look, "first"),
    Deed("take", Right.LOOK, forms.TakeForm, _at_desk, _take, "hand"),
    Deed("offer", Right.OFFER, forms.OfferForm, _live, _offer, "hand"),
    Deed("arbitrate", Right.ARBITRATE, forms.ArbitrateForm, _contested, _arbitrate, "first"),
    Deed("reply", Right.REPLY, forms.ReplyForm, _moves(Move.LOOK), _reply, "person"),
    Deed("ask", Right.REPLY, forms.AskForm, _live, _ask, "person"),
    Deed("call", Right.CALL_BACK, forms.CallForm, _moves(Move.LOOK), _call, "person"),
    Deed("write-down", Right.CALL_BACK, forms.WriteDownForm, _any, _write_down, "person"),
    Deed("reveal", Right.REVEAL, forms.RevealForm, _any, _reveal, "person"),
    Deed("correct", Right.ASSESS, forms.CorrectForm, _moves(Move.LOOK), _correct, "more"),
    Deed("act-first", Right.ACT_FIRST, forms.ActFirstForm, _moves(Move.LOOK), _act_first, "more"),
    Deed("remark", Right.REPLY, forms.RemarkForm, _any, _remark, "more"),
    Deed(
        "confirm", Right.CONFIRM_BY_PHONE, forms.ConfirmForm, _moves(Move.CONFIRM), _confirm, "end"
    ),
    Deed(
        "dispute", Right.CONFIRM_BY_PHONE, forms.DisputeForm, _moves(Move.DISPUTE), _dispute, "end"
    ),
    Deed("reopen", Right.REOPEN, forms.ReopenForm, _moves(Move.REOPEN), _reopen, "end"),
    Deed(
        "close-unheard",
        Right.CLOSE_UNHEARD,
        forms.CloseUnheardForm,
        _moves(Move.CLOSE_UNHEARD),
        _close_unheard,
        "end",
    ),
    Deed("decline", Right.DECLINE, forms.DeclineForm, _moves(Move.DECLINE), _decline, "end"),
    Deed("merge", Right.MERGE, forms.MergeForm, _moves(Move.MERGE), _merge, "more"),
    Deed("unmerge", Right.MERGE, forms.UnmergeForm, _moves(Move.UNMERGE), _unmerge, "first"),
)


def _in_state(*states: TaskState) -> Fits:
    return lambda doing: doing.task is not None and doing.task.state in states


def _may_go_back(doing: Doing) -> bool:
    live = (TaskState.OFFERED, TaskState.ACCEPTED)
    return doing.task is not None and doing.task.state in live and not doing.task.final


def _accepted(*, lead: bool) -> Fits:
    return lambda doing: (
        doing.task is not None
        and doing.task.state == TaskState.ACCEPTED
        and doing.task.lead == lead
    )


def _task(doing: Doing) -> Task:
    assert doing.task is not None, "a deed of a task has one"
    return doing.task


def _accept(doing: Doing, _said: Cleaned) -> None:
    dispatch.accept(_task(doing), officer=doing.officer, at=doing.at)


def _give_back(doing: Doing, said: Cleaned) -> None:
    dispatch.give_back(_task(doing), **said, officer=doing.officer, at=doing.at)


def _hand_on(doing: Doing, said: Cleaned) -> None:
    dispatch.hand_on(
        _task(doing), said["unit"], asked=said["asked"], officer=doing.officer, at=doing.at
    )


def _progress(doing: Doing, said: Cleaned) -> None:
    dispatch.progress(
        _task(doing), said["text"], next_by=said["next_by"], officer=doing.officer, at=doing.at
    )


def _finish(doing: Doing, said: Cleaned) -> None:
    dispatch.finish(_task(doing), said["result"], officer=doing.officer, at=doing.at)


def _settle(doing: Doing, said: Cleaned) -> None:
    dispatch.settle(_task(doing), **said, officer=doing.officer, at=doing.at)


TASK_DEEDS: Sequence[Deed] = (
    Deed("accept", Right.ACCEPT, forms.AcceptForm, _in_state(TaskState.OFFERED), _accept, "first"),
    Deed("give-back", Right.RETURN_TASK, forms.ReturnForm, _may_go_back, _give_back, "first"),
    Deed("progress", Right.ANSWER, forms.ProgressForm, _in_state(TaskState.ACCEPTED), _progress),
    Deed("settle", Right.ANSWER, forms.SettleForm, _accepted(lead=True), _settle),
    Deed("finish", Right.ANSWER, forms.FinishForm, _accepted(lead=False), _finish),
    Deed("hand-on", Right.OFFER, forms.HandOnForm, _in_state(TaskState.ACCEPTED), _hand_on),
)
PLACES: Mapping[str, Label] = {
    "first": _("先做"),
    "person": _("对诉求人"),
    "hand": _("交给谁办"),
    "end": _("收尾"),
    "more": _("其他"),
}


def deeds_for(doing: Doing, seen: Sight) -> list[Deed]:
    """What the officer may press now, about the task if there is one, else about the case."""
    table = TASK_DEEDS if doing.task else CASE_DEEDS
    return [deed for deed in table if permits(doing.officer, deed.right, seen) and deed.fits(doing)]


def deed_called(name: str, *, of_task: bool) -> Deed | None:
    """The deed with that name in the address."""
    table = TASK_DEEDS if of_task else CASE_DEEDS
    return next((deed for deed in table if deed.name == name), None)
