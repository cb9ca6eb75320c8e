"""The three recorded days, with the clock moved: at the account's own times, no promise broken."""

from datetime import timedelta

import pytest

from huying.cases.models import Case, Entry
from huying.clocks.facts import Broke, Climbed
from huying.config.stories.book import STORIES
from tests.journeys.conftest import SetStage

# requirements.md §7: minutes from the first word, as the account of 8 January 2022 gives them.
GOLDEN_SHENZHEN = {13, 20, 23, 70, 89, 91, 127}


@pytest.mark.parametrize("name", sorted(STORIES))
def test_a_recorded_day_comes_to_its_good_end(set_stage: SetStage, name: str) -> None:
    story = STORIES[name]
    stage = set_stage(story.begins)

    story.play(stage)

    assert stage.broken == []
    assert set(Case.objects.values_list("state", flat=True)) == {"closed"}


def test_the_day_in_shenzhen_takes_the_minutes_of_the_account(set_stage: SetStage) -> None:
    story = STORIES["shenzhen"]
    stage = set_stage(story.begins)

    story.play(stage)

    case = Case.objects.get()
    assert {step.minutes for step in stage.steps} >= GOLDEN_SHENZHEN
    # What the timeline says is what the story says: accepted, settled, closed to the minute.
    for kind, minute in [
        ("dispatch.accepted", 13),
        ("dispatch.settled", 91),
        ("notices.confirmed", 127),
    ]:
        entry = Entry.objects.filter(case=case, kind=kind).earliest("number")
        assert entry.happened_at - case.opened_at == timedelta(minutes=minute), kind
    # The hospital took 13 minutes, as it did in 2022. Ten were promised, so on the way the
    # promise broke, and people who can act were told: nobody had to happen to look.
    broke = Entry.objects.get(case=case, kind=Broke.kind, data__promise="accept")
    assert Entry.objects.filter(case=case, kind=Climbed.kind, number__gt=broke.number).exists()
