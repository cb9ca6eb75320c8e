from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from huying.channels import demo
from huying.channels.accounts import FILE
from huying.testing.wechat import FakeWechat, accounts_in
from tests.journeys.stage import MovedStage

SetStage = Callable[[datetime], MovedStage]


@pytest.fixture
def set_stage(db: None, settings: Any, tmp_path: Path) -> Iterator[SetStage]:
    """The demo city at a time of your choice, with a WeChat of its own."""
    settings.HUYING_HOME = tmp_path
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    demo.write(tmp_path / FILE, api="http://127.0.0.1:1", public_url=settings.PUBLIC_URL)
    wechat = FakeWechat(accounts_in(tmp_path / FILE))
    demo.write(tmp_path / FILE, api=wechat.url, public_url=settings.PUBLIC_URL)
    travels = []

    def at(begins: datetime) -> MovedStage:
        travel = time_machine.travel(begins, tick=False)
        travels.append(travel)
        traveller = travel.start()
        call_command("demo", wechat_api=wechat.url, stdout=StringIO())
        return MovedStage(begins, wechat, traveller)

    with wechat:
        yield at
    for travel in travels:
        travel.stop()
