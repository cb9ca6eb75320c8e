"""The stories there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from huying.config.stories import civil_affairs, shenzhen, zhengzhou
from huying.config.stories.stage import Stage

LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Story:
    """One recorded day. `minutes`: from the first word to the last line."""

    name: str
    title: str
    begins: datetime
    minutes: float
    play: Callable[[Stage], None]


STORIES = {
    story.name: story
    for story in (
        Story(
            "shenzhen",
            "深圳：等了十二个小时的一份报告",
            datetime(2022, 1, 8, 10, 57, tzinfo=LOCAL),
            724,
            shenzhen.play,
        ),
        Story(
            "zhengzhou",
            "郑州：熊猫血孕妇的十个小时",
            datetime(2022, 1, 16, 13, 0, tzinfo=LOCAL),
            600,
            zhengzhou.play,
        ),
        Story(
            "civil-affairs",
            "深圳民政：一位听障人士的三件难事",
            datetime(2022, 3, 16, 9, 0, tzinfo=LOCAL),
            400,
            civil_affairs.play,
        ),
    )
}
