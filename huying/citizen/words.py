"""Words of the person's pages that are chosen by code and not by a template."""

from collections.abc import Mapping

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from huying.clocks.rules import Promise

# What we do next, by the promise that runs. No "in process": each says who does what.
NEXT_STEP: Mapping[str, Lazy] = {
    Promise.RECEIPT: _("给您回执"),
    Promise.FIRST_LOOK: _("值班人员看您的来信"),
    Promise.ACCEPT: _("%(unit)s签收"),
    Promise.ANSWER: _("%(unit)s答复您怎么办"),
    Promise.SETTLE: _("办好并告诉您结果"),
    Promise.CALL_BACK: _("问您是不是真的解决了"),
    Promise.ASK_AGAIN: _("还没有您的回答时，再次联系您"),
    Promise.ARBITRATE: _("裁定由哪个单位负责"),
}
# Owed to the house, not to the person: it would only be riddles to them.
NOT_SHOWN = frozenset({Promise.REPORT})

# Why a form was not taken, by the reason of `channels.web.form.FormRefused`.
REFUSALS: Mapping[str, Lazy] = {
    "empty": _("请写几个字，或者放上一张照片、一段录音。"),
    "too_long": _("有一项写得太长了，请缩短，或者分两次发。"),
    "too_many": _("附件太多了，最多 5 个。"),
    "too_large": _("有一个附件太大了，每个不能超过 5 MB。"),
    "wrong_type": _("有一个附件我们打不开：可以是照片、录音或 PDF。"),
    "unknown": _("这一页已经过期了，请再按一次“发送”。"),
    "away": _("我们的系统暂时收不下来信。请过几分钟再按“发送”；事情紧急请打 12345。"),
}

NOTICES: Mapping[str, Lazy] = {
    "sent": _("已收到。下面是您自己的页面，随时可以回来看。"),
    "more": _("您补充的内容已收到，会和原来的放在一起，不用再说一遍。"),
    "confirmed": _("谢谢您告诉我们。这件事已办结；如果又出现，在这里写一句就会接着办。"),
    "disputed": _("知道了，没有解决。这件事继续办，原来的时限不变。"),
    "late": _("情况刚刚变了，请看一看现在的状态。"),
}
