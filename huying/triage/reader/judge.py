"""From what was found to what it means: nature, urgency, category, groups, lane.

Rules speak first. The model may make a plea more urgent than they do, never less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from huying.triage.reader.marks import Mark
from huying.triage.reader.result import Lane, Nature, Urgency, more_urgent

# What a flag in force counts for a plea, beside the words that ask.
FLAG_WEIGHT = {Urgency.CRITICAL: 2.0, Urgency.HIGH: 1.4, Urgency.DATED: 0.8}
PLEA_MIDDLE = 2.4  # the weight at which a message is as likely a plea as not
THEMELESS = (Nature.CHATTER, Nature.PRAISE)  # what needs nobody has no theme
CATEGORY_OF_FLAG = 2.0  # what a flag in force counts for its category
FLAGGED_PLEA = 0.2  # from this chance of a plea on, a critical flag decides
THEMELESS_BELOW = 0.2  # a message that may be a plea after all has a theme

Shares = TypeVar("Shares", float, NDArray[np.float64])


@dataclass(frozen=True)
class Lines:
    """Where the lanes lie, and what makes an urgency."""

    act: float = 0.75  # on the probability of a plea
    unsure: float = 0.12  # on `Verdict.wanting`
    critical: float = 0.5
    high: float = 0.5


@dataclass(frozen=True)
class Verdict:
    """What the model says of a message. Probabilities, 0…1."""

    plea: float
    pressing: float  # a plea, and critical or high
    natures: Mapping[Nature, float]
    categories: Mapping[str, float]
    critical: float  # given that it is a plea
    high: float  # critical or high, given that it is a plea
    lines: Lines = Lines()

    @property
    def chance(self) -> float:
        """The probability of a plea, asked in two ways: plea or not, and which of all natures."""
        return (self.plea + self.natures[Nature.PLEA]) / 2

    @property
    def wanting(self) -> float:
        """How much a human should look: between a plea that presses and any plea.

        Two heads miss other messages, so what both leave low is more surely noise (0008).
        """
        return between(self.pressing, self.plea)


@dataclass(frozen=True)
class Judgement:
    """What the message is and how much it presses."""

    nature: Nature
    plea: float
    urgency: Urgency
    category: str
    groups: tuple[str, ...]
    done: bool
    confidence: float
    lane: Lane


def judge(marks: Sequence[Mark], language: str, verdict: Verdict | None) -> Judgement:
    """Weigh the marks and, where there is one, the verdict of the model."""
    in_force = [mark for mark in marks if mark.scope is None]
    natures = verdict.natures if verdict else natures_by_rules(in_force)
    plea = verdict.chance if verdict else natures[Nature.PLEA]
    nature = _nature(natures) if verdict else _nature_by_rules(plea, natures)
    flagged = flagged_urgency(in_force)
    if flagged is Urgency.CRITICAL and (nature is Nature.CHATTER or plea >= FLAGGED_PLEA):
        # Who tells of a danger to life here and now asks for help, in whatever words.
        nature = Nature.PLEA
    urgency = _urgency(nature, flagged, verdict)
    lines = verdict.lines if verdict else Lines()
    is_plea = nature is Nature.PLEA
    is_seen = is_plea or (verdict.wanting if verdict else plea) >= lines.unsure
    lane = (
        _lane(plea, is_seen=is_seen, flagged=flagged, lines=lines)
        if language != "other"
        else Lane.UNSURE
    )
    is_themeless = nature in THEMELESS and plea < THEMELESS_BELOW
    return Judgement(
        nature=nature,
        plea=plea,
        urgency=urgency,
        category="other" if is_themeless else _category(in_force, verdict),
        groups=_groups(in_force) if is_plea else (),
        done=any(mark.rule.kind == "done" for mark in in_force),
        confidence=plea if is_plea else (1 - plea) * max(natures.values(), default=0.0),
        lane=lane,
    )


def flagged_urgency(in_force: Sequence[Mark]) -> Urgency:
    """Give the highest urgency that a rule in force demands; LOW if there is none."""
    urgency = Urgency.LOW
    for mark in in_force:
        if mark.rule.kind == "flag" and mark.rule.urgency is not None:
            urgency = more_urgent(urgency, mark.rule.urgency)
    return urgency


def weights_by_rules(in_force: Sequence[Mark]) -> dict[Nature, float]:
    """Give the weight that the words of the rules lend to every nature."""
    weights = dict.fromkeys(Nature, 0.0)
    for mark in in_force:
        if mark.rule.nature is not None:
            weights[mark.rule.nature] += mark.rule.weight
    return weights


def natures_by_rules(in_force: Sequence[Mark]) -> dict[Nature, float]:
    """Give a probability for every nature from the rules alone."""
    weights = weights_by_rules(in_force)
    flag = FLAG_WEIGHT.get(flagged_urgency(in_force), 0.0)
    others = {nature: weight for nature, weight in weights.items() if nature is not Nature.PLEA}
    against = max(others.values())
    plea = _logistic(weights[Nature.PLEA] + flag - 0.8 * against - PLEA_MIDDLE)
    others[Nature.CHATTER] += 0.5
    total = sum(others.values())
    shares = {nature: (1 - plea) * weight / total for nature, weight in others.items()}
    return shares | {Nature.PLEA: plea}


def _nature_by_rules(plea: float, natures: Mapping[Nature, float]) -> Nature:
    if plea >= 0.5:
        return Nature.PLEA
    return _nature({one: value for one, value in natures.items() if one is not Nature.PLEA})


def _nature(natures: Mapping[Nature, float]) -> Nature:
    return max(natures, key=lambda nature: natures[nature], default=Nature.CHATTER)


def _urgency(nature: Nature, flagged: Urgency, verdict: Verdict | None) -> Urgency:
    if nature is not Nature.PLEA:
        return flagged
    urgency = more_urgent(flagged, Urgency.MEDIUM)
    if verdict is None:
        return urgency
    if verdict.critical >= verdict.lines.critical:
        return Urgency.CRITICAL
    return more_urgent(urgency, Urgency.HIGH) if verdict.high >= verdict.lines.high else urgency


def _lane(plea: float, *, is_seen: bool, flagged: Urgency, lines: Lines) -> Lane:
    if plea >= lines.act:
        return Lane.ACT
    # A red flag is looked at by a human, however unlikely the rest makes a plea.
    if is_seen or flagged in (Urgency.CRITICAL, Urgency.HIGH):
        return Lane.UNSURE
    return Lane.ASIDE


def categories_by_rules(in_force: Sequence[Mark]) -> dict[str, float]:
    """Give the weight of every category that some rule in force speaks for."""
    weights: dict[str, float] = {}
    for mark in in_force:
        if mark.rule.category:
            weight = CATEGORY_OF_FLAG if mark.rule.kind == "flag" else mark.rule.weight
            weights[mark.rule.category] = weights.get(mark.rule.category, 0.0) + weight
    return weights


def _category(in_force: Sequence[Mark], verdict: Verdict | None) -> str:
    # What the rules found is among what the model weighs.
    weights = verdict.categories if verdict is not None else categories_by_rules(in_force)
    return max(weights, key=lambda category: weights[category], default="other")


def _groups(in_force: Sequence[Mark]) -> tuple[str, ...]:
    found = {group for mark in in_force for group in mark.rule.groups}
    return tuple(sorted(found))


def between(one: Shares, other: Shares) -> Shares:
    """Give the probability whose odds are the geometric mean of two probabilities' odds."""
    odds: Shares = (one / (1 - one) * (other / (1 - other))) ** 0.5
    return odds / (1 + odds)


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))
