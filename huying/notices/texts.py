"""Every sentence that people read from us, in one table: Chinese first, English beside it.

The words are plain, name the next step, and hold no more of a person than they need: what is
said here passes through a platform that is not ours.
"""

from collections.abc import Mapping

TEXT_BYTES_MAX = 2048  # of one WeChat text; a longer one would cost two of the five we may send

# 12110 is the text number of the police in the whole country: nobody deaf is asked to phone.
_EMERGENCY_ZH = (
    "如有生命危险，请立即拨打 120（急救）、110（报警）或 119（消防）；不便通话请发短信至 12110。"
)
_EMERGENCY_EN = (
    "If life is in danger, call 120 (ambulance), 110 (police) or 119 (fire) at once;"
    " if you cannot speak, text 12110."
)

ZH: Mapping[str, str] = {
    "emergency": _EMERGENCY_ZH,
    "receipt": "您的来信已收到，有人正在看。\n回执号：{receipt}\n办理进展：{link}\n"
    + _EMERGENCY_ZH,
    "receipt_given": "回执号 {receipt} 已当场告知。" + _EMERGENCY_ZH,
    "question": "{question}\n您之前说过的不用再说一遍。",
    "accepted": "您的事已由{unit}接手，{by}前给您答复。\n进展：{link}",
    "accepted_undated": "您的事已由{unit}接手，一有进展就告诉您。\n进展：{link}",
    "progressed": "{unit}：{text}\n下一步在{by}前告诉您。\n进展：{link}",
    "progressed_undated": "{unit}：{text}\n进展：{link}",
    "finished": "{unit}：{text}\n进展：{link}",
    "result": (
        "您的事有结果了。\n承办单位：{unit}\n原因：{cause}\n结果：{result}\n"
        "解决了请回复1，没解决请回复2。\n详情：{link}"
    ),
    "reply": "{unit}答复：{text}\n进展：{link}",
    "disputed": (
        "很抱歉还没有解决。我们已重新办理，您不用再说一遍，有进展马上告诉您。\n进展：{link}"
    ),
    "reopened": "收到。您的事已重新办理，之前说过的不用再说一遍。\n进展：{link}",
    "merged": (
        "这封来信和您之前说的是同一件事，已并入工单 {reference} 一起办理，不用重复说明。\n"
        "进展：{link}"
    ),
    "unmerged": "您的这件事已单独办理，有进展马上告诉您。\n进展：{link}",
    "declined": (
        "这件事我们办不了，原因：{ground}。\n可以这样办：{where}\n"
        "如果您认为不对，直接回复我们，会有人再看一遍。\n详情：{link}"
    ),
    "offer": "[{urgency}] 新交办 {case}：{what}。请尽快签收或退单。",
    "informed": "[{urgency}] 知会 {case}：越级交办给{unit}（{what}）。",
    "warned": "[{urgency}] {case}：“{promise}”时限已用 {share}%，{by}到期。",
    "climbed": "[{urgency}] 督办 {case}：“{promise}”已超时，第 {rung} 级，请接手。",
    "contested": "[{urgency}] {case} 已两次退单，请裁定承办单位。涉及：{units}。",
    "undelivered": "[{urgency}] {case}：给诉求人的{about}没有送达（{why}），请换一种方式联系。",
}

EN: Mapping[str, str] = {
    "emergency": _EMERGENCY_EN,
    "receipt": (
        "We have your message and somebody is reading it.\n"
        "Receipt: {receipt}\nProgress: {link}\n" + _EMERGENCY_EN
    ),
    "receipt_given": "Receipt {receipt} was given at once. " + _EMERGENCY_EN,
    "question": "{question}\nYou need not repeat what you have told us.",
    "accepted": "{unit} has taken your case and will answer by {by}.\nProgress: {link}",
    "accepted_undated": "{unit} has taken your case; we tell you as soon as there is news.\n{link}",
    "progressed": "{unit}: {text}\nYou hear from us again by {by}.\nProgress: {link}",
    "progressed_undated": "{unit}: {text}\nProgress: {link}",
    "finished": "{unit}: {text}\nProgress: {link}",
    "result": (
        "There is a result.\nUnit: {unit}\nCause: {cause}\nResult: {result}\n"
        "Solved? Reply 1. Not solved? Reply 2.\nDetails: {link}"
    ),
    "reply": "{unit} answers: {text}\nProgress: {link}",
    "disputed": (
        "We are sorry that it is not solved. Your case is open again;"
        " you need not repeat anything.\nProgress: {link}"
    ),
    "reopened": "Your case is open again; you need not repeat anything.\nProgress: {link}",
    "merged": (
        "This is about the same matter as your earlier message; both go on together as"
        " {reference}.\nProgress: {link}"
    ),
    "unmerged": "This matter is now a case of its own.\nProgress: {link}",
    "declined": (
        "We cannot do this, because: {ground}.\nWhat you can do: {where}\n"
        "If you think that is wrong, just reply and somebody looks again.\nDetails: {link}"
    ),
}

