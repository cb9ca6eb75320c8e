"""What codes are called on pages. The Chinese word is the msgid; the English is in locale/."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huying.clocks.rules import PROMISE_NAMES
from huying.units.categories import CATEGORIES, GROUPS
from huying.units.rights import RIGHT_NAMES, ROLE_NAMES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy
else:
    from django.utils.functional import Promise as Lazy

Label = str | Lazy

LABELS: Mapping[str, Mapping[str, Label]] = {
    "state": {
        "new": _("待首阅"),
        "open": _("办理中"),
        "answered": _("待回访"),
        "closed": _("已办结"),
        "declined": _("不予受理"),
        "merged": _("已并案"),
    },
    "urgency": {
        "": _("待研判"),
        "critical": _("特急"),
        "high": _("紧急"),
        "dated": _("限期"),
        "medium": _("一般"),
        "low": _("普通"),
    },
    "nature": {
        "plea": _("求助"),
        "consult": _("咨询"),
        "complaint": _("投诉"),
        "suggestion": _("建议"),
        "praise": _("表扬"),
        "info": _("线索"),
        "offer": _("提供帮助"),
        "chatter": _("其他来信"),
    },
    "lane": {"act": _("直接办理"), "unsure": _("存疑待看"), "aside": _("暂放抽查")},
    "task": {
        "offered": _("待签收"),
        "accepted": _("办理中"),
        "done": _("已完成"),
        "returned": _("已退单"),
        "expired": _("逾期未签"),
        "handed_on": _("已转出"),
    },
    "ground": {
        "area": _("属地不符"),
        "duty": _("职责不符"),
        "unclear": _("权属不清"),
        "incomplete": _("信息不全"),
    },
    "sort": {
        "": _("全面办理"),
        "vehicle": _("车辆"),
        "bed": _("床位"),
        "visit": _("上门"),
        "goods": _("物资"),
        "relief": _("临时救助"),
        "test": _("检测"),
        "medicine": _("药品"),
        "pass": _("通行"),
        "counsel": _("心理疏导"),
    },
    "channel": {
        "wechat": _("微信"),
        "weibo": _("微博"),
        "web": _("网页"),
        "hotline": _("热线"),
        "phone": _("电话"),
        "sms": _("短信"),
        "email": _("邮件"),
        "visit": _("上门"),
        "in_person": _("当面"),
        "page": _("进度页"),
    },
    "form": {
        "text": _("文字"),
        "image": _("图片"),
        "voice": _("语音"),
        "video": _("视频"),
        "location": _("位置"),
        "link": _("链接"),
        "form": _("表单"),
        "event": _("事件"),
        "other": _("其他形式"),
    },
    "group": {
        "pregnant": _("孕产妇"),
        "infant": _("婴幼儿"),
        "child": _("儿童"),
        "elder": _("老年人"),
        "disabled": _("残障人士"),
        "deaf": _("听障人士"),
        "chronic": _("慢性病"),
        "cancer": _("肿瘤患者"),
        "dialysis": _("透析患者"),
        "infected": _("感染者"),
        "alone": _("独居"),
        "poor": _("困难群众"),
        "patient": _("病人"),
        "crowd": _("十人以上"),
    },
    "detail": {
        "place": _("地点"),
        "area": _("辖区"),
        "area_path": _("辖区"),
        "phone": _("电话"),
        "name": _("姓名"),
        "person_name": _("诉求人姓名"),
        "writer_name": _("代诉人姓名"),
        "id_number": _("证件号码"),
        "address": _("详细地址"),
        "age": _("年龄"),
        "people": _("人数"),
        "weeks": _("孕周"),
        "due_on": _("预产期"),
        "blood_type": _("血型"),
        "hours_waiting": _("已等小时数"),
        "ill_since": _("患病时间"),
        "place_now": _("现在在哪里"),
        "bleeding_or_waters": _("出血或破水"),
        "breathing": _("呼吸情况"),
        "symptom": _("症状"),
        "symptom_since": _("症状从何时起"),
        "last_dialysis_at": _("上次透析"),
        "hospital": _("医院"),
        "medicine": _("药品"),
        "medicine_left_days": _("药还够几天"),
        "need_by": _("最晚需要"),
        "last_seen": _("最后一次见到"),
        "contact_preference": _("联系方式偏好"),
        "language": _("语言"),
    },
    "about": {
        "receipt": _("回执"),
        "emergency": _("急救提示"),
        "question": _("补充询问"),
        "progress": _("进展"),
        "reply": _("答复"),
        "result": _("结果"),
        "state": _("状态变化"),
        "offer": _("交办"),
        "informed": _("告知"),
        "warned": _("时限提醒"),
        "climbed": _("督办"),
        "contested": _("待裁定"),
        "undelivered": _("没有送到"),
    },
    "who": {
        "on_duty": _("值班人员"),
        "duty": _("值班人员"),
        "standby": _("备勤人员"),
        "head": _("单位负责人"),
        "parent": _("上级单位"),
        "desk_leader": _("受理席组长"),
        "director": _("分管领导"),
    },
    "satisfied": {"yes": _("满意"), "mostly": _("基本满意"), "no": _("不满意"), "": _("未表态")},
    "voice": {"person": _("诉求人"), "proxy": _("家属或代诉人"), "officer": _("工作人员")},
    "by_way_of": {"phone": _("电话"), "sms": _("短信"), "visit": _("上门")},
    "unit_kind": {
        "desk": _("受理席"),
        "command": _("指挥部"),
        "bureau": _("委办局"),
        "district": _("区级"),
        "street": _("街道"),
        "community": _("社区"),
        "hospital": _("医院"),
        "laboratory": _("检测机构"),
        "company": _("企业"),
        "volunteers": _("志愿组织"),
    },
}


def label(code: str | None, family: str) -> str:
    """What `code` of `family` is called in the reader's language; itself if nobody knows."""
    code = code or ""
    pair = _pair(code, family)
    if pair:
        return in_language(pair)
    return str(LABELS.get(family, {}).get(code, code))


def in_language(pair: tuple[str, str]) -> str:
    """The Chinese or the English of a (Chinese, English) pair."""
    return pair[1] if (get_language() or "").startswith("en") else pair[0]


def _pair(code: str, family: str) -> tuple[str, str] | None:
    if family == "promise":
        return PROMISE_NAMES.get(code)
    if family == "role":
        return {str(role): pair for role, pair in ROLE_NAMES.items()}.get(code)
    if family == "right":
        return {str(right): pair for right, pair in RIGHT_NAMES.items()}.get(code)
    if family == "category":
        category = CATEGORIES.get(code) or GROUPS.get(code)
        return (category.zh, category.en) if category else None
    return None


def choices(
    family: str, codes: list[str], *, empty: Label | None = None
) -> list[tuple[str, Label]]:
    """Options of a form field, named as everywhere else; `empty` is what no choice is called."""
    named: list[tuple[str, Label]] = [(code, _lazy(code, family)) for code in codes]
    return named if empty is None else [("", empty), *named]


def _lazy(code: str, family: str) -> Label:
    found = LABELS.get(family, {}).get(code)
    return found if found is not None else label(code, family)
