"""kill -9 of web, worker and database in turn, under load: received = stored = decided."""

import json
import random
import sys
import time
from dataclasses import dataclass

import pytest

from tests.faults.books import audit, wait_until_idle
from tests.faults.crowd import Crowd
from tests.faults.installation import Installation, Part

RATE = 20.0  # messages a second; a city's account has fewer in its worst hour
BACK_WITHIN_S = 30.0  # measured alone 1 to 3 s; the suite's other half competes for the processors


@dataclass(frozen=True)
class Hit:
    """One blow, and how long until somebody's message was acknowledged again."""

    part: Part
    first_s: float
    silence_s: float  # the longest time without any acknowledgement that followed


def _hit(installation: Installation, crowd: Crowd, part: Part, *, rest_s: float) -> Hit:
    """Kill one part and give the others `rest_s` seconds of work before the next."""
    moment = installation.hit(part)
    installation.wait(lambda: crowd.first_after(moment), f"an answer after {part}", BACK_WITHIN_S)
    time.sleep(rest_s)
    first = crowd.first_after(moment)
    assert first is not None
    return Hit(part, round(first, 2), round(crowd.silence_after(moment), 2))


def _say(hits: list[Hit], crowd: Crowd) -> None:
    """The figures, for whoever runs this with -s."""
    figures = {
        part: {
            "first_s": max(hit.first_s for hit in hits if hit.part == part),
            "silence_s": max(hit.silence_s for hit in hits if hit.part == part),
            "times": sum(hit.part == part for hit in hits),
        }
        for part in {hit.part for hit in hits}
    }
    told, kept = len(crowd.told), len(crowd.acknowledged)
    sys.stderr.write(json.dumps({"written": told, "acknowledged": kept, **figures}) + "\n")


def test_what_was_acknowledged_is_kept_and_decided_once_whoever_is_killed(
    installation: Installation,
) -> None:
    parts = [Part.WEB, Part.WORKER, Part.DATABASE, Part.WEB_LISTENER, Part.BACKEND]
    random.Random(20).shuffle(parts)

    with Crowd(installation.home, seed=20, rate=RATE) as crowd:
        time.sleep(1)
        hits = [_hit(installation, crowd, part, rest_s=0.5) for part in parts]
        # All at once, as when the machine runs out of memory.
        for part in (Part.DATABASE, Part.WORKER, Part.WEB):
            moment = installation.hit(part)
        installation.wait(lambda: crowd.first_after(moment), "an answer", BACK_WITHIN_S)

    _say(hits, crowd)
    assert len(crowd.acknowledged) > RATE
    wait_until_idle(installation)
    assert audit(installation, crowd) == []
    # And the doors are open again, also that of whoever was told their receipt.
    installation.wait(installation.answers, "the console", BACK_WITHIN_S)
    receipt = crowd.acknowledged[0].receipts[0]
    assert installation.answers(f"/s/{receipt}")


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_many_rounds_of_killing_lose_nothing_and_say_nothing_twice(
    own_installation: Installation, seed: int
) -> None:
    installation, chosen, hits = own_installation, random.Random(seed), []

    with Crowd(installation.home, seed=seed, rate=RATE) as crowd:
        for _ in range(8):
            for part in chosen.sample(list(Part), len(Part)):
                time.sleep(chosen.uniform(0, 1.5))
                hits.append(_hit(installation, crowd, part, rest_s=chosen.uniform(0, 2)))

    _say(hits, crowd)
    wait_until_idle(installation)
    assert audit(installation, crowd) == []
