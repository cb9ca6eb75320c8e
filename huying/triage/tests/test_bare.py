import pytest

from huying.intake.tests.people import a_case
from huying.testing.time import Time
from huying.triage.actions import assess_next
from huying.triage.bare import Bare, bare


@pytest.mark.parametrize(
    "words", ["", "  \n", "😭😭😭", "？？？", "[流泪]", "[图片]", "/::(", "。", "👍[强]"]
)
def test_signs_alone_say_nothing(words: str) -> None:
    assert bare(words) is Bare.WORDLESS


@pytest.mark.parametrize(
    "words",
    [
        "救命",
        "救命！！！",
        "救救我😭",
        "SOS",
        "help!",
        "🆘",
        "求救求救",
        "有人吗？",
        "[大哭]救命啊",
    ],
)
def test_a_cry_alone_is_a_cry(words: str) -> None:
    assert bare(words) is Bare.CRY


@pytest.mark.parametrize(
    "words",
    ["救命，水进来了", "笑死我了救命", "在上沙村", "你好", "1", "谢谢", "help me find my cat"],
)
def test_whoever_says_something_is_read(words: str) -> None:
    assert bare(words) is None


@pytest.mark.parametrize(
    ("words", "nature", "urgency"), [("😭", "chatter", "low"), ("救命", "plea", "high")]
)
def test_both_are_seen_by_a_human(time: Time, words: str, nature: str, urgency: str) -> None:
    case = a_case(words, at=time.now)

    assess_next(at=time.passes(seconds=1))

    case.refresh_from_db()
    assert (case.lane, case.nature, case.urgency) == ("unsure", nature, urgency)
