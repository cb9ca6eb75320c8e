"""What the codes in the figures are called, and how they are counted."""

from collections.abc import Mapping

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huying.clocks.rules import PROMISE_NAMES

CHANNELS: Mapping[str, Lazy] = {
    "": _("全部渠道"),
    "wechat": _("微信"),
    "weibo": _("微博"),
    "web": _("网页"),
    "hotline": _("热线"),
    "sms": _("短信"),
    "email": _("邮件"),
}
NATURES: Mapping[str, Lazy] = {
    "": _("尚未研判"),
    "plea": _("求助"),
    "consult": _("咨询"),
    "complaint": _("投诉"),
    "suggestion": _("建议"),
    "praise": _("表扬"),
    "info": _("线索"),
    "offer": _("提供帮助"),
    "chatter": _("其他来信"),
}
# Printed beside the figures, so that nobody has to ask what was left out.
DEFINITIONS: Mapping[Lazy, Lazy] = {
    _("收到"): _("这段时间里第一次来信的工单数。同一个人接着写的，算在原来的工单里。"),
    _("处理"): _("有工作人员看过的，或者已经办结、已经告知去哪里办的。机器读过不算。"),
    _("办结"): _("现在是办结状态的。不满意又重新办的不算，直到再次办结。"),
    _("紧急办结"): _("办结的工单里，紧急程度是特急或紧急的。"),
    _("办结率"): _("办结 ÷ 收到（不是 ÷ 处理），四舍五入到一位小数。"),
    _("首次人工回复"): _("从来信到工作人员第一次答复或联系上的分钟数；自动回执不算。"),
    _("办结用时"): _("从来信到本人说解决了（或两人共同决定办结）的分钟数。"),
    _("守时"): _("承诺的事在时限内做到。时限从来信算起，交办单位的从交办算起；没到期的不算。"),
    _("不计入"): _("演练，以及并入另一件的工单（算在那一件里）。"),
    _("<5"): _("少于 5 件的格子不写明，以免认出是谁；必要时旁边一格也写 ·。"),
}


def promise_name(promise: str) -> str:
    """What a promise is called, in the language of the page."""
    chinese, english = PROMISE_NAMES.get(promise, (promise, promise))
    return english if get_language() == "en" else chinese