# What to ask for, one at a time, by the rulebook's names of details; privately, and kindly:
# whoever writes is in need and has been asked often enough.
QUESTIONS_ZH: Mapping[str, str] = {
    "need": "您的来信我们收到了，但没看明白。请问您遇到了什么困难，需要什么帮助？",
    "phone": "请把联系电话私信发给我们（不会公开），方便工作人员马上联系您。",
    "place": "请告诉我们人现在在哪里：区、街道、小区或村，我们好就近安排。",
    "people": "请问有几个人需要帮助？有没有老人、孩子、孕妇或病人？",
    "last_dialysis_at": "请问上一次透析是哪一天？平时在哪家医院做？",
    "weeks": "请问现在怀孕多少周？",
    "bleeding_or_waters": "请问现在有没有出血、破水、肚子疼，或者胎动变少？",
    "breathing": "请问现在呼吸怎么样？有没有胸痛、喘不上气？",
    "symptom_since": "请问不舒服是从几点开始的？",
    "age": "请问需要帮助的人多大年纪？",
    "medicine": "请问需要什么药？写下药盒上的药名就可以，也可以拍照发来。",
    "medicine_left_days": "请问家里的药还能用几天？",
    "hospital": "请问平时在哪家医院看病或建档？现在去过哪家医院？",
    "need_by": "请问最晚什么时候必须办好？",
    "last_seen": "请问最后一次见到（联系上）是什么时候、在哪里，穿什么衣服？",
}
QUESTIONS_EN: Mapping[str, str] = {
    "need": "We have your message but did not understand it. What do you need help with?",
    "phone": "Please send us a phone number here in private (it is not published).",
    "place": "Where is the person now: district, street, estate or village?",
    "people": "How many people need help? Any elderly, children, pregnant or ill?",
    "last_dialysis_at": "On which day was the last dialysis, and at which hospital?",
    "weeks": "How many weeks pregnant?",
    "bleeding_or_waters": "Any bleeding, broken waters, pain, or fewer movements of the baby?",
    "breathing": "How is the breathing now? Any chest pain?",
    "symptom_since": "At what time did it begin?",
    "age": "How old is the person in need?",
    "medicine": "Which medicine is needed? The name on the box is enough, or a picture of it.",
    "medicine_left_days": "For how many days will the medicine last?",
    "hospital": "Which hospital do you usually go to, and where have you been now?",
    "need_by": "By when must it be done at the latest?",
    "last_seen": "When and where were they last seen, and wearing what?",
}

URGENCY_NAMES: Mapping[str, str] = {
    "critical": "特急",
    "high": "紧急",
    "dated": "限期",
    "medium": "一般",
    "low": "普通",
    "": "未定级",
}
ABOUT_NAMES: Mapping[str, str] = {
    "receipt": "回执",
    "emergency": "急救提示",
    "question": "询问",
    "progress": "进展",
    "reply": "答复",
    "result": "结果",
    "state": "状态通知",
}


def say(name: str, values: Mapping[str, str], *, language: str = "zh") -> str:
    """The sentence called `name`, filled in, in one WeChat text at most.

    When it would be longer, its longest value is cut: the rest, with what the person is to do
    and the link to the full text, stays. Raises `KeyError` for a value that is missing.
    """
    template = (EN if language == "en" else ZH).get(name) or ZH[name]
    text = template.format_map(values)
    over = len(text.encode()) - TEXT_BYTES_MAX
    if over <= 0:
        return text
    longest = max(values, key=lambda key: len(values[key].encode()))
    kept = values[longest].encode()[: -over - len("…".encode())].decode(errors="ignore")
    return template.format_map({**values, longest: f"{kept}…"})


def question(key: str, *, language: str = "zh") -> str:
    """How to ask for this detail; "" if there is no sentence for it."""
    table = QUESTIONS_EN if language == "en" else QUESTIONS_ZH
    return table.get(key) or QUESTIONS_ZH.get(key, "")


def about_name(about: str) -> str:
    """What officers call this sort of word."""
    return ABOUT_NAMES.get(about, about)


def language_of(words: str) -> str:
    """ "en" if the words have Latin letters and nothing Chinese, else "zh"."""
    has_chinese = any("\u3400" <= sign <= "\u9fff" for sign in words)
    letters = sum(sign.isascii() and sign.isalpha() for sign in words)
    return "en" if letters >= 12 and not has_chinese else "zh"
