"""What officers fill in. A form knows the case and the officer, and checks only what was typed.

Whether it may be done is the rights' and the rooms' to say, not a form's.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huying.cases.models import Case
from huying.console.fields import (
    area_code,
    category_choices,
    choice_field,
    detail_choices,
    give_options,
    line_field,
    moment_field,
    text_field,
    unit_options,
)
from huying.console.labels import Label, choices, label
from huying.dispatch.models import Task
from huying.dispatch.rules import Ground, Sort
from huying.notices.rules import Voice
from huying.persons.models import Particular
from huying.places.models import Area
from huying.triage.reader.result import Lane, Nature
from huying.triage.rules import Urgency
from huying.units.models import Officer
from huying.units.rights import RIGHTS, Right


class DeedForm(forms.Form):
    """What all forms of a case have in common: the case, the officer, perhaps a task."""

    required_css_class = "required"
    button: Label = _("确定")
    hint: Label = ""  # what follows from it, said before it is pressed

    def __init__(
        self,
        data: Any = None,
        *,
        case: Case,
        officer: Officer,
        task: Task | None,
        at: datetime,
    ) -> None:
        super().__init__(data, label_suffix="")
        self.case, self.officer, self.task, self.at = case, officer, task, at
        self.prepare()

    def prepare(self) -> None:
        """Fill what depends on the case: options, what stands in a field already."""


class LookForm(DeedForm):
    button = _("我看过了")


class TakeForm(DeedForm):
    button = _("本席主办")
    hint = _("由受理席自己主办，立即签收。")


class CorrectForm(DeedForm):
    button = _("更正研判")
    hint = _("人的判断优先于机器；原来的研判仍留在记录里。只填要改的。")
    why = line_field(_("依据"))
    nature = choice_field(
        _("性质"), choices("nature", list(Nature), empty=_("不改")), required=False
    )
    urgency = choice_field(
        _("紧急程度"), choices("urgency", list(Urgency), empty=_("不改")), required=False
    )
    category = choice_field(_("类别"), (), required=False)
    lane = choice_field(_("去向"), choices("lane", list(Lane), empty=_("不改")), required=False)
    area = line_field(_("辖区"), required=False, text=_("地址或区划代码，如“福田上沙社区”"))
    need_by = moment_field(_("最晚需要"))
    detail_key = choice_field(_("补一项要素"), (), required=False)
    detail_value = line_field(_("要素内容"), required=False)

    def prepare(self) -> None:
        listed = [("", str(_("不改"))), *category_choices()]
        give_options(self, "category", listed)
        options = [("", str(_("不补"))), *detail_choices(self.case)]
        give_options(self, "detail_key", options)

    def clean_area(self) -> str:
        return area_code(self.cleaned_data["area"])

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if bool(cleaned.get("detail_key")) != bool(cleaned.get("detail_value")):
            self.add_error("detail_value", gettext("要素的名称和内容要一起填。"))
        changed = {"nature", "urgency", "category", "lane", "area", "need_by", "detail_key"}
        if not self.errors and not any(cleaned.get(name) for name in changed):
            raise forms.ValidationError(gettext("没有要改的。"))
        return cleaned


class WriteDownForm(DeedForm):
    button = _("记下原话")
    hint = _("诉求人在电话里或当面说的话，请照原话写，以后谁接手都能看到。")
    words = text_field(_("诉求人的原话"))
    channel = choice_field(
        _("怎么听到的"), choices("channel", ["phone", "visit", "in_person", "hotline"])
    )


class RevealForm(DeedForm):
    button = _("查看完整内容")
    hint = _("谁在什么时候、为什么看过，会写进记录。")
    particular = forms.ModelChoiceField(Particular.objects.none(), label=_("查看哪一项"))
    purpose = line_field(_("用途"))

    def prepare(self) -> None:
        field = self.fields["particular"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Particular.objects.filter(person=self.case.person_id).order_by("-said_at")
        # The stubs know this hook as a method only.
        field.label_from_instance = _masked  # type: ignore[method-assign, assignment]  # Django asks for no subclass


def _masked(particular: Any) -> str:
    return f"{label(particular.kind, 'detail')} {particular.masked}"


class ReplyForm(DeedForm):
    button = _("发出答复")
    hint = _("会发到诉求人来信的渠道，并显示在进度页上。")
    text = text_field(_("答复内容"))


class AskForm(DeedForm):
    button = _("发出询问")
    hint = _("一次只问一件事。")
    key = choice_field(_("问什么"), (), required=False)
    text = text_field(_("询问的话"), rows=2)
    waiting = forms.BooleanField(
        label=_("等答复才能办"),
        required=False,
        help_text=_("等待期间办结时限暂停，到期会提醒再问。"),
    )

    def prepare(self) -> None:
        options = detail_choices(self.case)
        give_options(self, "key", [*options, ("", str(_("其他")))])


class CallForm(DeedForm):
    button = _("记下联系情况")
    by_way_of = choice_field(_("方式"), ())
    reached = choice_field(_("结果"), [("yes", _("联系上了")), ("no", _("没有联系上"))])
    words = text_field(_("对方的话或情况"), required=False)

    def prepare(self) -> None:
        person = self.case.person
        # Nobody deaf is asked to phone, and nobody phones them.
        ways = ["sms", "visit"] if person and person.text_only else ["phone", "sms", "visit"]
        give_options(self, "by_way_of", choices("by_way_of", ways))

    def clean_reached(self) -> bool:
        return bool(self.cleaned_data["reached"] == "yes")


class RemarkForm(DeedForm):
    button = _("写内部备注")
    hint = _("只有工作人员看得到，诉求人永远看不到。")
    text = text_field(_("备注"), rows=2)


class _UnitForm(DeedForm):
    """A form with a unit to choose, and the duty list's word on whose it is."""

    unit = choice_field(_("单位"), ())

    def prepare(self) -> None:
        options = unit_options(self.case, self.at)
        give_options(self, "unit", options)


class OfferForm(_UnitForm):
    button = _("交办")
    hint = _("对方签收以前，原来的承办人仍然负责。")
    part = choice_field(_("作为"), [("lead", _("主办")), ("joint", _("协办"))])
    sort = choice_field(_("做什么"), choices("sort", list(Sort)), required=False)
    asked = text_field(_("请对方办什么"), required=False, rows=2)


class ArbitrateForm(_UnitForm):
    button = _("裁定")
    hint = _("裁定后承办单位不能再退单。")
    why = text_field(_("裁定理由"), rows=2)


class HandOnForm(_UnitForm):
    button = _("转办")
    hint = _("对方签收以前，本单位仍然负责。")
    asked = text_field(_("请对方办什么"), rows=2)


class SecondForm(DeedForm):
    """What takes two officers: the second signs with their own password, here and now."""

    second_right: Right
    second = forms.ModelChoiceField(
        Officer.objects.none(), label=_("第二名工作人员"), required=False
    )
    second_password = forms.CharField(
        label=_("第二名工作人员的密码"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def prepare(self) -> None:
        roles = [role.value for role, rights in RIGHTS.items() if self.second_right in rights]
        field = self.fields["second"]
        assert isinstance(field, forms.ModelChoiceField)
        others = Officer.objects.filter(role__in=roles, user__is_active=True)
        field.queryset = others.exclude(pk=self.officer.pk).select_related("unit", "user")

    def clean(self) -> dict[str, Any]:
        second = self.cleaned_data.get("second")
        if second:
            name = second.user.get_username()
            signed = authenticate(username=name, password=self.cleaned_data.get("second_password"))
            if signed is None or signed.pk != second.user_id:
                self.add_error("second_password", gettext("密码不对，第二名工作人员没有签上。"))
        return self.cleaned_data


class DeclineForm(SecondForm):
    button = _("不予受理")
    hint = _("求助类诉求须有第二名工作人员同意。诉求人会看到理由和可以去哪里办。")
    second_right = Right.APPROVE_DECLINE
    ground = text_field(_("理由"), rows=2)
    where_to_go = text_field(_("可以去哪里办"), rows=2)
    field_order = ["ground", "where_to_go", "second", "second_password"]


class CloseUnheardForm(SecondForm):
    button = _("联系不上，两人办结")
    hint = _("至少三次联系、两个渠道或两天之后；诉求人一句话就能重新打开。")
    second_right = Right.CLOSE_UNHEARD
    why = text_field(_("联系经过"), rows=2)
    field_order = ["why", "second", "second_password"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["second"].required = True


class ConfirmForm(DeedForm):
    button = _("诉求人说：解决了")
    hint = _("请写诉求人自己的话。")
    words = text_field(_("诉求人的原话"), rows=2)
    satisfied = choice_field(
        _("满意吗"), choices("satisfied", ["yes", "mostly", "no", ""]), required=False
    )


class DisputeForm(DeedForm):
    button = _("诉求人说：没解决")
    words = text_field(_("诉求人的原话"), rows=2)


class ReopenForm(DeedForm):
    button = _("重新办理")
    hint = _("会告诉诉求人，再请原来的主办单位去办。")
    said_by = choice_field(_("谁说的"), choices("voice", list(Voice)))
    by_way_of = choice_field(
        _("怎么听到的"),
        choices("channel", ["phone", "visit", "in_person", "hotline"], empty=_("自己复核")),
        required=False,
    )
    words = text_field(_("原话或理由"), rows=2)


class MergeForm(DeedForm):
    button = _("并案")
    hint = _("只能并入同一诉求人还在办的工单；可以撤销。")
    into = line_field(_("并入工单号"))
    why = line_field(_("理由"))

    def clean_into(self) -> Case:
        wanted = self.cleaned_data["into"].strip().upper()
        into = Case.objects.filter(reference=wanted).first()
        if into is None:
            raise forms.ValidationError(gettext("没有这个工单。"))
        return into


class UnmergeForm(DeedForm):
    button = _("撤销并案")
    why = line_field(_("理由"))


class ActFirstForm(DeedForm):
    button = _("先处置后报备")
    hint = _("先做要紧的；报备有自己的时限。")
    what = text_field(_("已经做了什么"), rows=2)


class AcceptForm(DeedForm):
    button = _("签收")


class ReturnForm(DeedForm):
    button = _("退单")
    hint = _("必须写明理由和应承办的单位。退两次后由裁定人决定。")
    ground = choice_field(_("理由"), choices("ground", list(Ground)))
    proper = choice_field(_("应承办单位"), ())
    note = text_field(_("说明"), required=False, rows=2)

    def prepare(self) -> None:
        own = self.task.unit_id if self.task else ""
        options = unit_options(self.case, self.at, without=own)
        give_options(self, "proper", options)


class ProgressForm(DeedForm):
    button = _("报进展")
    hint = _("诉求人看得到。")
    text = text_field(_("做了什么、下一步做什么"))
    next_by = moment_field(_("下一步的时间"))


class FinishForm(DeedForm):
    button = _("本单位已完成")
    result = text_field(_("结果"))


class SettleForm(DeedForm):
    button = _("办结，请回访")
    hint = _("协办都完成后才能办结；要等诉求人自己说解决了才算结束。")
    cause = text_field(_("原因"), rows=2)
    result = text_field(_("办理结果"))
    root = text_field(_("怎样不再发生"), required=False, rows=2)


class ResponsibleForm(forms.Form):
    """Whose is it, at this place, for this need, at that time?"""

    area = line_field(_("地点"), text=_("地址或区划代码，如“福田上沙社区”"))
    category = choice_field(_("类别"), ())
    when = moment_field(_("时间"), text=_("不填就是现在"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        give_options(self, "category", category_choices())

    def clean_area(self) -> Area:
        return Area.objects.get(pk=area_code(self.cleaned_data["area"]))
